"""RSS, Atom and JSON Feed: bytes → links, and what the feed says about when to poll it again."""

import calendar
from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser
import msgspec
from feedparser.encodings import convert_to_utf8
from msgspec import Struct

from schemas.article import make_aware
from workers import html_depth
from workers.discover import char_references, xml_prolog
from workers.discover.links import BadFeedError, Link, keep_newest

MAX_LINKS = 5_000
# raised by feedparser for the few malformed feeds that it does not accept
PARSER_ERRORS = (ValueError, LookupError, OverflowError)
JSON_FEED_VERSION = "https://jsonfeed.org/"


class Feed(Struct, frozen=True):
    """A feed's links in its order, the newest MAX_LINKS of them; `left_out` is the number of the
    others. `ttl_minutes` and `skip_hours` (0..23, GMT) as RSS 2.0 defines them; `hub` and `topic`
    (rel=self) as WebSub does."""

    links: tuple[Link, ...]
    ttl_minutes: float | None = None
    skip_hours: frozenset[int] = frozenset()
    hub: str | None = None
    topic: str | None = None
    left_out: int = 0


def read_feed(body: bytes, headers: Mapping[str, str], url: str) -> Feed:
    """Return the feed in `body`; relative links are resolved against `url`.

    Raises:
        BadFeedError: it is not a feed, it nests deeper than any feed, or it declares entities: no
            feed needs them, and they let a small file grow without bound.
    """
    stripped = xml_prolog.strip_leading(body)
    if stripped.startswith(b"{"):
        return _read_json(stripped)
    if not stripped:
        raise BadFeedError("is empty")
    if (depth := html_depth.measure_feed_depth(body)) > html_depth.MAX_DEPTH:
        raise BadFeedError(f"has elements nested {depth} deep")
    parsed = _parse(char_references.repair(body), {**headers, "content-location": url})
    if not parsed.version and not parsed.entries:
        raise BadFeedError(f"is no feed: {parsed.get('bozo_exception', 'no entries')}")
    links, left_out = keep_newest(_read_links(parsed.entries), MAX_LINKS)
    return Feed(
        links=links,
        ttl_minutes=_to_minutes(parsed.feed.get("ttl")),
        skip_hours=frozenset(_read_skip_hours(body)),
        hub=_find_link(parsed.feed, "hub"),
        topic=_find_link(parsed.feed, "self"),
        left_out=left_out,
    )


def _parse(body: bytes, headers: Mapping[str, str]) -> Any:  # noqa: ANN401  feedparser's own
    """Return what feedparser reads.

    Raises:
        BadFeedError: it cannot be parsed, or it declares entities.
    """
    try:
        # checked as the parser itself will decode it, whatever the encoding
        if not xml_prolog.declares_entities(convert_to_utf8(headers, body, {})):
            return feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False)
    except PARSER_ERRORS as error:
        raise BadFeedError(f"cannot be parsed: {error!r}"[:200]) from error
    raise BadFeedError("declares XML entities")


def _find_link(feed: Any, relation: str) -> str | None:  # noqa: ANN401  feedparser's own
    """Return the address of the feed's first link with this relation, or None."""
    links = [link for link in _dicts_in(feed.get("links")) if link.get("rel") == relation]
    return next(filter(None, (_get_text(link, "href") for link in links)), None)


def _read_links(entries: list[Any]) -> list[Link]:
    """Return the links of entries, with title and date as far as they have any."""
    links = []
    for entry in entries:
        # FeedBurner and similar services put a counting address into <link>, and the true one
        # beside it.
        url = _get_text(entry, "feedburner_origlink") or _get_text(entry, "link")
        if not url and _get_text(entry, "id").startswith("http"):
            url = _get_text(entry, "id")
        if url:
            date = entry.get("published_parsed") or entry.get("updated_parsed")
            links.append(Link(url, _get_text(entry, "title") or None, _to_utc(date)))
    return links


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
    try:
        raw = msgspec.json.decode(char_references.repair_json(body), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFeedError(f"is no JSON Feed: {error}") from error
    items = raw.get("items")
    if not isinstance(items, list) or not _get_text(raw, "version").startswith(JSON_FEED_VERSION):
        raise BadFeedError("is JSON, but no JSON Feed")
    read = (_read_json_item(item) for item in _dicts_in(items))
    links, left_out = keep_newest((link for link in read if link.url), MAX_LINKS)
    hubs = [hub for hub in _dicts_in(raw.get("hubs")) if hub.get("type") == "WebSub"]
    return Feed(
        links=links,
        hub=next(filter(None, (_get_text(hub, "url") for hub in hubs)), None),
        topic=_get_text(raw, "feed_url") or None,
        left_out=left_out,
    )


def _read_json_item(item: dict[str, Any]) -> Link:
    """Return the link of an item of a JSON Feed; its address is empty if the item has none."""
    try:
        published = make_aware(datetime.fromisoformat(_get_text(item, "date_published")))
    except ValueError:
        published = None
    return Link(_get_text(item, "url"), _get_text(item, "title") or None, published)
