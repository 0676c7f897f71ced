"""How articles and cluster changes are written: where they live, under their version, in turns."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index.languages import family_of
from workers.adapters import search_labels, search_places, search_revisions
from workers.adapters.search_bulk import DONE, Operation, Verdict, operation, run
from workers.adapters.search_labels import Label
from workers.adapters.search_layout import Layout
from workers.adapters.search_places import Place

Json = dict[str, Any]
Document = tuple[str, int, Json]


class Target(Struct, frozen=True):
    """The server, the deployment's prefix, the layout of this moment, and the clock."""

    client: Elasticsearch
    prefix: str
    layout: Layout
    now: Callable[[], datetime]


def put(target: Target, documents: Sequence[Document]) -> list[Verdict]:
    """One verdict for each document, in order. Raises as `search_connection` says."""
    verdicts: list[Verdict] = [DONE] * len(documents)
    for turn in _turns(documents):
        answers = _put_once(target, [documents[row] for row in turn])
        for row, verdict in zip(turn, answers, strict=True):
            verdicts[row] = verdict
    return verdicts


def relabel(target: Target, labels: Sequence[Label]) -> list[Verdict]:
    """Stores the labels, then updates the articles that are there; one verdict each."""
    client, prefix = target.client, target.prefix
    verdicts = run(client, search_labels.writes(prefix, labels))
    wanted = {label.document_id: target.layout.homes for label in labels}
    places = search_places.find(client, prefix, target.layout, wanted)
    there = [
        row
        for row, label in enumerate(labels)
        if verdicts[row] == DONE and label.document_id in places
    ]
    updates = [
        search_labels.update(places[labels[row].document_id].index, labels[row]) for row in there
    ]
    for row, verdict in zip(there, run(client, updates), strict=True):
        verdicts[row] = verdict
    return verdicts


def _turns(documents: Sequence[Document]) -> Iterator[list[int]]:
    """Rows in turns that name every document once, so that the second sees what the first did."""
    rest = list(range(len(documents)))
    while rest:
        first_rows = {documents[row][0]: row for row in reversed(rest)}
        turn = sorted(first_rows.values())
        yield turn
        rest = sorted(set(rest) - set(turn))


def _put_once(target: Target, documents: list[Document]) -> list[Verdict]:
    new_homes = target.layout.homes
    families = {name: family_of(fields.get("language"), new_homes) for name, _, fields in documents}
    wanted = {name: (family,) for name, family in families.items()}
    places = search_places.find(target.client, target.prefix, target.layout, wanted)
    homes = {
        name: places[name].index if name in places else new_homes[family]
        for name, family in families.items()
    }
    verdicts = _keep_revisions(target, documents, places)
    free = [document for document in documents if document[0] not in verdicts]
    written = _write(target.client, free, homes)
    pairs = list(zip(free, written, strict=True))
    verdicts |= {document[0]: verdict for document, verdict in pairs}
    done = [document for document, verdict in pairs if verdict == DONE]
    verdicts |= _label_again(target, done, homes)
    return [verdicts[name] for name, _, _ in documents]


def _label_again(
    target: Target, written: list[Document], homes: dict[str, str]
) -> dict[str, Verdict]:
    """Puts back labels that these writes have overwritten; answers where that failed."""
    labels = search_labels.read(target.client, target.prefix, [name for name, _, _ in written])
    lost = search_labels.overruling(labels, written)
    updates = [search_labels.update(homes[label.document_id], label) for label in lost]
    pairs = zip(lost, run(target.client, updates), strict=True)
    return {
        label.document_id: Verdict("later", verdict.reason)
        for label, verdict in pairs
        if verdict != DONE
    }


def _keep_revisions(
    target: Target, documents: list[Document], places: dict[str, Place]
) -> dict[str, Verdict]:
    """Puts aside what is about to be replaced; answers where that must be tried again first."""
    replaced = {
        name: place
        for name, version, fields in documents
        if (place := places.get(name))
        and place.version < version
        and place.content_hash != fields.get("content_hash")
    }
    client, prefix = target.client, target.prefix
    copies = search_revisions.operations(client, prefix, replaced, target.now())
    verdicts = zip(copies, run(client, list(copies.values())), strict=True)
    return {name: verdict for name, verdict in verdicts if verdict.state == "later"}


def _write(
    client: Elasticsearch, documents: list[Document], homes: dict[str, str]
) -> list[Verdict]:
    """Full writes under their versions; a document that is no JSON is refused by itself."""
    verdicts: list[Verdict | None] = []
    operations: list[Operation] = []
    for name, version, fields in documents:
        how = {"version": version, "version_type": "external_gte"}
        try:
            operations.append(operation("index", homes[name], name, fields, **how))
            verdicts.append(None)
        except (TypeError, ValueError) as error:
            verdicts.append(Verdict("refused", f"not JSON: {error}"))
    answers = iter(run(client, operations))
    return [verdict or next(answers) for verdict in verdicts]
