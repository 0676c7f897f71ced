"""The index stage: clustered articles and cluster changes in, one outcome for each out."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from schemas.events import ArticleClustered, ArticleIndexed, ClusterChanged, NewsEventChanged
from schemas.outlet import Outlet
from schemas.reasons import Reason
from workers.exceptions import Outcome, PermanentFailure, TryAgain
from workers.index.document import build_document, document_version
from workers.index.labels import latest_labels, with_label

IndexEvent = ArticleClustered | ClusterChanged | NewsEventChanged


class WriteResult(Protocol):
    """The result of one write: done, stale (something newer is there), retry or rejected."""

    @property
    def state(self) -> str:
        """One of done, stale, retry, rejected."""

    @property
    def reason(self) -> str:
        """Why the write was rejected or is to be tried again."""


class Search(Protocol):
    """The search index, as far as this stage writes to it."""

    def put(self, documents: Sequence[tuple[str, int, dict[str, Any]]], /) -> Sequence[WriteResult]:
        """Write documents (id, version, fields). Return a result for each, in their order."""

    def put_labels(
        self, labels: Sequence[tuple[str, str, str, float, int]], /
    ) -> Sequence[WriteResult]:
        """Write new labels: document id, cluster id, role, overlap, and the moment from which they
        count, in milliseconds since 1970. Return a result for each, in their order."""

    def update_news_events(
        self, changes: Sequence[tuple[str, str]], at: int, /
    ) -> Sequence[WriteResult]:
        """Write the events that articles tell (document id, event id), which count from the moment
        `at`, in milliseconds since 1970. Return a result for each, in their order."""


class Outlets(Protocol):
    """The known outlets."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return the outlet, or None if it is unknown."""


def index(
    events: Sequence[IndexEvent], search: Search, outlets: Outlets, now: Callable[[], datetime]
) -> list[Outcome]:
    """Return one outcome for each event, in their order; None where a change is done: all its
    labels, or later ones of this batch for the same articles, are written.

    Raises:
        TryAgain: the whole request failed.
    """
    outcomes: list[Outcome] = [None] * len(events)
    articles = [(at, each) for at, each in enumerate(events) if isinstance(each, ArticleClustered)]
    changes = [(at, each) for at, each in enumerate(events) if isinstance(each, ClusterChanged)]
    labels = latest_labels(change for _, change in changes)
    documents = [
        _build_write(with_label(clustered, labels.get(clustered.document_id)), outlets, now())
        for _, clustered in articles
    ]
    for (at, clustered), result in zip(articles, search.put(documents), strict=True):
        failure = _failure(result)
        outcomes[at] = failure or ArticleIndexed(
            page_id=clustered.page_id,
            outlet=clustered.outlet,
            url=clustered.url,
            document_id=clustered.document_id,
        )
    results = search.put_labels(list(labels.values())) if labels else ()
    failures = dict(zip(labels, map(_failure, results), strict=True))
    for at, change in changes:
        outcomes[at] = next(
            (found for name, *_ in change.members if (found := failures[name])), None
        )
    for at, event in enumerate(events):
        if isinstance(event, NewsEventChanged):
            outcomes[at] = _update_news_events(event, search)
    return outcomes


def _build_write(
    clustered: ArticleClustered, outlets: Outlets, indexed_at: datetime
) -> tuple[str, int, dict[str, Any]]:
    """Return id, version and fields of the article's document."""
    outlet = outlets.get(clustered.outlet)
    country = outlet.country if outlet else ""
    return (
        clustered.document_id,
        document_version(clustered),
        build_document(clustered, country, indexed_at),
    )


def _update_news_events(
    event: NewsEventChanged, search: Search
) -> TryAgain | PermanentFailure | None:
    """Return the first failure to write the events that articles moved to, or None."""
    changes = [(name, event.news_event_id) for name in event.members]
    results = search.update_news_events(changes, event.related_at)
    return next((failure for failure in map(_failure, results) if failure), None)


def _failure(result: WriteResult) -> TryAgain | PermanentFailure | None:
    """Return the failure that a write's result stands for, or None if it is done or stale."""
    if result.state == "retry":
        return TryAgain(result.reason)
    if result.state == "rejected":
        return PermanentFailure(Reason.INDEX_REFUSED, result.reason)
    return None
