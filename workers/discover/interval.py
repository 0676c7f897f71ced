"""When to poll a feed again, and when to fetch an article again.

`workers/delivery/feed_poll.py` applies it after each poll, beside what files, caches and
hubs say.
"""

from datetime import datetime, timedelta

from msgspec import Struct

MIN_INTERVAL_SECONDS = 60.0
MAX_INTERVAL_SECONDS = 2 * 3600.0
DEAD_INTERVAL_SECONDS = 86_400.0
# in balance when half of the polls bring something new (bench_day.py)
SHRINK_FACTOR, GROWTH_FACTOR = 0.7, 1.5
FAILURE_FACTOR = 1.5
FAILURES_UNTIL_DEAD = 10
JITTER_SHARE = 0.1
MAX_STRETCH = 2.0
DAY_HOURS = 24
# After each fetch, the next one. Most corrections come within hours; each fetch costs a request.
REVISIT_AFTER = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))


class PollState(Struct, frozen=True, array_like=True):
    """A feed's present interval in seconds, and how often in a row polling it has failed."""

    interval: float
    failures: int = 0


class PollResult(Struct, frozen=True):
    """The result of a poll: how many links, how many of them new, and what the feed asks for
    (`min_pause_seconds`; `skip_hours` in GMT) or its caches say (`fresh_seconds`). `retry_after`
    (seconds) is set if the poll failed, or was deferred because the host was busy."""

    links: int = 0
    new_links: int = 0
    has_failed: bool = False
    was_deferred: bool = False
    min_pause_seconds: float = 0.0
    retry_after: float = 0.0
    skip_hours: frozenset[int] = frozenset()
    fresh_seconds: float = 0.0


def adapt_interval(state: PollState, result: PollResult) -> PollState:
    """Return the feed's state after a poll: a shorter interval if the poll brought news, a longer
    one if not. A failing feed slows down and is never dropped."""
    if result.was_deferred:
        return state
    if result.has_failed:
        failures = state.failures + 1
        is_dead = failures >= FAILURES_UNTIL_DEAD
        max_interval = DEAD_INTERVAL_SECONDS if is_dead else MAX_INTERVAL_SECONDS
        return PollState(min(max_interval, state.interval * FAILURE_FACTOR), failures)
    # The more of the links are new, the later the poll came.
    share = result.new_links / max(result.links, result.new_links, 1)
    factor = SHRINK_FACTOR * (1 - share / 2) if result.new_links else GROWTH_FACTOR
    return PollState(min(MAX_INTERVAL_SECONDS, max(MIN_INTERVAL_SECONDS, state.interval * factor)))


def next_poll_at(state: PollState, result: PollResult, now: datetime, jitter: float) -> datetime:
    """Return the moment of the next poll; `jitter` (0..1) spreads feeds added together.

    What caches say is set for a whole site, often, and without a thought of its feeds: it stretches
    the interval that was measured to MAX_STRETCH times at most.
    """
    interval = state.interval * (1 + JITTER_SHARE * (2 * jitter - 1))
    fresh = min(result.fresh_seconds, MAX_STRETCH * interval)
    wait = max(result.retry_after, result.min_pause_seconds, fresh, interval)
    moment = now + timedelta(seconds=result.retry_after if result.was_deferred else wait)
    for _ in range(DAY_HOURS):
        if moment.hour not in result.skip_hours:
            break
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def next_visit_after(visits: int) -> timedelta | None:
    """Return how long after its `visits`-th fetch (from 1) an article is fetched again, or None if
    it is not."""
    return REVISIT_AFTER[visits - 1] if 1 <= visits <= len(REVISIT_AFTER) else None
