"""Many events through a batch step: each has an end of its own."""

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from schemas.events import (
    ArticleClustered,
    ArticleIndexed,
    ClusterChanged,
    Event,
    NewsEventChanged,
    Role,
    decode,
)
from schemas.reasons import Reason
from workers.delivery.batch import run_batch
from workers.delivery.requeue import requeue
from workers.exceptions import PermanentFailure, TryAgain


def indexed(event):
    return ArticleIndexed(
        page_id=event.page_id, outlet=event.outlet, url=event.url, document_id=event.document_id
    )


class Message:
    """A message of the broker, as JSON on the way."""

    def __init__(self, event):
        self.body = to_builtins(event)
        self.is_acknowledged = False

    def acknowledge(self):
        assert not self.is_acknowledged
        self.is_acknowledged = True


def run(runner, stage, events):
    """Which of the events' messages are acknowledged."""
    messages = [Message(event) for event in events]
    run_batch(runner, stage, messages)
    return [message.is_acknowledged for message in messages]


@pytest.fixture
def index(batch_stage_of):
    def build(verdict):
        return batch_stage_of(lambda events: [verdict(event) for event in events])

    return build


def reason_of(runner, event):
    entry = runner.services.quarantine.get(f"{event.page_id}.index")
    return entry and entry.reason


def test_each_event_ends_by_its_own_verdict(runner, judged, index):
    good, late, bad = judged("good"), judged("late"), judged("bad")
    verdicts = {
        "good": indexed(good),
        "late": TryAgain("429"),
        "bad": PermanentFailure(Reason.INDEX_REFUSED, "400"),
    }
    stage = index(lambda event: verdicts[event.article.title])
    assert run(runner, stage, [late, good, bad]) == [False, True, True]
    assert runner.services.ledger.row(good.page_id).state == "indexed"
    assert reason_of(runner, bad) == "index_refused"
    assert runner.services.ledger.row(late.page_id).attempts == {"index": 0}


def test_an_article_and_its_changes_of_labels_are_kept_beside_each_other(runner, judged, index):
    article = judged()
    about = {"page_id": article.page_id, "outlet": article.outlet, "url": article.url}
    members = [((name, "c", Role.REPRINT, 0.9),) for name in "xy"]
    changes = [
        *(ClusterChanged(**about, members=some, clustered_at=5) for some in members),
        NewsEventChanged(**about, news_event_id="e", members=("x",), related_at=5),
    ]
    refusal = PermanentFailure(Reason.INDEX_REFUSED, "400")
    stage = replace(index(lambda _event: refusal), takes=(Event,))

    assert run(runner, stage, [article, *changes]) == [True] * 4

    kept = [decode(entry.event) for entry in runner.services.quarantine.entries()]
    assert {type(event) for event in kept} == {ArticleClustered, ClusterChanged, NewsEventChanged}
    assert len(kept) == 4
    assert reason_of(runner, article) == "index_refused"
    for entry in list(runner.services.quarantine.entries()):
        requeue(runner, entry)
    assert len(runner.services.quarantine) == 0


@pytest.mark.parametrize("trouble", [TryAgain("down"), OSError(111, "refused")])
def test_while_the_index_is_down_every_message_stays_and_no_attempt_counts(
    runner, judged, index, trouble
):
    events = [judged() for _ in range(3)]

    def down(_event):
        raise trouble

    for _ in range(10):
        assert run(runner, index(down), events) == [False] * 3
    assert [runner.services.ledger.row(each.page_id).attempts for each in events] == [
        {"index": 0}
    ] * 3
    assert len(runner.services.quarantine) == 0


def test_one_articles_bug_does_not_cost_its_neighbours(runner, judged, index):
    good, bad = judged("good"), judged("bad")

    def verdict(event):
        if event.article.title == "bad":
            raise ZeroDivisionError
        return indexed(event)

    assert run(runner, index(verdict), [good, bad]) == [True, True]
    assert runner.services.ledger.row(good.page_id).state == "indexed"
    assert reason_of(runner, bad) == "bug"


def test_an_event_that_kills_its_worker_goes_alone_and_ends_after_its_attempts(
    runner, judged, batch_stage_of
):
    deadly, good = judged("deadly"), judged("good")
    batches = []

    def deadly_index(events):
        batches.append([event.article.title for event in events])
        if any(event.article.title == "deadly" for event in events):
            raise SystemExit  # the process is gone
        return [indexed(event) for event in events]

    stage = batch_stage_of(deadly_index)
    for _ in range(3):
        with pytest.raises(SystemExit):
            run(runner, stage, [good, deadly])
    assert run(runner, stage, [good, deadly]) == [True, True]
    assert batches[0] == ["good", "deadly"]
    assert all(len(batch) == 1 for batch in batches[1:])
    assert reason_of(runner, deadly) == "too_many_attempts"
    assert runner.services.ledger.row(good.page_id).state == "indexed"


def test_a_message_that_is_no_event_of_the_stage_is_kept_and_costs_nothing(
    runner, judged, fetched, index
):
    good, foreign = judged("good"), fetched()
    messages = [Message(good), Message(foreign), Message(good)]
    messages[2].body = {"event": "unknown"}
    run_batch(runner, index(indexed), messages)
    assert all(message.is_acknowledged for message in messages)
    assert runner.services.ledger.row(good.page_id).state == "indexed"
    entries = list(runner.services.quarantine.entries(reason="bad_message"))
    assert [entry.step for entry in entries] == ["index", "index"]
    assert any("takes no PageFetched" in entry.detail for entry in entries)


class MessageOfMany(Message):
    def __init__(self, events):
        super().__init__(events[0])
        self.body = to_builtins(events)


def test_a_message_of_many_stays_with_those_of_its_events_that_are_left(runner, judged, index):
    good, late, bad = judged("good"), judged("late"), judged("bad")
    verdicts = {
        "good": indexed(good),
        "late": TryAgain("429"),
        "bad": PermanentFailure(Reason.INDEX_REFUSED, "400"),
    }
    message = MessageOfMany([good, late, bad])
    run_batch(runner, index(lambda event: verdicts[event.article.title]), [message])
    assert not message.is_acknowledged
    assert list(message.body) == [late]
    verdicts["late"] = indexed(late)
    run_batch(runner, index(lambda event: verdicts[event.article.title]), [message])
    assert message.is_acknowledged
    assert runner.services.ledger.counts() == {"indexed": 2, "quarantined": 1}
    assert runner.services.ledger.row(good.page_id).attempts == {"index": 1}


def test_a_message_of_many_that_killed_its_worker_is_split(runner, judged, batch_stage_of, sent):
    events = [judged("deadly"), judged("good"), judged("fine")]

    def deadly_index(given):
        if any(event.article.title == "deadly" for event in given):
            raise SystemExit  # the process is gone
        return [indexed(event) for event in given]

    stage = batch_stage_of(deadly_index)
    message = MessageOfMany(events)
    with pytest.raises(SystemExit):
        run_batch(runner, stage, [message])
    run_batch(runner, stage, [message])
    assert message.is_acknowledged
    assert [len(body) for body in sent.messages] == [1, 1, 1]
    alone = [Message(event) for event in events]
    for _ in range(2):
        with pytest.raises(SystemExit):
            run_batch(runner, stage, alone[1:] + alone[:1])
        alone = [each for each in alone if not each.is_acknowledged]
    run_batch(runner, stage, alone)
    assert runner.services.ledger.counts() == {"indexed": 2, "quarantined": 1}
