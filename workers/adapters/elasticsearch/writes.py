"""How articles and cluster changes are written: where they live, under their version, in turns."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index.languages import analyzer_group_of
from schemas.json import Json
from workers.adapters.elasticsearch import article_labels, changes, history, lookup, revisions
from workers.adapters.elasticsearch.article_labels import Label
from workers.adapters.elasticsearch.bulk import DONE, Operation, WriteResult, operation, run
from workers.adapters.elasticsearch.indices import IndexSet
from workers.adapters.elasticsearch.lookup import DocumentLocation

Document = tuple[str, int, Json]


class WriteTarget(Struct, frozen=True):
    """The server, the deployment's prefix, the layout of this moment, and the clock."""

    client: Elasticsearch
    prefix: str
    index_set: IndexSet
    now: Callable[[], datetime]


def put(target: WriteTarget, documents: Sequence[Document]) -> list[WriteResult]:
    """Write documents.

    Returns:
        one result for each, in order.

    Raises:
        TryAgain: a whole request failed, as `connection.translate_errors` says.
    """
    results: list[WriteResult] = [DONE] * len(documents)
    for rows in _rounds(documents):
        answers = _put_round(target, [documents[row] for row in rows])
        for row, result in zip(rows, answers, strict=True):
            results[row] = result
    return results


def update_labels(target: WriteTarget, labels: Sequence[Label]) -> list[WriteResult]:
    """Store the labels, then update the articles that are there.

    Returns:
        one result each.
    """
    client, prefix = target.client, target.prefix
    results = run(client, article_labels.store_operations(prefix, labels))
    preferred = {label.document_id: target.index_set.write_indices for label in labels}
    locations = lookup.locate(client, prefix, target.index_set, preferred)
    pairs = [pair for pair in zip(labels, results, strict=True) if pair[0].document_id in locations]
    new = [
        label
        for label, result in pairs
        if result == DONE and not label.fields.items() <= locations[label.document_id].label.items()
    ]
    stale_ids = [label.label_id for label, result in pairs if result.state == "stale"]
    write_indices = {name: location.index for name, location in locations.items()}
    failed = _apply(target, [*new, *_newer_labels(target, stale_ids, locations)], write_indices)
    return [
        failed.get(label.document_id, result) for label, result in zip(labels, results, strict=True)
    ]


def _newer_labels(
    target: WriteTarget, stale_ids: list[str], locations: dict[str, DocumentLocation]
) -> list[Label]:
    """Return the labels that overruled these articles' labels. A writer that failed after an older
    label had reached the article comes again with it, and finds the later one stored."""
    stored = article_labels.read_labels(target.client, target.prefix, stale_ids)
    return [
        label
        for label in stored.values()
        if locations[label.document_id].moment(label.judged_by) <= label.at
    ]


def _apply(
    target: WriteTarget, labels: list[Label], write_indices: dict[str, str]
) -> dict[str, WriteResult]:
    """Put labels on their articles, and also labels that were stored meanwhile, as their update may
    have come first.

    Returns:
        the results that failed.
    """
    failed: dict[str, WriteResult] = {}
    while labels:
        updates = [
            article_labels.apply_operation(write_indices[label.document_id], label)
            for label in labels
        ]
        for label, result in zip(labels, run(target.client, updates), strict=True):
            if result != DONE:
                failed[label.document_id] = WriteResult("retry", result.reason)
        done = [label for label in labels if label.document_id not in failed]
        ids = [label.label_id for label in done]
        labels = article_labels.newer_labels(
            article_labels.read_labels(target.client, target.prefix, ids), done
        )
    return failed


def label_write_error(target: WriteTarget) -> str:
    """Return why labels cannot be written now; empty if they can."""
    operations = article_labels.probe_operations(
        target.prefix, sorted(set(target.index_set.write_indices.values()))
    )
    reasons = (result.reason for result in run(target.client, operations))
    return next((reason for reason in reasons if article_labels.IS_MISSING not in reason), "")


def _rounds(documents: Sequence[Document]) -> Iterator[list[int]]:
    """Yield rows in rounds that name every document once, so that the second round sees what the
    first one did."""
    rest = list(range(len(documents)))
    while rest:
        first_rows = {documents[row][0]: row for row in reversed(rest)}
        rows = sorted(first_rows.values())
        yield rows
        rest = sorted(set(rest) - set(rows))


def _put_round(target: WriteTarget, documents: list[Document]) -> list[WriteResult]:
    newest_indices = target.index_set.write_indices
    groups = {
        name: analyzer_group_of(fields.get("language"), newest_indices)
        for name, _, fields in documents
    }
    preferred = {name: (group,) for name, group in groups.items()}
    locations = lookup.locate(target.client, target.prefix, target.index_set, preferred)
    write_indices = {
        name: locations[name].index if name in locations else newest_indices[group]
        for name, group in groups.items()
    }
    documents = [_with_versions(document, locations) for document in documents]
    replaced = revisions.read_articles(target.client, _replaced(documents, locations))
    documents = [_with_change(document, locations, replaced) for document in documents]
    kept = _build_revisions(target, documents, locations, replaced)
    results = _write_revisions(target, kept)
    free = [document for document in documents if document[0] not in results]
    written = _write(target.client, free, write_indices)
    pairs = list(zip(free, written, strict=True))
    results |= {document[0]: result for document, result in pairs}
    results |= _write_late_revisions(target, pairs, kept)
    done = [document for document, result in pairs if result == DONE]
    results |= _restore_labels(target, done, write_indices)
    return [results[name] for name, _, _ in documents]


def _with_versions(document: Document, locations: dict[str, DocumentLocation]) -> Document:
    """Return the document with the moments at which its content was seen."""
    name, version, fields = document
    location = locations.get(name)
    is_same = (
        location is not None
        and version >= location.newest
        and (location.content_hash == fields.get("content_hash") or version == location.newest)
    )
    before = location.versions if location and is_same else ()
    return name, version, {**fields, "versions": history.seen_again(before, version)}


def _replaced(
    documents: list[Document], locations: dict[str, DocumentLocation]
) -> dict[str, DocumentLocation]:
    """Return by id where the articles are that these documents replace by another content."""
    return {
        name: locations[name]
        for name, version, fields in documents
        if name in locations
        and version > locations[name].newest
        and locations[name].content_hash != fields.get("content_hash")
    }


def _with_change(
    document: Document, locations: dict[str, DocumentLocation], replaced: dict[str, Json]
) -> Document:
    """Return the document with what its latest change was."""
    name, version, fields = document
    if name in replaced:
        return name, version, fields | changes.describe_change(replaced[name], fields)
    location = locations.get(name)
    return name, version, fields | location.change if location else fields


def _build_revisions(
    target: WriteTarget,
    documents: list[Document],
    locations: dict[str, DocumentLocation],
    replaced: dict[str, Json],
) -> dict[str, Operation]:
    """Return by id what goes into the revisions before the write: the article that is to be
    replaced, or the new one if it comes late."""
    late = {
        name: fields
        for name, version, fields in documents
        if name in locations and version < locations[name].newest
    }
    now = target.now()
    operations = revisions.late_operations(target.client, target.prefix, late, now)
    return operations | revisions.replaced_operations(target.prefix, replaced, now)


def _write_revisions(
    target: WriteTarget, operations: dict[str, Operation]
) -> dict[str, WriteResult]:
    """Write revisions.

    Returns:
        the results that must be tried again, and so the writes after them.
    """
    results = zip(operations, run(target.client, list(operations.values())), strict=True)
    return {name: result for name, result in results if result.state == "retry"}


def _write_late_revisions(
    target: WriteTarget,
    written: list[tuple[Document, WriteResult]],
    kept: dict[str, Operation],
) -> dict[str, WriteResult]:
    """Keep versions that turned out to be late only when they were written.

    Returns:
        the results that failed.
    """
    late = {
        name: fields
        for (name, _, fields), result in written
        if result.state == "stale" and name not in kept
    }
    operations = revisions.late_operations(target.client, target.prefix, late, target.now())
    return _write_revisions(target, operations)


def _restore_labels(
    target: WriteTarget, written: list[Document], write_indices: dict[str, str]
) -> dict[str, WriteResult]:
    """Put back labels that these writes have overwritten.

    Returns:
        the results that failed.
    """
    labels = article_labels.read_labels(
        target.client,
        target.prefix,
        [each for name, _, fields in written for each in article_labels.label_ids(name, fields)],
    )
    return _apply(target, article_labels.overruling_labels(labels, written), write_indices)


def _write(
    client: Elasticsearch, documents: list[Document], write_indices: dict[str, str]
) -> list[WriteResult]:
    """Write whole documents under their versions; a document that cannot be written as JSON is
    refused by itself.

    Returns:
        one result each.
    """
    results: list[WriteResult | None] = []
    operations: list[Operation] = []
    for name, version, fields in documents:
        how = {"version": version, "version_type": "external_gte"}
        try:
            operations.append(operation("index", write_indices[name], name, fields, **how))
            results.append(None)
        except (TypeError, ValueError) as error:
            results.append(WriteResult("rejected", f"not JSON: {error}"))
    answers = iter(run(client, operations))
    return [result or next(answers) for result in results]
