"""RSS, Atom and JSON Feed: bytes → links, and what the feed says about when to poll it again."""

import calendar
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
import msgspec
from feedparser.encodings import convert_to_utf8
from msgspec import Struct

from workers import html_depth
from workers.discover.dates import read_date, read_unusual_date
from workers.discover.formats import char_references, gzip_body, sitemap_xml, xml_limits, xml_prolog
from workers.discover.links import BadFeedError, Link, keep_newest, order_dates

MAX_LINKS = 5_000
MAX_BYTES = 50 * 1024 * 1024  # of what is packed in itself
# raised by feedparser for the few malformed feeds that it does not accept
PARSER_ERRORS = (ValueError, LookupError, OverflowError)
MAX_ALTERNATES = 5
MAX_JSON_OBJECTS = 1_000_000  # an empty one takes twenty times its two bytes
NEXT_RELATIONS = ("next", "prev-archive")  # RFC 5005: of a paged feed, and of an archived one
_PATH = re.compile(r"(?:\w+:)?//[^/?#]+[/?#]+[^/?#]")
_GUID_OF_WORDS = re.compile(
    rb"<guid(?:\s[^<>]*)?>\s*+(?:<!\[CDATA\[)?([\w\x80-\xff\s-]++)(?:\]\]>)?\s*</guid",
    re.IGNORECASE,
)
_JSON_FEED_VERSION = re.compile(
    r"\s*(?:(?:https?:)?//)?(?:www\.)?jsonfeed\.org(?:/|\s*$)", re.IGNORECASE
)
ROOT_ELEMENTS = ("rss", "feed", "rdf")
# a string, or a comma before the end of a list or an object, which JSON does not allow
_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*+(?:"|\Z))|,(?=\s*[\]}])', re.DOTALL)


class Feed(Struct, frozen=True):
    """A feed's links in its order, the newest MAX_LINKS of them; `left_out` is the number of the
    others. `ttl_minutes` and `skip_hours` (0..23, GMT) as RSS 2.0 defines them; `hub` and `topic`
    (rel=self) as WebSub does. `next_page` is where older items are, if the feed names that."""

    links: tuple[Link, ...]
    ttl_minutes: float | None = None
    skip_hours: frozenset[int] = frozenset()
    hub: str | None = None
    topic: str | None = None
    left_out: int = 0
    next_page: str | None = None


def read_feed(body: bytes, headers: Mapping[str, str], url: str) -> Feed:
    """Return the feed in `body`, packed or not; relative links are resolved against `url`. Of a
    sitemap in its place, the links to pages.

    Raises:
        BadFeedError: it is not a feed, it has more of something than any feed (`xml_limits`), or it
            declares entities: no feed needs them, and they let a small file grow without bound.
    """
    body = gzip_body.unpack(body, MAX_BYTES)
    stripped = xml_prolog.strip_leading(body)
    if stripped.startswith(b"{"):
        return _read_json(stripped)
    if not stripped:
        raise BadFeedError("is empty")
    if sitemap_xml.is_sitemap(stripped):
        pages = (link for kind, link in sitemap_xml.read_entries(stripped) if kind == "url")
        links, left_out = keep_newest(pages, MAX_LINKS)
        return Feed(links, left_out=left_out)
    parsed = _parse(body, {**headers, "content-location": url})
    if not parsed.version and not parsed.entries:
        raise BadFeedError(f"is no feed: {parsed.get('bozo_exception', 'no entries')}")
    links, left_out = keep_newest(_read_links(parsed.entries, _words_as_guids(body)), MAX_LINKS)
    older_pages = (_find_link(parsed.feed, relation) for relation in NEXT_RELATIONS)
    return Feed(
        links=links,
        ttl_minutes=_to_minutes(parsed.feed.get("ttl")),
        skip_hours=frozenset(_read_skip_hours(body)),
        hub=_find_link(parsed.feed, "hub"),
        topic=_find_link(parsed.feed, "self"),
        left_out=left_out,
        next_page=next(filter(None, older_pages), None),
    )


def is_feed(body: bytes) -> bool:
    """Return whether `body`, unpacked, begins like a feed."""
    stripped = xml_prolog.strip_leading(body)
    return stripped.startswith(b"{") or xml_prolog.root_name(stripped) in ROOT_ELEMENTS


def _parse(body: bytes, headers: Mapping[str, str]) -> Any:  # noqa: ANN401  feedparser's own
    """Return what feedparser reads.

    Raises:
        BadFeedError: it cannot be parsed, or it is not given to the parser.
    """
    try:
        # checked and reduced as the parser itself would decode it, whatever the encoding
        xml = _prepare(convert_to_utf8(headers, char_references.repair(body), {}))
        return feedparser.parse(
            BytesIO(xml),
            response_headers={**headers, "content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,  # those of texts: addresses are always resolved
        )
    except BadFeedError:
        raise
    except PARSER_ERRORS as error:
        raise BadFeedError(f"cannot be parsed: {error!r}"[:200]) from error


def _prepare(xml: bytes) -> bytes:
    """Return what of `xml`, in UTF-8, is given to the parser.

    Raises:
        BadFeedError: it declares entities, or has more of something than any feed.
    """
    if xml_prolog.declares_entities(xml):
        raise BadFeedError("declares XML entities")
    reduced = xml_limits.reduce_feed(xml)
    if (depth := html_depth.measure_feed_depth(reduced)) > html_depth.MAX_DEPTH:
        raise BadFeedError(f"has elements nested {depth} deep")
    return reduced


def _find_link(feed: Any, relation: str) -> str | None:  # noqa: ANN401  feedparser's own
    """Return the address of the feed's first link with this relation, or None."""
    links = [link for link in _dicts_in(feed.get("links")) if link.get("rel") == relation]
    return next(filter(None, (_get_text(link, "href") for link in links)), None)


def _words_as_guids(body: bytes) -> frozenset[str]:
    """Return the guids that are a number or words, such as "1234": they name no page, though
    feedparser makes an address of any guid that is not said to be none."""
    return frozenset(
        guid.decode("utf-8", "replace").strip() for guid in _GUID_OF_WORDS.findall(body)
    )


def _read_links(entries: list[Any], no_addresses: Collection[str]) -> Iterator[Link]:
    """Yield the links of entries, with title and dates as far as they have any."""
    for entry in entries:
        url, *alternates = [*_addresses_of(entry, no_addresses), ""]
        if not url:
            continue
        published, modified = _read_date(entry, "published"), _read_date(entry, "updated")
        title = _get_text(entry, "title") or None
        dates = order_dates(published, modified)
        yield Link(url, title, *dates, _select_alternates(alternates))


def _select_alternates(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses that may be an article's: not that of a home page."""
    return tuple(each for each in addresses if _PATH.match(each))[:MAX_ALTERNATES]


def _addresses_of(entry: Any, no_addresses: Collection[str]) -> dict[str, None]:  # noqa: ANN401  feedparser's own
    """Return the addresses that an entry gives for its article, each once, the likeliest first.
    FeedBurner and similar services put a counting address into <link>, and the true one beside
    it. `no_addresses` are guids that are none."""
    links = [link for link in _dicts_in(entry.get("links")) if link.get("rel") == "alternate"]
    link, identifier = _get_text(entry, "link"), _get_text(entry, "id")
    if entry.get("guidislink") and link.rpartition("/")[2] in no_addresses:
        link = identifier = ""
    given = [
        _get_text(entry, "feedburner_origlink"),
        link,
        identifier if identifier.lower().startswith("http") else "",
        *(_get_text(link, "href") for link in links),
    ]
    return dict.fromkeys(address for address in given if address)


def _read_date(entry: Any, name: str) -> datetime | None:  # noqa: ANN401  feedparser's own
    """Return the date `published` or `updated` of an entry, or None."""
    fields = dict(entry)  # feedparser's own `get` gives `published` for a missing `updated`
    return read_unusual_date(_get_text(fields, name)) or _to_utc(fields.get(f"{name}_parsed"))


def _get_text(fields: Mapping[str, Any], name: str) -> str:
    """Return the text of a field, or an empty string. A JSON Feed may hold any type, and feedparser
    takes the attributes of an unknown element for its value."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _dicts_in(value: object) -> list[dict[str, Any]]:
    """Return the dictionaries in `value`, none if it is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _to_utc(date: object) -> datetime | None:
    """Return feedparser's date (in UTC) as a datetime, or None if it is not one."""
    if not isinstance(date, struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(date), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _to_minutes(text: object) -> float | None:
    """Return the number in `text`, at least 0, or None if there is none."""
    try:
        return max(0.0, float(str(text)))
    except ValueError:
        return None


def _read_skip_hours(body: bytes) -> list[int]:
    """Return the hours (0..23) of <skipHours>: feedparser keeps only the last one."""
    block = body.partition(b"<skipHours>")[2].partition(b"</skipHours>")[0][:2_000]
    parts = [part.partition(b"</hour>")[0].strip() for part in block.split(b"<hour>")[1:]]
    return [int(part) % 24 for part in parts if part.isdigit()]


def _read_json(body: bytes) -> Feed:
    """Return a JSON Feed 1.1 (jsonfeed.org). A malformed item is skipped alone.

    Raises:
        BadFeedError: it is not a JSON Feed.
    """
    raw = _decode_json(body)
    items = raw.get("items")
    if not isinstance(items, list) or not _JSON_FEED_VERSION.match(_get_text(raw, "version")):
        raise BadFeedError("is JSON, but no JSON Feed")
    read = (_read_json_item(item) for item in _dicts_in(items))
    links, left_out = keep_newest((link for link in read if link.url), MAX_LINKS)
    hubs = [hub for hub in _dicts_in(raw.get("hubs")) if hub.get("type") == "WebSub"]
    return Feed(
        links=links,
        hub=next(filter(None, (_get_text(hub, "url") for hub in hubs)), None),
        topic=_get_text(raw, "feed_url") or None,
        left_out=left_out,
        next_page=_get_text(raw, "next_url") or None,
    )


def _decode_json(body: bytes) -> dict[str, Any]:
    """Return the object in `body`. Commas too many, control characters in texts and bytes that are
    not UTF-8 are forgiven, as they are in XML.

    Raises:
        BadFeedError: it is no JSON, or a great part of it are brackets.
    """
    if body.count(b"[") + body.count(b"{") > MAX_JSON_OBJECTS:
        raise BadFeedError(f"is JSON with more than {MAX_JSON_OBJECTS:,} objects")
    repaired = char_references.repair_json(body)
    try:
        return msgspec.json.decode(repaired, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    text = _TRAILING_COMMA.sub(r"\1", sitemap_xml.decode(repaired).lstrip("\ufeff"))
    try:
        raw = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise BadFeedError(f"is no JSON Feed: {error}"[:200]) from error
    if not isinstance(raw, dict):
        raise BadFeedError("is JSON, but no JSON Feed")
    return raw


def _read_json_item(item: dict[str, Any]) -> Link:
    """Return the link of an item of a JSON Feed; its address is empty if the item has none."""
    identifier = _get_text(item, "id")
    given = [
        _get_text(item, "url"),
        identifier if identifier.lower().startswith(("http://", "https://")) else "",
        _get_text(item, "external_url"),
    ]
    url, *alternates = [*dict.fromkeys(address for address in given if address), ""]
    published = read_date(_get_text(item, "date_published"))
    modified = read_date(_get_text(item, "date_modified"))
    title = _get_text(item, "title") or None
    return Link(url, title, *order_dates(published, modified), _select_alternates(alternates))
