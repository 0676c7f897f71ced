"""One outcome for each event that is to be indexed."""

from datetime import UTC, datetime

import pytest
from msgspec import Struct

from schemas.article import Article, Block
from schemas.events import ArticleClustered, ArticleIndexed, ClusterChanged, Role
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
        self.changes = []

    def put(self, documents):
        self.documents += documents
        return [FakeResult(self.states.pop(0)) for _ in documents]

    def update_cluster_labels(self, changes, at):
        self.changes += changes
        self.clustered_at = at
        return [FakeResult(self.states.pop(0)) for _ in changes]


def clustered(name):
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
    )


def changed():
    member = ("doc-a", "c", Role.REPRINT, 0.9)
    return ClusterChanged(page_id="a", outlet="gazette", url=HOME, members=(member,))


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
