"""The XML of sitemaps (sitemaps.org 0.9, Google's news sitemaps): well-formed or not."""

import codecs
import html
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from workers.discover.dates import read_date
from workers.discover.formats import xml_limits, xml_prolog
from workers.discover.formats.char_references import repair
from workers.discover.links import BadFeedError, Link, order_dates

ROOT_ELEMENTS = ("urlset", "sitemapindex")
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s/>]", re.IGNORECASE)
# An entry ends with its end tag or, if that is missing, where the next one begins.
_ENTRY = re.compile(r"<(?:[\w.-]+:)?(url|sitemap)(?:\s[^<>]*)?>", re.IGNORECASE)
_FIELD = re.compile(
    r"<((?:[\w.-]+:)?(?:loc|lastmod|title|publication_date))(?:\s[^<>]*)?>"
    r"\s*+(<!\[CDATA\[.*?\]\]>|[^<]*(?=<))",
    re.IGNORECASE | re.DOTALL,
)
_NEWS = re.compile(
    r"<(?:[\w.-]+:)?news(?:\s[^<>]*)?>.*?(?:</(?:[\w.-]+:)?news\s*>|\Z)", re.IGNORECASE | re.DOTALL
)
MAX_ENTRY_LENGTH = 20_000  # with all its pictures; what stands behind is not searched
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,200}encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_BYTE_ORDER_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))

_AS_WINDOWS_1252 = "presswire.windows_1252"


class Entry(NamedTuple):
    """A <url> or <sitemap>."""

    kind: Literal["url", "sitemap"]
    link: Link


def is_sitemap(body: bytes) -> bool:
    """Return whether `body`, unpacked, begins like the XML of a sitemap."""
    return xml_prolog.root_name(body) in ROOT_ELEMENTS


def read_entries(body: bytes) -> Iterator[Entry]:
    """Yield the entries of a sitemap. If its XML is broken somewhere, its entries are read one by
    one, so that an error costs one of them at most.

    Raises:
        BadFeedError: it is not a sitemap, it has more of something than any sitemap, or it declares
            entities: no sitemap needs them, and they let a small file grow without bound.
    """
    xml_limits.check_size(body)
    number = 0
    try:
        for entry in _read_strictly(repair(body)):
            number += 1
            yield entry
    except _BrokenXmlError as error:
        yield from _skip(_recover(body, error), number)
    else:
        if not number:
            yield from _recover(body, None)


class _BrokenXmlError(ValueError):
    """The XML is not well-formed."""


def _read_strictly(body: bytes) -> Iterator[Entry]:
    """Yield the entries of well-formed XML.

    Raises:
        BadFeedError: it declares entities.
        _BrokenXmlError: it is not well-formed; the entries before have been yielded.
    """
    in_sitemap = is_sitemap(body)
    depth = 0  # of entries within entries
    try:
        for event, element in iterparse(BytesIO(body), events=("start", "end")):
            name = _local_name(element)
            if name not in {"url", "sitemap"}:
                continue
            depth += 1 if event == "start" else -1
            if event == "start":
                continue
            link = _read_link(element, may_be_bare=in_sitemap and not depth)
            if not depth:
                element.clear()
            if link:
                yield Entry("url" if name == "url" else "sitemap", link)
    except DefusedXmlException as error:
        raise BadFeedError(f"is no sitemap: {error!r}"[:200]) from error
    except (ParseError, ValueError, LookupError) as error:
        raise _BrokenXmlError(repr(error)) from error


def _skip(entries: Iterator[Entry], number: int) -> Iterator[Entry]:
    """Yield all but the first `number` entries."""
    for position, entry in enumerate(entries):
        if position >= number:
            yield entry


def _recover(body: bytes, error: Exception | None) -> Iterator[Entry]:
    """Yield the entries of broken XML, each read for itself.

    Raises:
        BadFeedError: it has no entries and is no sitemap, or it declares entities.
    """
    text = CONTROL.sub("", decode(body))
    if xml_prolog.declares_entities(text.encode("utf-8", "replace")):
        raise BadFeedError("declares XML entities")
    text = _strip_comments(text)
    in_sitemap = _ROOT.search(text) is not None
    starts = list(_ENTRY.finditer(text))
    ends = [*(start.start() for start in starts[1:]), len(text)]
    is_empty = True
    for start, end in zip(starts, ends[: len(starts)], strict=True):
        entry = text[start.end() : min(end, start.end() + MAX_ENTRY_LENGTH)]
        link = _read_fields(entry, may_be_bare=in_sitemap)
        if link:
            is_empty = False
            yield Entry("url" if start[1].lower() == "url" else "sitemap", link)
    if is_empty and (error or not in_sitemap):
        raise BadFeedError(f"is no sitemap: {error or 'it has no such elements'}"[:200])


def _strip_comments(text: str) -> str:
    """Return `text` without comments; one that does not end is left."""
    parts, position = [], 0
    while (start := text.find("<!--", position)) >= 0:
        end = text.find("-->", start)
        if end < 0:
            break
        parts.append(text[position:start])
        position = end + 3
    return "".join([*parts, text[position:]])


def _read_fields(entry: str, *, may_be_bare: bool) -> Link | None:
    """Return the link in the text of an entry, or None if it has no address."""
    news = next(iter(_NEWS.findall(entry)), "")
    own = dict(reversed(_fields_of(_NEWS.sub("", entry), own_only=True)))
    if may_be_bare and not own.get("loc"):
        own["loc"] = _bare_address(html.unescape(entry.partition("<")[0]))
    of_news = dict(reversed(_fields_of(news, own_only=False)))
    return _make_link(own, of_news)


def _fields_of(text: str, *, own_only: bool) -> list[tuple[str, str]]:
    """Return the fields in `text` by their local names. If `own_only`, without those of extensions:
    an image's address is not the page's."""
    fields = []
    for name, value in _FIELD.findall(text):
        prefix, _, local = name.rpartition(":")
        if own_only and prefix.lower() in {"image", "video", "xhtml", "mobile", "pagemap", "geo"}:
            continue
        is_raw = value.startswith("<![CDATA[")
        fields.append((local.lower(), value[9:-3] if is_raw else html.unescape(value)))
    return fields


def decode(body: bytes) -> str:
    """Return the text of an XML file in the encoding that it declares; in UTF-8 what is not of that
    encoding is read as Windows-1252, byte by byte."""
    declared = _DECLARED.match(body.lstrip(b"\xef\xbb\xbf \t\r\n"))
    names = [name for mark, name in _BYTE_ORDER_MARKS if body.startswith(mark)]
    names += [declared[1].decode("ascii")] if declared else []
    for name in names:
        try:
            return body.decode(name)
        except (LookupError, UnicodeError):
            continue
    return decode_leniently(body)


def decode_leniently(body: bytes) -> str:
    """Return `body` as UTF-8, each byte that is not of it as Windows-1252."""
    return body.decode("utf-8", _AS_WINDOWS_1252)


def _read_as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """Return the characters for bytes that are not UTF-8, and where to go on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error(_AS_WINDOWS_1252, _read_as_windows_1252)


def _local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def _read_link(element: Element, *, may_be_bare: bool) -> Link | None:
    """Return the link of a <url> or <sitemap> element, or None if it has no address. If
    `may_be_bare`, its address may stand in it without a <loc>."""
    # only of <news:news>: pictures and videos of the page have titles and dates, too
    news = next((_child_texts(child) for child in element if _local_name(child) == "news"), {})
    own = _child_texts(element)
    if may_be_bare and not own.get("loc"):
        own["loc"] = _bare_address(element.text or "")
    return _make_link(own, news)


def _bare_address(text: str) -> str:
    """Return the address that stands in an entry without a <loc> around it, empty if none does."""
    address = text.strip()
    return address if address.lower().startswith(("http://", "https://")) else ""


def _make_link(own: dict[str, str], news: dict[str, str]) -> Link | None:
    """Return the link of an entry, from its fields and those of its <news:news>; None without an
    address."""
    url = "".join(own.get("loc", "").split())
    published = read_date(news.get("publication_date", ""))
    modified = read_date(own.get("lastmod", "").strip())
    title = news.get("title", "").strip() or None
    return Link(url, title, *order_dates(published, modified)) if url else None


def _child_texts(element: Element) -> dict[str, str]:
    """Return the texts of an element's children by their names, with that of markup in them; the
    first of a name counts."""
    return {_local_name(child): "".join(child.itertext()).strip() for child in reversed(element)}
