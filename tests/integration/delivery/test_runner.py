"""Events through one step: every trouble has its own end, and none is silent."""

import errno
from datetime import timedelta

import pytest
import redis
from msgspec.structs import replace

from schemas.events import ArticleIndexed, FeedDue, HostLeased, PageRejected, decode, encode
from schemas.reasons import Reason
from workers.delivery.feed_poll import poll_feed
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import Result, StageRunner
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import stage_taking

HOUR = 3600


def raising(error):
    def run(_event):
        raise error
        yield

    return run


def entry_of(runner, event, step="parse"):
    return runner.services.quarantine.get(f"{event.page_id}.{step}")


def test_what_comes_out_is_in_the_ledger_before_the_broker_has_it(make_tools, fetched, stage_of):
    services = make_tools()
    seen = []

    def send(step, events):
        seen.extend((step, services.ledger.row(event.page_id).state) for event in events)

    event = fetched()
    StageRunner(services, send).run(stage_of(lambda page: [page]), [event])
    assert seen == [("parse", "parse")]


def test_a_bug_costs_one_page_and_is_kept_with_all_that_helps(runner, fetched, stage_of):
    event = fetched()
    runner.run(stage_of(raising(ZeroDivisionError("oops"))), [event])
    entry = entry_of(runner, event)
    assert (entry.reason, entry.step, entry.attempts) == ("bug", "parse", 1)
    assert "raising" not in entry.detail
    assert "ZeroDivisionError" in entry.traceback
    assert (entry.url, entry.outlet, entry.host) == (event.url, "gazette", "gazette.example")
    assert entry.archive_key == event.archive_key
    assert decode(entry.event) == event
    assert runner.services.ledger.row(event.page_id).state == "quarantined"


def indexed(event):
    return ArticleIndexed(
        page_id=event.page_id, outlet=event.outlet, url=event.url, document_id="d"
    )


def rejected(event):
    return PageRejected(
        page_id=event.page_id, outlet=event.outlet, url=event.url, step="parse", reason=Reason.GONE
    )


@pytest.mark.parametrize("end", [indexed, rejected])
def test_a_failure_is_over_when_its_page_comes_to_an_end_later(runner, fetched, stage_of, end):
    event, other = fetched(), fetched()
    for each in (event, other):
        runner.run(stage_of(raising(ZeroDivisionError("oops"))), [each])
    again = replace(event, fetched_at=event.fetched_at + timedelta(hours=1))
    runner.publish(again)

    runner.dispatch_all([Result(end(again), again)])

    quarantine = runner.services.quarantine
    assert entry_of(runner, event) is None
    assert quarantine.counts() == {("parse", "bug"): 1}
    assert [entry.url for entry in quarantine.entries()] == [other.url]


def test_an_end_of_an_earlier_fetch_leaves_the_failure_of_a_later_one(runner, fetched, stage_of):
    event = fetched()
    again = replace(event, fetched_at=event.fetched_at + timedelta(hours=1))
    runner.publish(again)
    runner.run(stage_of(raising(ZeroDivisionError("oops"))), [again])

    runner.dispatch_all([Result(indexed(event), event)])

    assert entry_of(runner, event) is not None


def test_the_hopeless_is_kept_under_its_reason(runner, fetched, stage_of):
    event = fetched()
    runner.run(stage_of(raising(PermanentFailure(Reason.UNREADABLE, "no record"))), [event])
    assert (entry_of(runner, event).reason, entry_of(runner, event).detail) == (
        "unreadable",
        "no record",
    )


def test_a_trouble_that_passes_waits_longer_each_time_then_ends(runner, fetched, stage_of):
    event, stage = fetched(), stage_of(raising(TryAgain("busy", after=10.0)))
    for _ in range(3):
        runner.run(stage, [event])
    waits = runner.services.redis.zrange("test:delayed", 0, -1, withscores=True)
    assert [decode(raw) for raw, _ in waits] == [event]
    assert entry_of(runner, event).reason == "too_many_attempts"
    assert entry_of(runner, event).attempts == 3


@pytest.mark.parametrize(
    "error",
    [
        TryAgain("the broker is gone", counts_as_attempt=False),
        OSError(errno.ENOSPC, "no space left"),
        redis.exceptions.ResponseError("OOM command not allowed when used memory > 'maxmemory'"),
    ],
)
def test_what_is_nobodys_fault_costs_no_attempt_however_long_it_lasts(
    runner, fetched, stage_of, error
):
    event, stage = fetched(), stage_of(raising(error))
    for _ in range(20):
        runner.run(stage, [event])
    assert entry_of(runner, event) is None
    assert runner.services.ledger.row(event.page_id).attempts == {"parse": 0}
    assert len(runner.services.delayed_events) == 1


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "denied"),
        redis.exceptions.ResponseError("user_script:43: too many results to unpack"),
    ],
)
def test_a_trouble_that_one_page_may_be_the_cause_of_costs_it_its_attempts(
    runner, fetched, stage_of, error
):
    event, stage = fetched(), stage_of(raising(error))
    for _ in range(3):
        runner.run(stage, [event])
    assert entry_of(runner, event).reason == "too_many_attempts"


def test_an_event_that_never_comes_back_is_stopped_before_the_next_try(runner, fetched, stage_of):
    event, runs = fetched(), []
    for _ in range(3):
        runner.begin(stage_of(lambda _: []), [event])  # and the process dies here
    runner.run(stage_of(lambda page: runs.append(page) or []), [event])
    assert runs == []
    assert entry_of(runner, event).reason == "too_many_attempts"
    assert entry_of(runner, event).attempts == 3


def test_an_older_fetch_that_arrives_late_is_not_worked_on(runner, fetched, stage_of):
    new, runs = fetched(), []
    old = replace(new, fetched_at=new.fetched_at.replace(year=2020))
    stage = stage_of(lambda page: runs.append(page) or [])
    runner.run(stage, [new])
    runner.run(stage, [old])
    assert runs == [new]


def test_a_message_that_comes_often_after_its_page_has_ended_changes_nothing(
    runner, fetched, stage_of
):
    event = fetched()
    end = PageRejected(
        page_id=event.page_id, outlet="gazette", url=event.url, step="parse", reason=Reason.NO_BODY
    )
    for _ in range(10):
        runner.run(stage_of(lambda _: [end]), [event])
    assert runner.services.ledger.row(event.page_id).state == "no_body"
    assert entry_of(runner, event) is None
    assert runner.services.ledger.counts() == {"no_body": 1}


def test_a_delayed_event_of_an_unknown_version_does_not_hold_up_the_others(runner, fetched, sent):
    from workers.periodic import dispatch  # noqa: PLC0415

    event, services = fetched(), runner.services
    newer = encode(event).replace(b'"page_id"', b'"v":99,"page_id"')
    services.delayed_events.put(newer, services.now())
    services.delayed_events.put(encode(event), services.now())
    dispatch.send_delayed(runner)
    assert sent == [("parse", event)]
    assert len(services.delayed_events) == 0
    (entry,) = services.quarantine.entries(reason="bad_message")
    assert "version 99" in entry.detail


def test_a_poll_and_a_lease_tell_when_their_stages_worked(runner):
    """They have no row in the ledger, and their stages may stop like any other."""
    ids = {"page_id": "0" * 16, "outlet": "gazette", "url": "https://gazette.example/feed"}
    before = runner.services.now()
    poll_feed(runner, stage_taking(FeedDue), FeedDue(**ids))
    fetch_lease(
        runner,
        stage_taking(HostLeased),
        HostLeased(**ids, host="gazette.example", lease="gone", pages=()),
    )
    last = runner.services.ledger.last_work()
    assert set(last) == {"discover", "fetch"}
    assert min(last.values()) >= before.replace(microsecond=0)


def test_events_of_one_message_each_end_in_their_own_way(runner, fetched, stage_of, sent):
    good, other, late, bad, broken = (fetched() for _ in range(5))
    errors = {
        late.page_id: TryAgain("busy"),
        bad.page_id: PermanentFailure(Reason.UNREADABLE, "no record"),
        broken.page_id: ZeroDivisionError(),
    }

    def step(event):
        if error := errors.get(event.page_id):
            raise error
        yield event

    runner.run(stage_of(step), [late, good, bad, broken, other])
    assert [event for _, event in sent] == [good, other]
    assert len(sent.messages) == 1, "what they brought goes on in one message"
    assert [entry_of(runner, each).reason for each in (bad, broken)] == ["unreadable", "bug"]
    assert len(runner.services.delayed_events) == 1
    rows = [runner.services.ledger.row(each.page_id) for each in (late, good, bad, broken, other)]
    assert [row.attempts for row in rows] == [{"parse": 1}] * 5


def test_a_result_that_cannot_be_sent_costs_its_own_page_only(runner, fetched, stage_of, sent):
    good, bad = fetched(), fetched()
    stage = stage_of(lambda page: [replace(page, content_type="\ud800") if page is bad else page])
    runner.run(stage, [good, bad])
    assert [event for _, event in sent] == [good]
    assert entry_of(runner, bad).reason == "bug"


def test_while_the_broker_takes_nothing_all_events_of_a_message_wait(make_tools, fetched, stage_of):
    def refuse(_step, _events):
        raise TryAgain("memory alarm", counts_as_attempt=False)

    services, events = make_tools(), [fetched() for _ in range(3)]
    StageRunner(services, refuse).run(stage_of(lambda page: [page]), events)
    assert len(services.delayed_events) == 3
    assert {services.ledger.row(each.page_id).attempts["parse"] for each in events} == {0}


def test_a_message_that_killed_its_worker_comes_back_split(runner, fetched, stage_of, sent):
    events, runs = [fetched() for _ in range(50)], []

    def step(event):
        runs.append(event)
        if event is events[20]:
            raise SystemExit  # the process is gone
        yield PageRejected(
            page_id=event.page_id, outlet="o", url=event.url, step="parse", reason=Reason.NO_BODY
        )

    stage = stage_of(step)
    with pytest.raises(SystemExit):
        runner.run(stage, events)
    runner.run(stage, events)  # the broker brings it again
    assert len(runs) == 21, "nobody works on several of them any more"
    assert [len(message) for message in sent.messages] == [1] * 50
    for _, event in list(sent):
        for _ in range(3 if event is events[20] else 1):
            try:
                runner.run(stage, [event])
            except SystemExit:
                continue
    assert runner.services.ledger.counts() == {"no_body": 49, "quarantined": 1}
    assert entry_of(runner, events[20]).reason == "too_many_attempts"
