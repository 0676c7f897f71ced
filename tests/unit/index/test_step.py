"""One outcome for each event that is to be indexed."""

from datetime import UTC, datetime

import pytest
from msgspec import Struct
from msgspec.structs import replace

from schemas.article import Article, Block
from schemas.events import (
    ArticleClustered,
    ArticleIndexed,
    ClusterChanged,
    NewsEventChanged,
    Role,
)
from schemas.outlet import Outlet
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure, TryAgain
from workers.index.step import index

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://gazette.example/"
OUTLETS = {"gazette": Outlet(name="G", home=HOME, language="en", country="ie")}


class FakeResult(Struct):
    state: str
    reason: str = "why"


class Index:
    """Answers with these states, and keeps what it was given."""

    def __init__(self, *states):
        self.states = list(states)
        self.documents = []
        self.labels = []
        self.event_labels = []

    def put(self, documents):
        self.documents += documents
        return [FakeResult(self.states.pop(0)) for _ in documents]

    def put_labels(self, labels):
        self.labels += labels
        return [FakeResult(self.states.pop(0)) for _ in labels]

    def put_event_labels(self, labels):
        self.event_labels.append(list(labels))
        return [FakeResult(self.states.pop(0)) for _ in labels]


def clustered(name, at=0):
    url = f"https://gazette.example/{name}"
    return ArticleClustered(
        page_id=name,
        outlet="gazette",
        url=url,
        archive_key="k",
        fetched_at=NOON,
        article=Article(url=url, title=name, blocks=(Block("paragraph", "Text."),)),
        document_id=f"doc-{name}",
        cluster_id="c",
        clustered_at=at,
    )


def changed(cluster="c", at=0, names="a"):
    members = tuple((f"doc-{name}", cluster, Role.REPRINT, 0.9) for name in names)
    return ClusterChanged(page_id="a", outlet="gazette", url=HOME, members=members, clustered_at=at)


def test_each_document_has_its_own_outcome():
    search = Index("done", "stale", "retry", "rejected")
    events = [clustered(name) for name in "abcd"]
    outcomes = index(events, search, OUTLETS, lambda: NOON)
    assert [type(outcome) for outcome in outcomes] == [
        ArticleIndexed,
        ArticleIndexed,
        TryAgain,
        PermanentFailure,
    ]
    assert outcomes[0].document_id == "doc-a"
    assert outcomes[3].reason is Reason.INDEX_REFUSED
    assert search.documents[0][2]["country"] == "ie"


@pytest.mark.parametrize(
    ("state", "expected"),
    [("done", type(None)), ("retry", TryAgain), ("rejected", PermanentFailure)],
)
def test_a_cluster_change_comes_after_its_batchs_documents_and_ends_as_its_label_did(
    state, expected
):
    search = Index("done", state)
    outcomes = index([changed(), clustered("a")], search, OUTLETS, lambda: NOON)
    assert type(outcomes[0]) is expected
    assert type(outcomes[1]) is ArticleIndexed


def test_of_several_changes_of_one_article_the_latest_is_written():
    search = Index("done", "done")
    events = [changed("new", 7, "ab"), changed("old", 5, "a")]
    assert index(events, search, OUTLETS, lambda: NOON) == [None, None]
    assert search.labels == [
        ("doc-a", "new", Role.REPRINT, 0.9, 7),
        ("doc-b", "new", Role.REPRINT, 0.9, 7),
    ]


def test_a_change_fails_with_the_label_of_any_of_its_articles():
    search = Index("done", "retry", "done")
    events = [changed("x", 1, "ab"), changed("x", 2, "b"), changed("x", 3, "c")]
    outcomes = index(events, search, OUTLETS, lambda: NOON)
    assert [type(outcome) for outcome in outcomes] == [TryAgain, TryAgain, type(None)]


@pytest.mark.parametrize(
    ("clustered_at", "changed_at", "expected"),
    [(5, 7, ("new", "reprint", 0.9)), (9, 7, ("c", "original", 0.0))],
)
def test_an_article_is_written_with_the_later_of_its_clusters(clustered_at, changed_at, expected):
    search = Index("done", "done")
    events = [clustered("a", clustered_at), changed("new", changed_at)]
    index(events, search, OUTLETS, lambda: NOON)
    ((_, _, fields),) = search.documents
    assert (fields["cluster_id"], fields["role"], fields["shared"]) == expected
    assert fields["judged_at"] == clustered_at
    assert [label[-1] for label in search.labels] == [changed_at]


def moved(event="e", at=7, names="xy"):
    members = tuple(f"doc-{name}" for name in names)
    about = {"page_id": "a", "outlet": "gazette", "url": HOME}
    return NewsEventChanged(**about, news_event_id=event, members=members, related_at=at)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["done", "done"], type(None)),
        (["stale", "stale"], type(None)),
        (["done", "retry"], TryAgain),
        (["rejected", "done"], PermanentFailure),
    ],
)
def test_a_change_of_an_event_ends_as_the_writes_of_its_articles_did(states, expected):
    search = Index(*states)
    (outcome,) = index([moved()], search, OUTLETS, lambda: NOON)
    assert type(outcome) is expected
    assert search.event_labels == [[("doc-x", "e", 7), ("doc-y", "e", 7)]]


def test_all_changes_of_events_are_one_write_of_the_latest_of_each_article():
    search = Index("done", "retry", "done")
    events = [moved("new", 9, "ab"), moved("old", 5, "a"), moved("other", 6, "c")]
    outcomes = index(events, search, OUTLETS, lambda: NOON)
    assert [type(outcome) for outcome in outcomes] == [TryAgain, type(None), type(None)]
    assert search.event_labels == [
        [("doc-a", "new", 9), ("doc-b", "new", 9), ("doc-c", "other", 6)]
    ]


@pytest.mark.parametrize(
    ("own", "related_at", "expected"),
    [("own", 5, "e"), ("own", 9, "own"), ("", 0, None)],
)
def test_an_article_is_written_with_the_later_of_its_events(own, related_at, expected):
    search = Index("done", "done")
    article = replace(clustered("x"), news_event_id=own, related_at=related_at)
    outcomes = index([article, moved(names="x")], search, OUTLETS, lambda: NOON)
    assert [type(outcome) for outcome in outcomes] == [ArticleIndexed, type(None)]
    ((_, _, fields),) = search.documents
    assert fields.get("event_id") == expected
    assert fields.get("related_at") == (related_at or None)
    assert search.event_labels == [[("doc-x", "e", 7)]]
