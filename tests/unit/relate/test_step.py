"""The step with a store that knows one event."""

from datetime import UTC, datetime

from schemas.article import Article, Block
from schemas.events import MAX_MOVED, ArticleClustered, NewsEventChanged, RelateDue, Role
from schemas.news_events import EventClaim, EventUpdate
from workers.adapters.redis.lockstep import run_alone
from workers.relate.record import decode_record
from workers.relate.step import relate

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://gazette.example/news/harbour-fire"


class FakeNewsEvents:
    """Has an event into which every article and these others come."""

    def __init__(self, *moved):
        self.moved = moved

    async def document_counts(self, terms, _now):
        return 5, [0] * len(terms)

    async def claim(self, *facts):
        self.facts = facts
        return EventClaim(7, 7, 0, ())

    async def join(self, _number, neighbours, events):
        self.joined = (list(neighbours), list(events))
        return EventUpdate(70, 1, "first", 2 + len(self.moved), ("doc", *self.moved))

    async def members(self, _event, _most):
        return ()


def due(**facts):
    return RelateDue(
        page_id="page",
        outlet="gazette",
        url=URL,
        archive_key="key",
        fetched_at=NOON,
        article=Article(
            url=URL, title="Fire in Merrow", blocks=(Block("paragraph", "24 died."),), **facts
        ),
        document_id="doc",
        cluster_id="original",
        role=Role.REPRINT,
        overlap=0.9,
        clustered_at=5,
    )


def run(store, **facts):
    return run_alone(relate(due(**facts), store, lambda: NOON))


def test_the_article_goes_on_as_it_came_with_its_event():
    given = due()
    (clustered,) = run(FakeNewsEvents())
    assert type(clustered) is ArticleClustered
    assert (clustered.news_event_id, clustered.related_at) == ("first", 70)
    assert (clustered.article, clustered.role, clustered.clustered_at) == (
        given.article,
        Role.REPRINT,
        5,
    )


def test_others_that_move_are_told_to_the_index_some_at_a_time():
    moved = [f"d{at}" for at in range(MAX_MOVED + 1)]
    _, *changes = run(FakeNewsEvents(*moved))
    assert [type(change) for change in changes] == [NewsEventChanged] * 2
    assert [name for change in changes for name in change.members] == moved
    assert {(change.news_event_id, change.related_at) for change in changes} == {("first", 70)}


def test_the_store_gets_the_original_and_the_day_of_the_article():
    store = FakeNewsEvents()
    run(store, published=datetime(2026, 3, 1))  # noqa: DTZ001  as pages give it
    document_id, original_id, *_ = store.facts
    assert (document_id, original_id) == ("doc", "original")
    published = decode_record(store.facts[4]).published
    assert published == int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())


def test_a_date_in_the_future_counts_as_the_moment_of_the_fetch():
    store = FakeNewsEvents()
    run(store, published=datetime(2036, 1, 1, tzinfo=UTC))
    assert decode_record(store.facts[4]).published == int(NOON.timestamp())
