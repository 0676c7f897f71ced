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


class PollHints(Struct, frozen=True):
    """`min_pause_seconds` is the pause that the feed asks for, `skip_hours` the hours (0..23, GMT)
    in which it asks not to be polled; `hub` and `topic` are empty without WebSub."""

    min_pause_seconds: float = field(default=0.0, name="at_least")
    skip_hours: frozenset[int] = frozenset()
    hub: str = ""
    topic: str = ""


def read_hints(feed: Feed, page: StoredPage) -> PollHints:
    """Return the feed's hints. The pause is the greatest of RSS' ttl and Cache-Control's max-age
    (RFC 9111), a day at most: a mistaken value must not silence a feed."""
    max_age = _MAX_AGE.search(page.header("cache-control").lower())
    pause = max(60 * (feed.ttl_minutes or 0.0), float(max_age[1]) if max_age else 0.0)
    is_all_day = len(feed.skip_hours) >= DAY_HOURS
    hours = frozenset() if is_all_day else feed.skip_hours
    return PollHints(min(pause, MAX_PAUSE_SECONDS), hours, *find_hub(feed, page))


def merge_hints(hints: Sequence[PollHints]) -> PollHints:
    """Return the hints of the last feed; a page that names more than one feed has no hub."""
    return hints[-1] if len(hints) == 1 else replace(hints[-1], hub="", topic="")
