"""Sitemaps, news sitemaps and sitemap indexes: bytes → links (sitemaps.org 0.9)."""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from msgspec import Struct

from workers.discover import xml_prolog
from workers.discover.char_references import repair
from workers.discover.links import BadFeedError, Link

MAX_BYTES = 50 * 1024 * 1024  # the protocol's own bound
MAX_LINKS = 50_000
ROOTS = ("urlset", "sitemapindex")


class Sitemap(Struct, frozen=True):
    """Links to pages, or (in an index) to further sitemaps. A link of a news sitemap has a
    title."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()


def read_sitemap(body: bytes) -> Sitemap:
    """Return the sitemap in `body`: gzip or not, XML or one address a line.

    Raises:
        BadFeedError: it is not a sitemap, declares entities, or is larger than the protocol allows.
    """
    text = xml_prolog.strip_leading(_unpacked(body))
    if text[:8].lower().startswith((b"http://", b"https://")):
        return Sitemap(tuple(_lines(text)))
    return _read_xml(repair(text))


def _lines(text: bytes) -> Iterator[Link]:
    lines = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return islice((Link(line) for line in lines if line), MAX_LINKS)


def _read_xml(text: bytes) -> Sitemap:
    pages: list[Link] = []
    sitemaps: list[Link] = []
    name = ""
    try:
        for _, element in iterparse(BytesIO(text)):
            name = _name(element)
            if name not in {"url", "sitemap"}:
                continue
            link = _link(element)
            element.clear()
            if link and len(pages) + len(sitemaps) < MAX_LINKS:
                (pages if name == "url" else sitemaps).append(link)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # What was read before a cut is worth keeping: sitemaps of 50,000 rows often end early.
        if not pages and not sitemaps:
            raise BadFeedError(f"is no sitemap: {error!r}"[:200]) from error
    if name not in ROOTS and not pages and not sitemaps:
        raise BadFeedError(f"is no sitemap: its root is {name}"[:200])
    return Sitemap(tuple(pages), tuple(sitemaps))


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        unpacker = zlib.decompressobj(wbits=31)
        plain = unpacker.decompress(body, MAX_BYTES)
    except zlib.error as error:
        raise BadFeedError(f"is bad gzip: {error}") from error
    if unpacker.unconsumed_tail:
        raise BadFeedError(f"unpacks to more than {MAX_BYTES:,} bytes")
    return plain


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _link(element: Element) -> Link | None:
    row = _texts(element)
    # pictures and videos of the page have titles and dates too
    news = next((_texts(child) for child in element if _name(child) == "news"), {})
    moment = news.get("publication_date") or row.get("lastmod") or ""
    url = row.get("loc")
    return Link(url, news.get("title") or None, _moment(moment)) if url else None


def _texts(element: Element) -> dict[str, str]:
    """Return the texts of an element's children by their names; the first of a name counts."""
    return {_name(child): (child.text or "").strip() for child in reversed(element)}


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
