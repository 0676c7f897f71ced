"""When to look again: how long to wait for a feed, and for an article's next visit."""

from datetime import datetime, timedelta

from msgspec import Struct

MIN_SECONDS = 60.0
MAX_SECONDS = 2 * 3600.0
DEAD_SECONDS = 86_400.0
SHRINK, GROW = 0.7, 1.5  # in balance when half of the looks bring something (bench_day.py)
FAILURES_UNTIL_DEAD = 10
JITTER = 0.1
# Corrections come mostly within hours; each visit costs a request.
REVISITS = tuple(timedelta(hours=hours) for hours in (1, 6, 24, 72, 168, 720))


class PollState(Struct, frozen=True, array_like=True):
    """What is known of a feed: its present interval (seconds) and how often in a row it failed."""

    interval: float
    failures: int = 0


class PollResult(Struct, frozen=True):
    """What a look brought: links in all, links that were new, and what the feed asked for
    (`at_least`, seconds; `skip_hours` GMT). `retry_after` is set if it failed, or was put off as it
    was not the host's turn."""

    links: int = 0
    new: int = 0
    has_failed: bool = False
    was_put_off: bool = False
    at_least: float = 0.0
    retry_after: float = 0.0
    skip_hours: frozenset[int] = frozenset()


def adapt_interval(rhythm: PollState, look: PollResult) -> PollState:
    """Return the feed's state after a poll: a shorter interval if the poll brought news, a longer
    one if not. A failing feed slows down and is never dropped."""
    if look.was_put_off:
        return rhythm
    if look.has_failed:
        failures = rhythm.failures + 1
        most = DEAD_SECONDS if failures >= FAILURES_UNTIL_DEAD else MAX_SECONDS
        return PollState(min(most, rhythm.interval * 1.5), failures)
    # The more of a look is new, the later it came.
    share = look.new / max(look.links, look.new, 1)
    factor = SHRINK * (1 - share / 2) if look.new else GROW
    return PollState(min(MAX_SECONDS, max(MIN_SECONDS, rhythm.interval * factor)))


def next_poll_at(rhythm: PollState, look: PollResult, now: datetime, chance: float) -> datetime:
    """Return the moment of the next poll; `chance` (0..1) spreads feeds added together."""
    usual = rhythm.interval * (1 + JITTER * (2 * chance - 1))
    wait = max(look.retry_after, look.at_least, usual)
    moment = now + timedelta(seconds=look.retry_after if look.was_put_off else wait)
    for _ in range(24):
        if moment.hour not in look.skip_hours:
            break
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def next_visit_after(visits: int) -> timedelta | None:
    """Return how long after its `visits`-th fetch (from 1) an article is fetched again, or None if
    it is not."""
    return REVISITS[visits - 1] if 1 <= visits <= len(REVISITS) else None
