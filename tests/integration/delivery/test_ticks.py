"""The ticks: fired twice or by two beats, they do no more; what is stuck starts again."""

import time
from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas.events import FeedDue, HostLeased, PageFound, Reason, encode
from workers.delivery.requeue import retry
from workers.delivery.runner import Delivery
from workers.exceptions import TryAgain
from workers.periodic import ticks

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


def test_two_beats_lease_each_page_once(delivery, sent):
    delivery.tools.frontier.add(pages_of(30))
    for _ in range(4):
        ticks.send_leases(delivery, EMPTY, "tick")
    leased = [page.page_id for _, event in sent for page in event.pages]
    assert leased
    assert len(leased) == len(set(leased))
    assert all(isinstance(event, HostLeased) for _, event in sent)


def test_two_beats_look_at_each_feed_once(delivery, sent):
    tools = delivery.tools
    feed = FeedDue(page_id="f" * 16, outlet="gazette", url="https://gazette.example/feed")
    tools.feed_clock.keep([feed], tools.now())
    assert [ticks.send_due_feeds(delivery), ticks.send_due_feeds(delivery)] == [1, 0]
    assert sent == [("discover", feed)]


def test_nothing_is_leased_while_too_many_pages_are_under_way(make_tools, sent, fetched):
    delivery = Delivery(make_tools(most_under_way=2), lambda *each: sent.append(each))
    delivery.tools.frontier.add(pages_of(5))
    for _ in range(2):
        delivery.hand_on(fetched())
    sent.clear()
    assert ticks.send_leases(delivery, EMPTY, "tick") == 0
    assert sent == []


def test_a_lease_that_the_broker_does_not_take_costs_its_pages_nothing(make_tools):
    def refuse(_step, _event):
        raise TryAgain("memory alarm", was_tried=False)

    tools = make_tools(max_attempts=2)
    tools.frontier.add(pages_of(3))
    for _ in range(5):
        with pytest.raises(TryAgain):
            ticks.send_leases(Delivery(tools, refuse), EMPTY, "tick")
    assert tools.frontier.lease(tools.now(), "test", 10).pages
    assert tools.frontier.exhausted() == []


def test_a_lease_that_ended_with_its_worker_is_given_to_another(make_tools, sent):
    tools = make_tools(lease_seconds=0.001)
    delivery = Delivery(tools, lambda step, event: sent.append((step, event)))
    tools.frontier.add(pages_of(1))
    end = time.monotonic() + 20
    while len(sent) < 2 and time.monotonic() < end:
        ticks.send_leases(delivery, EMPTY, "tick")
    assert [page.page_id for _, event in sent for page in event.pages] == [f"{0:016x}"] * 2


def test_what_was_lost_on_its_way_starts_again_from_the_archive(make_tools, sent, fetched):
    delivery = Delivery(make_tools(stuck_seconds=60), lambda *each: sent.append(each))
    event, tools = fetched(), delivery.tools
    hour_ago = tools.now() - timedelta(hours=1)
    tools.ledger.expect(event, "parse", hour_ago, encode(event))
    tools.ledger.begin(event, "dedupe", hour_ago)
    assert ticks.sweep(delivery, EMPTY | {"dedupe": 5}) == 0, "it may still wait there"
    assert ticks.sweep(delivery, EMPTY) == 1
    assert ticks.sweep(delivery, EMPTY) == 0, "it has only just been sent"
    assert sent == [("parse", event)]


def test_what_is_swept_again_and_again_ends_in_quarantine(make_tools, sent, fetched, step_of):
    delivery = Delivery(
        make_tools(stuck_seconds=-1, max_attempts=3), lambda *each: sent.append(each)
    )
    event, runs = fetched(), []
    delivery.hand_on(event)
    step = step_of(lambda page: runs.append(page) or [])  # and what comes of it is lost
    while sent:
        delivery.run(step, sent.pop()[1])
        ticks.sweep(delivery, EMPTY)
    assert len(runs) == 3
    (entry,) = delivery.tools.quarantine.entries()
    assert entry.reason == "too_many_attempts"


def test_what_the_broker_gave_up_on_goes_on_while_it_has_attempts_left(delivery, sent, fetched):
    event = fetched()
    delivery.tools.ledger.begin(event, "parse", delivery.tools.now())
    ticks.settle_dead(delivery, event, {})
    assert sent == [("parse", event)]
    for _ in range(2):
        delivery.tools.ledger.begin(event, "parse", delivery.tools.now())
    ticks.settle_dead(delivery, event, {"x-death": [{"reason": "delivery_limit"}]})
    (entry,) = delivery.tools.quarantine.entries()
    assert (entry.detail, len(sent)) == ("the broker gave up: delivery_limit", 1)


def test_a_dead_lease_is_left_to_the_frontier(delivery, sent):
    (page,) = pages_of(1)
    lease = HostLeased(
        page_id=page.page_id, outlet="gazette", url=page.url, host="h", lease="l", pages=(page,)
    )
    ticks.settle_dead(delivery, lease, {})
    assert (sent, len(delivery.tools.quarantine)) == ([], 0)


def test_retry_sends_the_event_with_fresh_attempts_and_forgets_the_entry(
    delivery, sent, fetched, step_of
):
    event = fetched()

    def bug(_event):
        raise ZeroDivisionError

    delivery.run(step_of(bug), event)
    (entry,) = delivery.tools.quarantine.entries()
    assert retry(delivery, entry)
    assert sent == [("parse", event)]
    assert len(delivery.tools.quarantine) == 0
    row = delivery.tools.ledger.row(event.page_id)
    assert (row.final, row.tries) == (False, {})


def test_pages_that_wait_to_be_fetched_again_do_not_hold_up_the_leases(make_tools, sent):
    tools = make_tools(most_under_way=2)
    delivery = Delivery(tools, lambda *each: sent.append(each))
    for page in pages_of(3):
        delivery.quarantine("fetch", page, Reason.UNREACHABLE, "no answer", 5)
    assert all(retry(delivery, entry) for entry in list(tools.quarantine.entries()))
    assert tools.ledger.under_way() == 0
    ticks.send_leases(delivery, EMPTY, "tick")
    assert [type(event) for _, event in sent] == [HostLeased]


def test_an_older_fetch_is_not_replayed_over_a_newer_one(delivery, sent, fetched):
    now = delivery.tools.now()
    new = fetched(fetched_at=now)
    old = replace(new, fetched_at=now - timedelta(days=3))
    delivery.tools.ledger.end(new, "indexed", now, new)
    assert not delivery.start_again(old)
    assert delivery.start_again(new)
    assert sent == [("parse", new)]
