"""What a feed and its headers say about when to look again, and who tells when it changes."""

import re
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from schemas.page import StoredPage
from workers.discover.feeds import Feed
from workers.discover.websub import hub_of

MAX_SECONDS = 86_400.0
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d+)")


class PollHints(Struct, frozen=True):
    """`at_least` is the pause in seconds that the feed asks for, `skip_hours` the hours (GMT) in
    which it wants no visit; `hub` and `topic` are empty without WebSub."""

    at_least: float = 0.0
    skip_hours: frozenset[int] = frozenset()
    hub: str = ""
    topic: str = ""


def hints_of(feed: Feed, page: StoredPage) -> PollHints:
    """Return the feed's hints. The pause is the greatest of RSS' ttl and Cache-Control's max-age
    (RFC 9111), a day at most: a mistaken value must not silence a feed."""
    age = _MAX_AGE.search(page.header("cache-control").lower())
    asked = max(60 * (feed.ttl_minutes or 0.0), float(age[1]) if age else 0.0)
    all_day = len(feed.skip_hours) >= 24  # noqa: PLR2004  hours of a day
    hours = frozenset() if all_day else feed.skip_hours
    return PollHints(min(asked, MAX_SECONDS), hours, *hub_of(feed, page))


def merge_hints(several: Sequence[PollHints]) -> PollHints:
    """Return the hints of the last one; a page that names more than one feed has no hub."""
    return several[-1] if len(several) == 1 else replace(several[-1], hub="", topic="")
