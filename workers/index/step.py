"""The index stage: clustered articles and cluster changes in, one outcome for each out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from schemas.events import ArticleClustered, ArticleIndexed, ClusterChanged, NewsEventChanged
from schemas.outlet import Outlet
from schemas.reasons import Reason
from workers.exceptions import Outcome, PermanentFailure, TryAgain
from workers.index.document import build_document, document_version
from workers.index.labels import (
    latest_event_labels,
    latest_labels,
    with_event_label,
    with_label,
)

IndexEvent = ArticleClustered | ClusterChanged | NewsEventChanged
Failure = TryAgain | PermanentFailure
LabelT = TypeVar("LabelT")


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

    def put_event_labels(self, labels: Sequence[tuple[str, str, int]], /) -> Sequence[WriteResult]:
        """Write the events that articles tell: document id, event id, and the moment from which
        they count, in milliseconds since 1970. Return a result for each, in their order."""


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
    labels = latest_labels(each for each in events if isinstance(each, ClusterChanged))
    event_labels = latest_event_labels(
        each for each in events if isinstance(each, NewsEventChanged)
    )
    articles = [each for each in events if isinstance(each, ArticleClustered)]
    documents = [
        _build_write(
            with_event_label(
                with_label(each, labels.get(each.document_id)), event_labels.get(each.document_id)
            ),
            outlets,
            now(),
        )
        for each in articles
    ]
    written = iter(search.put(documents))
    failures = _failures(labels, search.put_labels)
    event_failures = _failures(event_labels, search.put_event_labels)

    def outcome(event: IndexEvent) -> Outcome:
        if isinstance(event, ArticleClustered):
            return _failure(next(written)) or _indexed(event)
        if isinstance(event, ClusterChanged):
            return _first(failures[name] for name, *_ in event.members)
        return _first(event_failures[name] for name in event.members)

    return [outcome(event) for event in events]


def _failures(
    labels: Mapping[str, LabelT], write: Callable[[Sequence[LabelT]], Sequence[WriteResult]]
) -> dict[str, Failure | None]:
    """Write the labels, if there are any.

    Returns:
        by document id why a write failed, or None.
    """
    results = write(list(labels.values())) if labels else ()
    return dict(zip(labels, map(_failure, results), strict=True))


def _first(failures: Iterable[Failure | None]) -> Failure | None:
    return next((failure for failure in failures if failure), None)


def _indexed(clustered: ArticleClustered) -> ArticleIndexed:
    """Return what tells the ledger that the article is in the index."""
    return ArticleIndexed(
        page_id=clustered.page_id,
        outlet=clustered.outlet,
        url=clustered.url,
        document_id=clustered.document_id,
    )


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


def _failure(result: WriteResult) -> Failure | None:
    """Return the failure that a write's result stands for, or None if it is done or stale."""
    if result.state == "retry":
        return TryAgain(result.reason)
    if result.state == "rejected":
        return PermanentFailure(Reason.INDEX_REFUSED, result.reason)
    return None
