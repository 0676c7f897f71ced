"""Cluster changes of articles, kept so that a full write on its way cannot undo them.

A change writes its label first and the article second; a full write writes the article first and
reads the label second. Whichever order two such writes take, the later of them sees the other.
Who has put a label on an article reads it once more, as two changes may take turns with theirs.
A label overrules every article that was judged before it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers.adapters.elasticsearch.bulk import Operation, operation
from workers.exceptions import TryAgain

RETRY_ON_CONFLICT = 5
NOBODY = "nobody"
IS_MISSING = "document_missing_exception"


class ClusterLabel(Struct, frozen=True):
    """What an article is to its cluster since the moment `at` (milliseconds since 1970)."""

    document_id: str
    cluster_id: str
    role: str
    shared: float
    at: int

    @property
    def fields(self) -> dict[str, Any]:
        """The article's fields that the label sets."""
        return {"cluster_id": self.cluster_id, "role": self.role, "shared": self.shared}


def store_operations(prefix: str, labels: Iterable[ClusterLabel]) -> list[Operation]:
    """Return the operations that store the labels; of two for one article the later wins."""
    return [
        operation(
            "index",
            naming.labels(prefix),
            label.document_id,
            {**label.fields, "at": datetime.fromtimestamp(label.at / 1000, UTC).isoformat()},
            version=label.at,
            version_type="external_gte",
        )
        for label in labels
    ]


def apply_operation(index: str, label: ClusterLabel) -> Operation:
    """Return the operation that puts a label on the article in `index`, whatever else is written to
    it meanwhile."""
    return operation(
        "update",
        index,
        label.document_id,
        {"doc": label.fields},
        retry_on_conflict=RETRY_ON_CONFLICT,
    )


def probe_operations(prefix: str, indices: Iterable[str]) -> list[Operation]:
    """Return writes to the labels and to `indices` that change nothing, since no article has this
    id: whoever may write gets `IS_MISSING` for an answer."""
    return [
        operation("update", index, NOBODY, {"doc": {}})
        for index in (naming.labels(prefix), *indices)
    ]


def read_labels(client: Elasticsearch, prefix: str, ids: Sequence[str]) -> dict[str, ClusterLabel]:
    """Return the labels of these articles, in real time.

    Raises:
        TryAgain: they cannot be read.
    """
    if not ids:
        return {}
    answers: list[Any] = client.mget(index=naming.labels(prefix), ids=list(ids))["docs"]
    if error := next((answer["error"] for answer in answers if "error" in answer), None):
        raise TryAgain(f"Elasticsearch cannot read a label: {error.get('reason')}")
    return {answer["_id"]: _label(answer) for answer in answers if answer["found"]}


def overruling_labels(
    labels: Mapping[str, ClusterLabel], written: Iterable[tuple[str, int, dict[str, Any]]]
) -> list[ClusterLabel]:
    """Return the labels that the documents just written (id, version, fields) contradict."""
    return [
        label
        for document_id, version, fields in written
        if (label := labels.get(document_id))
        and (fields.get("judged_at") or version) <= label.at
        and any(fields.get(name) != value for name, value in label.fields.items())
    ]


def newer_labels(
    stored: Mapping[str, ClusterLabel], applied: Iterable[ClusterLabel]
) -> list[ClusterLabel]:
    """Return the stored labels that are newer than the ones that were `applied`."""
    return [
        label
        for each in applied
        if (label := stored.get(each.document_id)) and label != each and label.at >= each.at
    ]


def _label(answer: Mapping[str, Any]) -> ClusterLabel:
    source = answer["_source"]
    return ClusterLabel(
        document_id=answer["_id"],
        cluster_id=source["cluster_id"],
        role=source["role"],
        shared=source["shared"],
        at=int(answer["_version"]),
    )
