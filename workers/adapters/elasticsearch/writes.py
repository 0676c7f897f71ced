"""How articles and cluster changes are written: where they live, under their version, in turns."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index.languages import analyzer_group_of
from schemas.json import Json
from workers.adapters.elasticsearch import cluster_labels, history, lookup, revisions
from workers.adapters.elasticsearch.bulk import DONE, Operation, WriteResult, operation, run
from workers.adapters.elasticsearch.cluster_labels import ClusterLabel
from workers.adapters.elasticsearch.indices import IndexSet
from workers.adapters.elasticsearch.lookup import DocumentLocation

Document = tuple[str, int, Json]


class WriteTarget(Struct, frozen=True):
    """The server, the deployment's prefix, the layout of this moment, and the clock."""

    client: Elasticsearch
    prefix: str
    layout: IndexSet
    now: Callable[[], datetime]


def put(target: WriteTarget, documents: Sequence[Document]) -> list[WriteResult]:
    """Write documents.

    Returns:
        one result for each, in order.

    Raises:
        TryAgain: a whole request failed, as `connection.translate_errors` says.
    """
    verdicts: list[WriteResult] = [DONE] * len(documents)
    for turn in _turns(documents):
        answers = _put_once(target, [documents[row] for row in turn])
        for row, verdict in zip(turn, answers, strict=True):
            verdicts[row] = verdict
    return verdicts


def update_cluster_labels(target: WriteTarget, labels: Sequence[ClusterLabel]) -> list[WriteResult]:
    """Store the labels, then update the articles that are there.

    Returns:
        one result each.
    """
    client, prefix = target.client, target.prefix
    verdicts = run(client, cluster_labels.writes(prefix, labels))
    wanted = {label.document_id: target.layout.write_indices for label in labels}
    places = lookup.locate(client, prefix, target.layout, wanted)
    pairs = [pair for pair in zip(labels, verdicts, strict=True) if pair[0].document_id in places]
    new = [label for label, verdict in pairs if verdict == DONE]
    late = [label.document_id for label, verdict in pairs if verdict.state == "stale"]
    homes = {name: place.index for name, place in places.items()}
    failed = _apply(target, [*new, *_later_ones(target, late, places)], homes)
    return [
        failed.get(label.document_id, verdict)
        for label, verdict in zip(labels, verdicts, strict=True)
    ]


def _later_ones(
    target: WriteTarget, late: list[str], places: dict[str, DocumentLocation]
) -> list[ClusterLabel]:
    """Return the labels that overruled these articles' labels. A writer that failed after an older
    label had reached the article comes again with it, and finds the later one stored."""
    stored = cluster_labels.read(target.client, target.prefix, late)
    return [label for name, label in stored.items() if places[name].judged <= label.at]


def _apply(
    target: WriteTarget, labels: list[ClusterLabel], homes: dict[str, str]
) -> dict[str, WriteResult]:
    """Put labels on their articles, and also labels that were stored meanwhile, as their update may
    have come first.

    Returns:
        the results that failed.
    """
    failed: dict[str, WriteResult] = {}
    while labels:
        updates = [cluster_labels.update(homes[label.document_id], label) for label in labels]
        for label, verdict in zip(labels, run(target.client, updates), strict=True):
            if verdict != DONE:
                failed[label.document_id] = WriteResult("later", verdict.reason)
        done = [label for label in labels if label.document_id not in failed]
        ids = [label.document_id for label in done]
        labels = cluster_labels.changed(
            cluster_labels.read(target.client, target.prefix, ids), done
        )
    return failed


def label_write_error(target: WriteTarget) -> str:
    """Return why labels cannot be written now; empty if they can."""
    asked = cluster_labels.trials(target.prefix, sorted(set(target.layout.write_indices.values())))
    reasons = (verdict.reason for verdict in run(target.client, asked))
    return next((reason for reason in reasons if cluster_labels.IS_MISSING not in reason), "")


def _turns(documents: Sequence[Document]) -> Iterator[list[int]]:
    """Yield rows in rounds that name every document once, so that the second round sees what the
    first one did."""
    rest = list(range(len(documents)))
    while rest:
        first_rows = {documents[row][0]: row for row in reversed(rest)}
        turn = sorted(first_rows.values())
        yield turn
        rest = sorted(set(rest) - set(turn))


def _put_once(target: WriteTarget, documents: list[Document]) -> list[WriteResult]:
    new_homes = target.layout.write_indices
    families = {
        name: analyzer_group_of(fields.get("language"), new_homes) for name, _, fields in documents
    }
    wanted = {name: (family,) for name, family in families.items()}
    places = lookup.locate(target.client, target.prefix, target.layout, wanted)
    homes = {
        name: places[name].index if name in places else new_homes[family]
        for name, family in families.items()
    }
    documents = [_with_versions(document, places) for document in documents]
    kept = _kept(target, documents, places)
    verdicts = _run_kept(target, kept)
    free = [document for document in documents if document[0] not in verdicts]
    written = _write(target.client, free, homes)
    pairs = list(zip(free, written, strict=True))
    verdicts |= {document[0]: verdict for document, verdict in pairs}
    verdicts |= _keep_late(target, pairs, kept)
    done = [document for document, verdict in pairs if verdict == DONE]
    verdicts |= _label_again(target, done, homes)
    return [verdicts[name] for name, _, _ in documents]


def _with_versions(document: Document, places: dict[str, DocumentLocation]) -> Document:
    """Return the document with the moments at which its content was seen."""
    name, version, fields = document
    place = places.get(name)
    is_same = (
        place is not None
        and version >= place.newest
        and (place.content_hash == fields.get("content_hash") or version == place.newest)
    )
    before = place.versions if place and is_same else ()
    return name, version, {**fields, "versions": history.seen_again(before, version)}


def _kept(
    target: WriteTarget, documents: list[Document], places: dict[str, DocumentLocation]
) -> dict[str, Operation]:
    """Return by id what goes into the revisions before the write: the article that is to be
    replaced, or the new one if it comes late."""
    late: dict[str, Json] = {}
    replaced: dict[str, DocumentLocation] = {}
    for name, version, fields in documents:
        place = places.get(name)
        if place and version < place.newest:
            late[name] = fields
        elif place and version > place.newest and place.content_hash != fields.get("content_hash"):
            replaced[name] = place
    client, prefix, now = target.client, target.prefix, target.now()
    kept = revisions.late(client, prefix, late, now)
    return kept | revisions.replaced(client, prefix, replaced, now)


def _run_kept(target: WriteTarget, kept: dict[str, Operation]) -> dict[str, WriteResult]:
    """Write revisions.

    Returns:
        the results that must be tried again, and so the writes after them.
    """
    verdicts = zip(kept, run(target.client, list(kept.values())), strict=True)
    return {name: verdict for name, verdict in verdicts if verdict.state == "later"}


def _keep_late(
    target: WriteTarget, written: list[tuple[Document, WriteResult]], kept: dict[str, Operation]
) -> dict[str, WriteResult]:
    """Keep versions that turned out to be late only when they were written.

    Returns:
        the results that failed.
    """
    late = {
        name: fields
        for (name, _, fields), verdict in written
        if verdict.state == "stale" and name not in kept
    }
    operations = revisions.late(target.client, target.prefix, late, target.now())
    return _run_kept(target, operations)


def _label_again(
    target: WriteTarget, written: list[Document], homes: dict[str, str]
) -> dict[str, WriteResult]:
    """Put back labels that these writes have overwritten.

    Returns:
        the results that failed.
    """
    labels = cluster_labels.read(target.client, target.prefix, [name for name, _, _ in written])
    return _apply(target, cluster_labels.overruling(labels, written), homes)


def _write(
    client: Elasticsearch, documents: list[Document], homes: dict[str, str]
) -> list[WriteResult]:
    """Write whole documents under their versions; a document that cannot be written as JSON is
    refused by itself.

    Returns:
        one result each.
    """
    verdicts: list[WriteResult | None] = []
    operations: list[Operation] = []
    for name, version, fields in documents:
        how = {"version": version, "version_type": "external_gte"}
        try:
            operations.append(operation("index", homes[name], name, fields, **how))
            verdicts.append(None)
        except (TypeError, ValueError) as error:
            verdicts.append(WriteResult("refused", f"not JSON: {error}"))
    answers = iter(run(client, operations))
    return [verdict or next(answers) for verdict in verdicts]
