"""The events of a message whose questions to Redis travel together: each keeps an end of its own.

The stage is the pipeline's own dedupe, on a real server.
"""

import random
from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas.article import Article, Block
from schemas.events import ArticleClustered, ArticleParsed, ClusterChanged, decode
from workers.adapters.redis.lockstep import run_in_lockstep
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.pipeline import LockstepStage, Pool, stage_taking

LETTERS = "abcdefghiklmnoprstuvz"
COPIES = 6


def text_of(story):
    dice = random.Random(story)  # noqa: S311  no secret
    return " ".join("".join(dice.choices(LETTERS, k=dice.randint(3, 9))) for _ in range(200))


@pytest.fixture
def parsed(fetched):
    """An article that tells a story, at an address and an outlet of its own."""

    def build(story):
        page = fetched()
        article = Article(
            url=page.url, title=f"Story {story}", blocks=(Block("paragraph", text_of(story)),)
        )
        return ArticleParsed(
            page_id=page.page_id,
            outlet=f"outlet-{page.page_id}",
            url=page.url,
            archive_key=page.archive_key,
            fetched_at=page.fetched_at,
            article=article,
        )

    return build


def clusters_of(sent):
    """Return the documents of each cluster, by what the index is told in the end."""
    of_document = {}
    for _, event in sent:
        match event:
            case ArticleClustered():
                of_document[event.document_id] = event.cluster_id
            case ClusterChanged():
                of_document |= {name: cluster for name, cluster, *_ in event.members}
    clusters = {}
    for name, cluster in of_document.items():
        clusters.setdefault(cluster, set()).add(name)
    return sorted(map(sorted, clusters.values()))


def test_strangers_in_one_message_travel_together(runner, sent, parsed, clean_redis):
    """The server reads what comes in parts of 16 KB, so it counts a few more than were sent."""
    dedupe = stage_taking(ArticleParsed)
    runner.run(dedupe, [parsed(0), parsed(1)])  # the server knows the scripts from here on
    before = clean_redis.info("stats")["total_reads_processed"]

    runner.run(dedupe, [parsed(2 + story) for story in range(40)])

    assert clean_redis.info("stats")["total_reads_processed"] - before < 20
    assert sum(isinstance(event, ArticleClustered) for _, event in sent) == 42


@pytest.mark.parametrize("in_one_message", [True, False])
def test_copies_are_one_cluster_whether_one_message_brings_them_or_many(
    runner, sent, parsed, in_one_message
):
    dedupe = stage_taking(ArticleParsed)
    events = [parsed(story) for story in range(4) for _ in range(COPIES)]
    random.Random(1).shuffle(events)  # noqa: S311  an order, no secret

    for group in [events] if in_one_message else [[event] for event in events]:
        runner.run(dedupe, group)

    assert [len(documents) for documents in clusters_of(sent)] == [COPIES] * 4
    assert len(runner.services.quarantine) == 0


@pytest.mark.parametrize("deaths", [1, 2])
def test_what_an_article_moved_is_told_again_until_the_broker_has_it(
    make_tools, sent, parsed, deaths
):
    """The last one was published before the others: with it their cluster has another name."""
    services, dedupe = make_tools(max_attempts=9), stage_taking(ArticleParsed)
    runner = StageRunner(services, sent.send)
    events = [parsed(0) for _ in range(3)]
    first = replace(events[0], fetched_at=events[0].fetched_at - timedelta(days=1))
    runner.run(dedupe, events[1:])
    for _ in range(deaths):
        run_in_lockstep([dedupe.run(first, services)])  # and its worker is killed

    runner.run(dedupe, [first])

    assert [len(documents) for documents in clusters_of(sent)] == [3]
    sent.clear()
    runner.run(dedupe, [first])
    assert [type(event) for _, event in sent] == [ArticleClustered]


def test_what_an_article_moved_is_told_again_if_the_broker_refused_it(make_tools, sent, parsed):
    services, dedupe = make_tools(), stage_taking(ArticleParsed)
    events = [parsed(0) for _ in range(3)]
    first = replace(events[0], fetched_at=events[0].fetched_at - timedelta(days=1))
    StageRunner(services, sent.send).run(dedupe, events[1:])

    def refuse(_stage, _events):
        raise TryAgain("memory alarm", 0, counts_as_attempt=False)

    StageRunner(services, refuse).run(dedupe, [first])
    (delayed,) = services.delayed_events.due(services.now() + timedelta(hours=1))
    StageRunner(services, sent.send).run(dedupe, [decode(delayed)])

    assert [len(documents) for documents in clusters_of(sent)] == [3]


def test_an_event_that_fails_between_two_questions_ends_alone(runner, sent, parsed):
    events = [parsed(story) for story in range(3)]

    async def ask(event):
        fingerprints = runner.services.fingerprints
        await fingerprints.settle_address(event.page_id, [event.page_id], event.page_id)
        if event is events[1]:
            raise ZeroDivisionError("oops")
        await fingerprints.settle_address(event.page_id, [event.page_id], event.page_id)
        return [event]

    stage = LockstepStage(
        name="dedupe", takes=(ArticleParsed,), pool=Pool("solo"), run=lambda event, _: ask(event)
    )
    runner.run(stage, events)

    assert [event for _, event in sent] == [events[0], events[2]]
    (kept,) = runner.services.quarantine.entries()
    assert (kept.step, kept.reason) == ("dedupe", "bug")
    assert decode(kept.event) == events[1]
    assert "oops" in kept.detail


def test_an_event_that_fails_before_its_first_question_ends_alone(runner, sent, parsed):
    events = [parsed(story) for story in range(2)]

    def refuse(event, services):
        if event is events[0]:
            raise ZeroDivisionError("oops")
        return stage_taking(ArticleParsed).run(event, services)

    runner.run(
        LockstepStage(name="dedupe", takes=(ArticleParsed,), pool=Pool("solo"), run=refuse), events
    )

    assert [event.page_id for _, event in sent] == [events[1].page_id]
    assert len(runner.services.quarantine) == 1
