"""What a feed and its headers say about when to poll it again, and its WebSub hub."""

import re
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from schemas.page import StoredPage
from workers.discover.feeds import Feed
from workers.discover.websub import find_hub

MAX_PAUSE_SECONDS = 86_400.0
DAY_HOURS = 24
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d+)")
_NO_CACHE = re.compile(r"(?:^|[,\s])no-(?:cache|store)(?=[\s,;]|$)")


class PollHints(Struct, frozen=True, omit_defaults=True):
    """`min_pause_seconds` is the pause that the feed asks for, `fresh_seconds` for how long caches
    may give out what they have; `skip_hours` are the hours (0..23, GMT) in which it asks not to be
    polled; `hub` and `topic` are empty without WebSub."""

    min_pause_seconds: float = field(default=0.0, name="at_least")
    skip_hours: frozenset[int] = frozenset()
    hub: str = ""
    topic: str = ""
    fresh_seconds: float = 0.0


def read_hints(feed: Feed, page: StoredPage) -> PollHints:
    """Return the feed's hints, each a day at most: a mistaken value must not silence a feed."""
    pause = 60 * (feed.ttl_minutes or 0.0)
    is_all_day = len(feed.skip_hours) >= DAY_HOURS
    hours = frozenset() if is_all_day else feed.skip_hours
    hub, topic = find_hub(feed, page)
    fresh = min(_fresh_seconds(page), MAX_PAUSE_SECONDS)
    return PollHints(min(pause, MAX_PAUSE_SECONDS), hours, hub, topic, fresh)


def _fresh_seconds(page: StoredPage) -> float:
    """Return for how many seconds more a cache may give out this response (RFC 9111 sections 4.2
    and 5.2): its max-age less the age that it has already."""
    directives = ", ".join(value for name, value in page.headers if name == "cache-control").lower()
    max_age = _MAX_AGE.search(directives)
    if max_age is None or _NO_CACHE.search(directives):
        return 0.0
    age = page.header("age").strip()
    is_number = age.isascii() and age.isdigit()
    return max(0.0, float(max_age[1]) - (float(age) if is_number else 0.0))


def merge_hints(hints: Sequence[PollHints]) -> PollHints:
    """Return the hints of the last feed; a page that names more than one feed has no hub."""
    return hints[-1] if len(hints) == 1 else replace(hints[-1], hub="", topic="")
