"""Sitemaps, news sitemaps and sitemap indexes: bytes → links (sitemaps.org 0.9)."""

import zlib
from datetime import UTC, datetime
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from msgspec import Struct

from workers.discover.links import BadFeedError, Link
from workers.discover.references import mended

MOST_BYTES = 50 * 1024 * 1024  # the protocol's own bound
MOST_LINKS = 50_000


class Sitemap(Struct, frozen=True):
    """Links to pages, or (in an index) to further sitemaps. A link of a news sitemap has a
    title."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()


def read_sitemap(body: bytes) -> Sitemap:
    """The sitemap in `body`, gzip or not. Raises BadFeedError for what is none, declares
    entities, or is larger than the protocol allows."""
    pages: list[Link] = []
    sitemaps: list[Link] = []
    try:
        for _, element in iterparse(BytesIO(mended(_unpacked(body))), forbid_dtd=True):
            name = _name(element)
            if name not in {"url", "sitemap"}:
                continue
            link = _link(element)
            element.clear()
            if link and len(pages) + len(sitemaps) < MOST_LINKS:
                (pages if name == "url" else sitemaps).append(link)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # What was read before a cut is worth keeping: sitemaps of 50,000 rows often end early.
        if not pages and not sitemaps:
            raise BadFeedError(f"is no sitemap: {error!r}"[:200]) from error
    return Sitemap(tuple(pages), tuple(sitemaps))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacker = zlib.decompressobj(wbits=31)
        plain = unpacker.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise BadFeedError(f"is bad gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise BadFeedError(f"unpacks to more than {MOST_BYTES:,} bytes")
    return plain


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _link(element: Element) -> Link | None:
    texts = {_name(child): (child.text or "").strip() for child in element.iter()}
    loc = next((child.text for child in element if _name(child) == "loc"), None)
    moment = texts.get("publication_date") or texts.get("lastmod") or ""
    return Link(loc.strip(), texts.get("title") or None, _moment(moment)) if loc else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
