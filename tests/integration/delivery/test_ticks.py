"""The ticks: fired twice or by two beats, they do no more; what is stuck starts again."""

import time
from datetime import timedelta

import pytest
from msgspec import json
from msgspec.structs import replace

from schemas.events import FeedDue, HostLeased, PageFound, encode
from schemas.reasons import Reason
from workers.delivery.requeue import requeue
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.periodic import dispatch, exhausted, maintenance

EMPTY = dict.fromkeys(("discover", "fetch", "parse", "dedupe", "index", "tick"), 0)


def pages_of(number):
    return [
        PageFound(
            page_id=f"{at:016x}",
            outlet="gazette",
            url=f"https://gazette.example/{at}",
            found_in="test",
        )
        for at in range(number)
    ]


def test_two_beats_lease_each_page_once(runner, sent):
    runner.services.frontier.add(pages_of(30))
    for _ in range(4):
        dispatch.send_leases(runner, EMPTY, "tick")
    leased = [page.page_id for _, event in sent for page in event.pages]
    assert leased
    assert len(leased) == len(set(leased))
    assert all(isinstance(event, HostLeased) for _, event in sent)


def test_two_beats_look_at_each_feed_once(runner, sent):
    services = runner.services
    feed = FeedDue(page_id="f" * 16, outlet="gazette", url="https://gazette.example/feed")
    services.feed_schedule.sync([feed], services.now())
    assert [dispatch.send_due_feeds(runner), dispatch.send_due_feeds(runner)] == [1, 0]
    assert sent == [("discover", feed)]


def test_nothing_is_leased_while_too_many_pages_are_under_way(make_tools, sent, fetched):
    runner = StageRunner(
        make_tools(max_in_flight=2),
        sent.send,
    )
    runner.services.frontier.add(pages_of(5))
    for _ in range(2):
        runner.publish(fetched())
    sent.clear()
    assert dispatch.send_leases(runner, EMPTY, "tick") == 0
    assert sent == []


def test_a_lease_that_the_broker_does_not_take_costs_its_pages_nothing(make_tools):
    def refuse(_step, _event):
        raise TryAgain("memory alarm", counts_as_attempt=False)

    services = make_tools(max_attempts=2)
    services.frontier.add(pages_of(3))
    for _ in range(5):
        with pytest.raises(TryAgain):
            dispatch.send_leases(StageRunner(services, refuse), EMPTY, "tick")
    assert services.frontier.lease(services.now(), "test", 10).pages
    assert services.frontier.exhausted() == []


def test_a_lease_that_ended_with_its_worker_is_given_to_another(make_tools, sent):
    services = make_tools(lease_seconds=0.001)
    runner = StageRunner(services, sent.send)
    services.frontier.add(pages_of(1))
    end = time.monotonic() + 20
    while len(sent) < 2 and time.monotonic() < end:
        dispatch.send_leases(runner, EMPTY, "tick")
    leases = [event.lease for _, event in sent]
    assert len(leases) >= 2, "one of them after the end of the other"
    assert len(set(leases)) == len(leases)
    assert {page.page_id for _, event in sent for page in event.pages} == {f"{0:016x}"}


def test_what_was_lost_on_its_way_starts_again_from_the_archive(make_tools, sent, fetched):
    runner = StageRunner(
        make_tools(stuck_seconds=60),
        sent.send,
    )
    event, services = fetched(), runner.services
    hour_ago = services.now() - timedelta(hours=1)
    services.ledger.mark_queued(event, "parse", hour_ago, encode(event))
    services.ledger.start_attempts([event], "dedupe", hour_ago)
    assert maintenance.sweep(runner, EMPTY | {"dedupe": 5}) == 0, "it may still wait there"
    assert maintenance.sweep(runner, EMPTY) == 1
    assert maintenance.sweep(runner, EMPTY) == 0, "it has only just been sent"
    assert sent == [("parse", event)]


def test_what_is_swept_again_and_again_ends_in_quarantine(make_tools, sent, fetched, stage_of):
    runner = StageRunner(
        make_tools(stuck_seconds=-1, max_attempts=3),
        sent.send,
    )
    event, runs = fetched(), []
    runner.publish(event)
    stage = stage_of(lambda page: runs.append(page) or [])  # and what comes of it is lost
    while sent:
        runner.run(stage, [sent.pop()[1]])
        maintenance.sweep(runner, EMPTY)
    assert len(runs) == 3
    (entry,) = runner.services.quarantine.entries()
    assert entry.reason == "too_many_attempts"


def test_what_the_broker_gave_up_on_goes_on_while_it_has_attempts_left(runner, sent, fetched):
    event = fetched()
    runner.services.ledger.start_attempts([event], "parse", runner.services.now())
    exhausted.settle_dead_letter(runner, event, {})
    assert sent == [("parse", event)]
    for _ in range(2):
        runner.services.ledger.start_attempts([event], "parse", runner.services.now())
    exhausted.settle_dead_letter(runner, event, {"x-death": [{"reason": "delivery_limit"}]})
    (entry,) = runner.services.quarantine.entries()
    assert (entry.detail, len(sent)) == ("the broker gave up: delivery_limit", 1)


def test_a_dead_lease_is_left_to_the_frontier(runner, sent):
    (page,) = pages_of(1)
    lease = HostLeased(
        page_id=page.page_id, outlet="gazette", url=page.url, host="h", lease="l", pages=(page,)
    )
    exhausted.settle_dead_letter(runner, lease, {})
    assert (sent, len(runner.services.quarantine)) == ([], 0)


def test_retry_sends_the_event_with_fresh_attempts_and_forgets_the_entry(
    runner, sent, fetched, stage_of
):
    event = fetched()

    def bug(_event):
        raise ZeroDivisionError

    runner.run(stage_of(bug), [event])
    (entry,) = runner.services.quarantine.entries()
    assert requeue(runner, entry)
    assert sent == [("parse", event)]
    assert len(runner.services.quarantine) == 0
    row = runner.services.ledger.row(event.page_id)
    assert (row.final, row.attempts) == (False, {})


def test_a_message_that_an_old_worker_could_not_read_goes_on_with_all_its_events(
    runner, sent, fetched
):
    events = [fetched(), fetched()]
    message = [json.decode(encode(event)) for event in events]
    # what a worker of version 0.1.0 does with the list that this version sends
    runner.quarantine_unreadable("parse", message, TypeError("Expected `object`, got `array`"))
    (entry,) = runner.services.quarantine.entries()
    assert requeue(runner, entry)
    assert sent == [("parse", event) for event in events]
    assert len(runner.services.quarantine) == 0


def test_pages_that_wait_to_be_fetched_again_do_not_hold_up_the_leases(make_tools, sent):
    services = make_tools(max_in_flight=2)
    runner = StageRunner(services, sent.send)
    for page in pages_of(3):
        runner.quarantine("fetch", page, Reason.UNREACHABLE, "no answer", 5)
    assert all(requeue(runner, entry) for entry in list(services.quarantine.entries()))
    assert services.ledger.in_flight() == 0
    dispatch.send_leases(runner, EMPTY, "tick")
    assert [type(event) for _, event in sent] == [HostLeased]


def test_an_older_fetch_is_not_replayed_over_a_newer_one(runner, sent, fetched):
    now = runner.services.now()
    new = fetched(fetched_at=now)
    old = replace(new, fetched_at=now - timedelta(days=3))
    runner.services.ledger.finish(new, "indexed", now, new)
    assert not runner.restart(old)
    assert runner.restart(new)
    assert sent == [("parse", new)]
