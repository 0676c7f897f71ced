"""The cluster changes of one batch: of several for one article the latest counts, and an article of
the batch is written with it at once."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.events import ArticleClustered, ClusterChanged, Role

# document id, cluster id, role, overlap, and the moment from which it counts (milliseconds since
# 1970)
Label = tuple[str, str, Role, float, int]


def latest_labels(changes: Iterable[ClusterChanged]) -> dict[str, Label]:
    """Return the latest label of each article, by its document id."""
    latest: dict[str, Label] = {}
    for change in changes:
        for member in change.members:
            known = latest.get(member[0])
            if known is None or known[-1] <= change.clustered_at:
                latest[member[0]] = (*member, change.clustered_at)
    return latest


def with_label(clustered: ArticleClustered, label: Label | None) -> ArticleClustered:
    """Return the article with the cluster that `label` gives it, unless its own is later. The
    moment of its own stays: what is written later compares itself with that."""
    if label is None or label[-1] < clustered.clustered_at:
        return clustered
    _, cluster_id, role, overlap, _ = label
    return replace(clustered, cluster_id=cluster_id, role=role, overlap=overlap)
