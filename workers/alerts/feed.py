"""The Atom feed of a saved search (RFC 4287)."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as ET  # only written here, never read

from schemas.saved_search import SavedSearch

ATOM = "http://www.w3.org/2005/Atom"
# what XML 1.0 cannot hold, however it is escaped
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(
    saved: SavedSearch, hits: Iterable[Mapping[str, Any]], self_url: str, updated: datetime
) -> bytes:
    """Return the Atom feed of hits from `workers.alerts.matching.latest`, newest first."""
    root = ET.Element("feed", xmlns=ATOM)
    _put(root, "id", f"urn:presswire:search:{saved.id}")
    _put(root, "title", saved.name or saved.query)
    _put(root, "subtitle", saved.query)
    rows = list(hits)
    _put(root, "updated", _moment(rows[0], updated) if rows else updated.isoformat())
    ET.SubElement(root, "link", rel="self", type="application/atom+xml", href=_clean(self_url))
    author = ET.SubElement(root, "author")
    _put(author, "name", "Presswire")
    for hit in rows:
        _entry(root, hit, updated)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _entry(root: ET.Element, hit: Mapping[str, Any], updated: datetime) -> None:
    fields = hit["_source"]
    entry = ET.SubElement(root, "entry")
    _put(entry, "id", f"urn:presswire:article:{hit['_id']}")
    _put(entry, "title", fields.get("title", ""))
    _put(entry, "updated", _moment(hit, updated))
    if fields.get("time"):
        _put(entry, "published", fields["time"])
    if str(fields.get("url", "")).startswith(("http://", "https://")):
        ET.SubElement(entry, "link", rel="alternate", href=_clean(fields["url"]))
    for name in _list(fields.get("authors")) or [fields.get("outlet", "")]:
        _put(ET.SubElement(entry, "author"), "name", name)
    if fields.get("subtitle"):
        _put(entry, "summary", fields["subtitle"])


def _list(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [str(each) for each in value] if isinstance(value, (list, tuple)) else []


def _moment(hit: Mapping[str, Any], otherwise: datetime) -> str:
    return str(hit["_source"].get("indexed_at") or otherwise.isoformat())


def _put(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text)
