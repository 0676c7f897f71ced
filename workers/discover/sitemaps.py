"""Sitemaps, news sitemaps and sitemap indexes: bytes → links (sitemaps.org 0.9)."""

import zlib
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from msgspec import Struct

from schemas.article import make_aware
from workers.discover import xml_prolog
from workers.discover.char_references import repair
from workers.discover.links import BadFeedError, Link, NewestLinks, keep_newest

MAX_BYTES = 50 * 1024 * 1024  # of the protocol
MAX_LINKS = 50_000
ROOT_ELEMENTS = ("urlset", "sitemapindex")


class Sitemap(Struct, frozen=True):
    """Links to pages, or (in an index) to further sitemaps, the newest MAX_LINKS of each;
    `left_out` is the number of the others. A link of a news sitemap has a title."""

    pages: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    left_out: int = 0


def read_sitemap(body: bytes) -> Sitemap:
    """Return the sitemap in `body`: gzip or not, XML or one address a line.

    Raises:
        BadFeedError: it is not a sitemap, declares entities, or is larger than the protocol allows.
    """
    text = xml_prolog.strip_leading(_decompress(body))
    if text[:8].lower().startswith((b"http://", b"https://")):
        pages, left_out = keep_newest(_read_lines(text), MAX_LINKS)
        return Sitemap(pages, left_out=left_out)
    return _read_xml(repair(text))


def _read_lines(text: bytes) -> Iterator[Link]:
    """Return the links of a text sitemap, one a line."""
    lines = (line.strip() for line in text.decode("utf-8", "replace").splitlines())
    return (Link(line) for line in lines if line)


def _read_xml(text: bytes) -> Sitemap:
    """Return the sitemap in an XML text.

    Raises:
        BadFeedError: it is not a sitemap, or it declares entities.
    """
    pages, sitemaps = NewestLinks(MAX_LINKS), NewestLinks(MAX_LINKS)
    name = ""
    try:
        for _, element in iterparse(BytesIO(text)):
            name = _local_name(element)
            if name not in {"url", "sitemap"}:
                continue
            link = _read_link(element)
            element.clear()
            if link:
                (pages if name == "url" else sitemaps).add(link)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # What was read so far is kept: sitemaps of 50,000 links are often cut off.
        if not pages.number and not sitemaps.number:
            raise BadFeedError(f"is no sitemap: {error!r}"[:200]) from error
    if name not in ROOT_ELEMENTS and not pages.number and not sitemaps.number:
        raise BadFeedError(f"is no sitemap: its root is {name}"[:200])
    kept = Sitemap(pages.links, sitemaps.links)
    number_kept = len(kept.pages) + len(kept.sitemaps)
    left_out = pages.number + sitemaps.number - number_kept
    return Sitemap(kept.pages, kept.sitemaps, left_out)


def _decompress(body: bytes) -> bytes:
    """Return `body`, unpacked if it is gzip.

    Raises:
        BadFeedError: it is damaged gzip, or larger than the protocol allows.
    """
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


def _local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _read_link(element: Element) -> Link | None:
    """Return the link of a <url> or <sitemap> element, or None if it has no address."""
    texts = _child_texts(element)
    # only of <news:news>: pictures and videos of the page have titles and dates, too
    news = next((_child_texts(child) for child in element if _local_name(child) == "news"), {})
    date = news.get("publication_date") or texts.get("lastmod") or ""
    url = texts.get("loc")
    return Link(url, news.get("title") or None, _parse_date(date)) if url else None


def _child_texts(element: Element) -> dict[str, str]:
    """Return the texts of an element's children by their names; the first of a name counts."""
    return {_local_name(child): (child.text or "").strip() for child in reversed(element)}


def _parse_date(text: str) -> datetime | None:
    """Return an ISO 8601 date, in UTC if it names no zone, or None."""
    try:
        return make_aware(datetime.fromisoformat(text))
    except ValueError:
        return None
