"""Changes of articles' clusters and events, kept so that a full write on its way cannot undo them.

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

    @property
    def label_id(self) -> str:
        """The id under which the label is kept."""
        return self.document_id

    judged_by = "judged_at"  # the article's field that says since when it has what it came with


class EventLabel(Struct, frozen=True):
    """The event in the news that an article tells since the moment `at` (milliseconds since
    1970)."""

    document_id: str
    event_id: str
    at: int

    @property
    def fields(self) -> dict[str, Any]:
        """The article's field that the label sets."""
        return {"event_id": self.event_id}

    @property
    def label_id(self) -> str:
        """The id under which the label is kept, beside that of the article's cluster."""
        return event_label_id(self.document_id)

    judged_by = "related_at"


Label = ClusterLabel | EventLabel
_EVENT_SUFFIX = ":event"


def event_label_id(document_id: str) -> str:
    """Return the id under which the label of an article's event is kept."""
    return document_id + _EVENT_SUFFIX


def store_operations(prefix: str, labels: Iterable[Label]) -> list[Operation]:
    """Return the operations that store the labels; of two for one article the later wins."""
    return [
        operation(
            "index",
            naming.labels(prefix),
            label.label_id,
            {**label.fields, "at": datetime.fromtimestamp(label.at / 1000, UTC).isoformat()},
            version=label.at,
            version_type="external_gte",
        )
        for label in labels
    ]


def apply_operation(index: str, label: Label) -> Operation:
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


def read_labels(client: Elasticsearch, prefix: str, ids: Sequence[str]) -> dict[str, Label]:
    """Return the labels that are kept under these ids, in real time.

    Raises:
        TryAgain: they cannot be read.
    """
    if not ids:
        return {}
    answers: list[Any] = client.mget(index=naming.labels(prefix), ids=list(ids))["docs"]
    if error := next((answer["error"] for answer in answers if "error" in answer), None):
        raise TryAgain(f"Elasticsearch cannot read a label: {error.get('reason')}")
    return {answer["_id"]: _label(answer) for answer in answers if answer["found"]}


def label_ids(document_id: str, fields: Mapping[str, Any]) -> list[str]:
    """Return under which ids an article that has these fields may have labels."""
    return [document_id, event_label_id(document_id)] if "event_id" in fields else [document_id]


def overruling_labels(
    labels: Mapping[str, Label], written: Iterable[tuple[str, int, dict[str, Any]]]
) -> list[Label]:
    """Return the labels that the documents just written (id, version, fields) contradict."""
    return [
        label
        for document_id, version, fields in written
        for label_id in label_ids(document_id, fields)
        if (label := labels.get(label_id))
        and (fields.get(label.judged_by) or version) <= label.at
        and any(fields.get(name) != value for name, value in label.fields.items())
    ]


def newer_labels(stored: Mapping[str, Label], applied: Iterable[Label]) -> list[Label]:
    """Return the stored labels that are newer than the ones that were `applied`."""
    return [
        label
        for each in applied
        if (label := stored.get(each.label_id)) and label != each and label.at >= each.at
    ]


def _label(answer: Mapping[str, Any]) -> Label:
    source = answer["_source"]
    if "event_id" in source:
        name = answer["_id"].removesuffix(_EVENT_SUFFIX)
        return EventLabel(name, source["event_id"], at=int(answer["_version"]))
    return ClusterLabel(
        document_id=answer["_id"],
        cluster_id=source["cluster_id"],
        role=source["role"],
        shared=source["shared"],
        at=int(answer["_version"]),
    )
