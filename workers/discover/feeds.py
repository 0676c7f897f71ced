"""RSS, Atom and JSON Feed: bytes → links, and what the feed says about when to look again."""

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

from workers import html_depth
from workers.discover import char_references, xml_prolog
from workers.discover.links import BadFeedError, Link

MAX_LINKS = 5_000
# of feedparser, which takes most that is wrong with a feed, but not all
PARSER_ERRORS = (ValueError, LookupError, OverflowError)
JSON_FEED = "https://jsonfeed.org/"


class Feed(Struct, frozen=True):
    """A feed's links in its order; `ttl_minutes` and `skip_hours` (0..23, GMT) as RSS 2.0 has
    them; `hub` and `topic` (rel=self) are WebSub's."""

    links: tuple[Link, ...]
    ttl_minutes: float | None = None
    skip_hours: frozenset[int] = frozenset()
    hub: str | None = None
    topic: str | None = None


def read_feed(body: bytes, headers: Mapping[str, str], url: str) -> Feed:
    """Return the feed in `body`; relative links are resolved against `url`.

    Raises:
        BadFeedError: it is not a feed, it nests deeper than any feed, or it declares entities: no
            feed needs them, and they let a small file grow without bound.
    """
    text = xml_prolog.strip_leading(body)
    if text.startswith(b"{"):
        return _read_json(text)
    if not text:
        raise BadFeedError("is empty")
    if (depth := html_depth.depth_of_feed(body)) > html_depth.MAX_DEPTH:
        raise BadFeedError(f"has elements nested {depth} deep")
    parsed = _parsed(char_references.repair(body), {**headers, "content-location": url})
    if not parsed.version and not parsed.entries:
        raise BadFeedError(f"is no feed: {parsed.get('bozo_exception', 'no entries')}")
    return Feed(
        links=tuple(_links(parsed.entries[:MAX_LINKS])),
        ttl_minutes=_number(parsed.feed.get("ttl")),
        skip_hours=frozenset(_hours(body)),
        hub=_linked(parsed.feed, "hub"),
        topic=_linked(parsed.feed, "self"),
    )


def _parsed(body: bytes, headers: Mapping[str, str]) -> Any:  # noqa: ANN401  feedparser's own
    try:
        # as the parser itself will read it, whatever the encoding
        if not xml_prolog.declares_entities(convert_to_utf8(headers, body, {})):
            return feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False)
    except PARSER_ERRORS as error:
        raise BadFeedError(f"cannot be parsed: {error!r}"[:200]) from error
    raise BadFeedError("declares XML entities")


def _linked(feed: Any, relation: str) -> str | None:  # noqa: ANN401  feedparser's own
    links = [link for link in _objects(feed.get("links")) if link.get("rel") == relation]
    return next(filter(None, (_text(link, "href") for link in links)), None)


def _links(entries: list[Any]) -> list[Link]:
    found = []
    for entry in entries:
        # FeedBurner and its kin put a counting address into <link> and the true one beside it.
        url = _text(entry, "feedburner_origlink") or _text(entry, "link")
        if not url and _text(entry, "id").startswith("http"):
            url = _text(entry, "id")
        if url:
            moment = entry.get("published_parsed") or entry.get("updated_parsed")
            found.append(Link(url, _text(entry, "title") or None, _utc(moment)))
    return found


def _text(fields: Mapping[str, Any], name: str) -> str:
    """Return the text of a field. A JSON Feed may hold any type, and feedparser takes the
    attributes of an unknown element for its value."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _utc(moment: object) -> datetime | None:
    if not isinstance(moment, struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(moment), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: object) -> float | None:
    try:
        return max(0.0, float(str(text)))
    except ValueError:
        return None


def _hours(body: bytes) -> list[int]:
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
    if not isinstance(items, list) or not _text(raw, "version").startswith(JSON_FEED):
        raise BadFeedError("is JSON, but no JSON Feed")
    links = [_json_link(item) for item in _objects(items[:MAX_LINKS])]
    hubs = [hub for hub in _objects(raw.get("hubs")) if hub.get("type") == "WebSub"]
    return Feed(
        links=tuple(link for link in links if link.url),
        hub=next(filter(None, (_text(hub, "url") for hub in hubs)), None),
        topic=_text(raw, "feed_url") or None,
    )


def _json_link(item: dict[str, Any]) -> Link:
    try:
        moment = datetime.fromisoformat(_text(item, "date_published"))
        published = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        published = None
    return Link(_text(item, "url"), _text(item, "title") or None, published)
