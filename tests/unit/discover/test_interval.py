"""When a feed is polled again, and an article fetched again."""

from datetime import timedelta
from itertools import pairwise

from tests.unit.discover.samples import NOON
from workers.discover.interval import (
    MAX_INTERVAL_SECONDS,
    PollResult,
    PollState,
    adapt_interval,
    next_poll_at,
    next_visit_after,
)


def test_an_interval_shrinks_with_news_and_grows_without():
    state = PollState(900)
    assert (
        adapt_interval(state, PollResult(20, 10)).interval
        < adapt_interval(state, PollResult(20, 1)).interval
        < 900
    )
    assert adapt_interval(state, PollResult(20, 0)).interval > 900


def test_a_dead_feed_slows_down_and_is_never_dropped():
    state = PollState(900)
    for _ in range(9):
        state = adapt_interval(state, PollResult(has_failed=True))
    assert state.interval == MAX_INTERVAL_SECONDS
    for _ in range(50):
        state = adapt_interval(state, PollResult(has_failed=True))
    assert state.interval == 86_400


def test_a_feed_is_not_asked_before_the_time_it_named():
    assert next_poll_at(PollState(60), PollResult(retry_after=7200), NOON, 0.5) == NOON + timedelta(
        hours=2
    )
    result = PollResult(skip_hours=frozenset({12, 13}))
    assert next_poll_at(PollState(60), result, NOON, 0.5) == NOON.replace(hour=14)


def test_a_look_that_was_put_off_comes_soon_and_changes_no_rhythm():
    result = PollResult(was_deferred=True, retry_after=20, min_pause_seconds=3600)
    assert adapt_interval(PollState(900), result) == PollState(900)
    assert next_poll_at(PollState(900), result, NOON, 0.5) == NOON + timedelta(seconds=20)


def test_jitter_spreads_feeds_by_a_tenth():
    early, late = (next_poll_at(PollState(1000), PollResult(), NOON, chance) for chance in (0, 1))
    assert late - early == timedelta(seconds=200)


def test_revisits_come_ever_later_and_end():
    waits = [next_visit_after(n) for n in range(1, 7)]
    assert all(before < after for before, after in pairwise(waits))
    assert next_visit_after(7) is None
