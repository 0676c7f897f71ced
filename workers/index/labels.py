"""The changes of clusters and events in one batch: of several for one article the latest counts,
and an article of the batch is written with it at once."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from schemas.events import ArticleClustered, ClusterChanged, NewsEventChanged, Role

# document id, cluster id, role, overlap, and the moment from which it counts (milliseconds since
# 1970)
Label = tuple[str, str, Role, float, int]
# document id, event id, and the moment from which it counts
EventLabel = tuple[str, str, int]
AnyLabel = TypeVar("AnyLabel", Label, EventLabel)


def latest_labels(changes: Iterable[ClusterChanged]) -> dict[str, Label]:
    """Return the latest label of each article, by its document id."""
    return _latest(
        (*member, change.clustered_at) for change in changes for member in change.members
    )


def with_label(clustered: ArticleClustered, label: Label | None) -> ArticleClustered:
    """Return the article with the cluster that `label` gives it, unless its own is later. The
    moment of its own stays: what is written later compares itself with that."""
    if label is None or label[-1] < clustered.clustered_at:
        return clustered
    _, cluster_id, role, overlap, _ = label
    return replace(clustered, cluster_id=cluster_id, role=role, overlap=overlap)


def latest_event_labels(changes: Iterable[NewsEventChanged]) -> dict[str, EventLabel]:
    """Return the latest event of each article, by its document id."""
    return _latest(
        (name, change.news_event_id, change.related_at)
        for change in changes
        for name in change.members
    )


def with_event_label(clustered: ArticleClustered, label: EventLabel | None) -> ArticleClustered:
    """Return the article with the event that `label` gives it, as `with_label` does its cluster. An
    article that was not related is left to the write of its label."""
    if label is None or not clustered.news_event_id or label[-1] < clustered.related_at:
        return clustered
    return replace(clustered, news_event_id=label[1])


def _latest(labels: Iterable[AnyLabel]) -> dict[str, AnyLabel]:
    """Return by document id the label that counts from the latest moment; of as late ones the
    last."""
    latest: dict[str, AnyLabel] = {}
    for label in labels:
        known = latest.get(label[0])
        if known is None or known[-1] <= label[-1]:
            latest[label[0]] = label
    return latest
