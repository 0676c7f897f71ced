"""The ledger on a real server."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.events import ArticleIndexed, FeedDue, PageRejected, encode
from schemas.reasons import Reason
from workers.adapters.redis.page_ledger import PageLedger

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def ledger(clean_redis):
    return PageLedger(clean_redis, "test")


def indexed(event):
    return ArticleIndexed(
        page_id=event.page_id, outlet=event.outlet, url=event.url, document_id="doc"
    )


def test_attempts_are_counted_before_the_work_for_each_step(ledger, fetched):
    event = fetched()
    assert [ledger.start_attempts([event], "parse", NOON) for _ in range(3)] == [[1], [2], [3]]
    assert ledger.start_attempts([event], "dedupe", NOON) == [1]
    assert ledger.row(event.page_id).attempts == {"parse": 3, "dedupe": 1}


def test_an_ended_page_is_no_longer_under_way(ledger, fetched):
    event = fetched()
    ledger.mark_queued(event, "parse", NOON, encode(event))
    assert ledger.in_flight() == 1
    ledger.finish(indexed(event), "indexed", NOON, event, document_id="doc")
    row = ledger.row(event.page_id)
    assert (row.state, row.final, row.document_id) == ("indexed", True, "doc")
    assert ledger.in_flight() == 0
    assert ledger.counts() == {"indexed": 1}


def test_a_message_that_comes_again_after_the_end_changes_no_state(ledger, fetched):
    event = fetched()
    ledger.finish(indexed(event), "indexed", NOON, event)
    ledger.start_attempts([event], "parse", NOON)
    assert ledger.row(event.page_id).state == "indexed"
    assert ledger.in_flight() == 0


def test_a_newer_fetch_starts_afresh_and_an_older_one_is_turned_away(ledger, fetched):
    old, new = fetched(), fetched(at=LATER)
    ledger.start_attempts([old], "parse", NOON)
    ledger.finish(indexed(old), "indexed", NOON, old)
    assert ledger.start_attempts([new], "parse", LATER) == [1]
    assert ledger.start_attempts([old], "parse", LATER) == [-1]
    assert ledger.row(new.page_id).state == "parse"


def test_a_page_that_starts_afresh_has_all_its_attempts(ledger, fetched):
    event = fetched()
    for _ in range(5):
        ledger.start_attempts([event], "parse", NOON)
    ledger.finish(event, "quarantined", NOON, event, reason="bug")
    assert ledger.mark_queued(event, "parse", LATER, afresh=True)
    row = ledger.row(event.page_id)
    assert (row.state, row.final, row.reason, ledger.in_flight()) == ("parse", False, "", 1)
    assert ledger.start_attempts([event], "parse", LATER) == [1]


def test_what_has_been_fetched_again_since_does_not_start_afresh(ledger, fetched):
    old, new = fetched(), fetched(at=LATER)
    ledger.finish(indexed(new), "indexed", LATER, new)
    assert not ledger.mark_queued(old, "parse", LATER, afresh=True)
    assert (ledger.row(new.page_id).state, ledger.in_flight()) == ("indexed", 0)


def test_what_a_feed_says_of_a_page_changes_nothing_that_its_own_fetch_said(ledger, fetched):
    event, other = (
        fetched(),
        FeedDue(page_id="f" * 16, outlet="sister", url="https://sister.example"),
    )
    foreign = PageRejected(
        page_id=event.page_id,
        outlet="sister",
        url=event.url,
        step="discover",
        reason=Reason.FOREIGN_LINK,
    )
    ledger.finish(foreign, "foreign_link", NOON, other)
    assert ledger.row(event.page_id).state == "foreign_link"
    ledger.mark_queued(event, "parse", NOON)
    ledger.finish(foreign, "foreign_link", LATER, other)
    row = ledger.row(event.page_id)
    assert (row.state, row.final, row.outlet) == ("parse", False, "gazette")
    assert ledger.start_attempts([event], "parse", LATER) == [1]


def test_what_has_not_moved_while_nothing_waits_for_its_stage_is_found_with_the_event_to_send_again(
    ledger, fetched
):
    slow, quick = fetched(), fetched("bbbb000011112222", LATER)
    ledger.mark_queued(slow, "parse", NOON, encode(slow))
    ledger.start_attempts([slow], "dedupe", NOON)
    ledger.mark_queued(quick, "parse", LATER, encode(quick))
    stuck = list(ledger.stuck(NOON + timedelta(minutes=15), busy={"index"}))
    assert [row.page_id for row in stuck] == [slow.page_id]
    assert stuck[0].restart == encode(slow)


def test_what_waits_in_a_long_queue_is_not_stuck_until_later_ones_overtake_it(ledger, fetched):
    first, second = fetched(), fetched("bbbb000011112222")
    ledger.mark_queued(first, "index", NOON)
    ledger.mark_queued(second, "index", LATER)
    much_later = LATER + timedelta(hours=5)
    assert list(ledger.stuck(much_later, {"index"})) == []
    ledger.start_attempts([second], "index", LATER + timedelta(hours=4))
    assert [row.page_id for row in ledger.stuck(much_later, {"index"})] == [first.page_id]


def test_a_batch_that_is_begun_again_and_again_does_not_overtake_what_waits_behind_it(
    ledger, fetched
):
    first, second = fetched(), fetched("bbbb000011112222")
    for event in (first, second):
        ledger.mark_queued(event, "index", NOON)
    for hour in range(5):
        ledger.start_attempts([first], "index", LATER + timedelta(hours=hour))
    assert list(ledger.stuck(LATER, {"index"})) == []


def test_an_indexed_page_never_goes_to_quarantine_but_the_other_way_round(ledger, fetched):
    event = fetched()
    ledger.finish(event, "quarantined", NOON, event, reason="too_many_attempts")
    ledger.finish(indexed(event), "indexed", NOON, event)
    ledger.finish(event, "quarantined", NOON, event, reason="too_many_attempts")
    assert ledger.row(event.page_id).state == "indexed"
    assert ledger.counts() == {"indexed": 1}


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["begin", "end"])), max_size=12))
def test_counts_are_the_rows_whatever_the_order(ledger, clean_redis, fetched, moves):
    clean_redis.flushall()
    for hour, move in moves:
        event = fetched(at=NOON + timedelta(hours=hour))
        if move == "begin":
            ledger.start_attempts([event], "parse", LATER)
        else:
            ledger.finish(indexed(event), "indexed", LATER, event)
    row = ledger.row("aaaa000011112222")
    assert ledger.counts() == ({row.state: 1} if row else {})
    assert ledger.in_flight() == int(row is not None and not row.final)
