"""Judged articles and cluster changes in, one outcome for each out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from schemas.events import ArticleClustered, ArticleIndexed, ClusterChanged, Reason
from schemas.outlet import Outlet
from workers.exceptions import Outcome, PermanentFailure, TryAgain
from workers.index.document import build_document, version

IndexEvent = ArticleClustered | ClusterChanged


class WriteResult(Protocol):
    """What became of one write: done, stale (something newer is there), later or refused."""

    @property
    def state(self) -> str: ...
    @property
    def reason(self) -> str: ...


class Search(Protocol):
    def put(
        self, documents: Sequence[tuple[str, int, dict[str, Any]]], /
    ) -> Sequence[WriteResult]: ...
    def update_cluster_labels(
        self, changes: Sequence[tuple[str, str, str, float]], at: int, /
    ) -> Sequence[WriteResult]: ...


class Outlets(Protocol):
    def get(self, outlet_id: str, /) -> Outlet | None: ...


def index(
    events: Sequence[IndexEvent], search: Search, outlets: Outlets, now: Callable[[], datetime]
) -> list[Outcome]:
    """Return one outcome for each event, in their order; None where a cluster change is done.

    Raises:
        TryAgain: the whole request failed.
    """
    outcomes: list[Outcome] = [None] * len(events)
    articles = [(at, each) for at, each in enumerate(events) if isinstance(each, ArticleClustered)]
    documents = [_document(judged, outlets, now()) for _, judged in articles]
    for (at, judged), verdict in zip(articles, search.put(documents), strict=True):
        outcomes[at] = _outcome(judged, verdict)
    for at, event in enumerate(events):
        if isinstance(event, ClusterChanged):
            outcomes[at] = _relabelled(event, search)
    return outcomes


def _document(
    judged: ArticleClustered, outlets: Outlets, indexed_at: datetime
) -> tuple[str, int, dict[str, Any]]:
    outlet = outlets.get(judged.outlet)
    country = outlet.country if outlet else ""
    return judged.document_id, version(judged), build_document(judged, country, indexed_at)


def _outcome(judged: ArticleClustered, verdict: WriteResult) -> Outcome:
    if verdict.state == "later":
        return TryAgain(verdict.reason)
    if verdict.state == "refused":
        return PermanentFailure(Reason.INDEX_REFUSED, verdict.reason)
    return ArticleIndexed(
        page_id=judged.page_id,
        outlet=judged.outlet,
        url=judged.url,
        document_id=judged.document_id,
    )


def _relabelled(event: ClusterChanged, search: Search) -> Outcome:
    for verdict in search.update_cluster_labels(event.members, event.clustered_at):
        if verdict.state == "later":
            return TryAgain(verdict.reason)
        if verdict.state == "refused":
            return PermanentFailure(Reason.INDEX_REFUSED, verdict.reason)
    return None
