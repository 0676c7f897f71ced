"""The index in Elasticsearch: articles go in under their version, and come out by search."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from elasticsearch import Elasticsearch

from schemas.index import naming
from schemas.index.languages import family_of
from workers.adapters import (
    clock,
    search_labels,
    search_places,
    search_revisions,
    search_templates,
)
from workers.adapters.search_bulk import DONE, Operation, Verdict, operation, run
from workers.adapters.search_connection import connect, passing_troubles
from workers.adapters.search_labels import Label
from workers.adapters.search_places import Place
from workers.settings import Settings

Json = dict[str, Any]
Document = tuple[str, int, Json]
Change = tuple[str, str, str, float]


class Search:
    """Every method raises TryAgain when Elasticsearch cannot be reached or is too busy."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = clock.now) -> None:
        self._settings = settings
        self._now = now
        self.prefix = settings.prefix

    @cached_property
    def client(self) -> Elasticsearch:
        """The connection, made on first use."""
        return connect(self._settings)

    @cached_property
    def _families(self) -> frozenset[str]:
        return search_places.families_there(self.client, self.prefix)

    def bootstrap(self) -> str:
        """Puts up templates, indices and aliases; says in one line what the server lacks."""
        with passing_troubles("bootstrap"):
            return search_templates.put_up(self.client, self.prefix)

    def put(self, documents: Sequence[Document]) -> list[Verdict]:
        """Writes documents (id, version, fields), each where it lives already or else into its
        family's newest index; one verdict each, in order.

        An older version never overwrites a newer one ("stale"); the same one may come again. A
        version with other text than the one before it puts that one into the revisions.
        """
        verdicts: list[Verdict] = [DONE] * len(documents)
        for turn in _turns(documents):
            with passing_troubles("put"):
                answers = self._put_once([documents[place] for place in turn])
            for place, verdict in zip(turn, answers, strict=True):
                verdicts[place] = verdict
        return verdicts

    def relabel(self, changes: Sequence[Change]) -> list[Verdict]:
        """Cluster changes (document id, cluster id, role, shared part), one verdict each: "done"
        also for an article that is not there yet, as it will get its label when it comes."""
        at = int(self._now().timestamp() * 1000)
        labels = [Label(*change, at=at) for change in changes]
        with passing_troubles("relabel"):
            verdicts = run(self.client, search_labels.writes(self.prefix, labels))
            wanted = {label.document_id: self._families for label in labels}
            places = search_places.find(self.client, self.prefix, wanted)
            return self._update(labels, places, verdicts)

    def get(self, document_id: str) -> Json | None:
        """An article's fields, in real time."""
        with passing_troubles("get"):
            wanted = {document_id: self._families}
            place = search_places.find(self.client, self.prefix, wanted).get(document_id)
            if place is None:
                return None
            found: Json = self.client.get(index=place.index, id=document_id).body
            return dict(found["_source"])

    def revisions(self, document_id: str) -> Sequence[Json]:
        """Earlier versions of an article, oldest first."""
        with passing_troubles("revisions"):
            return search_revisions.of(self.client, self.prefix, document_id)

    def count(self, query: Json | None = None) -> int:
        """How many articles match, or are there at all."""
        with passing_troubles("count"):
            answer = self.client.count(index=naming.articles(self.prefix), query=query)
            return int(answer["count"])

    def search(self, request: Json) -> Json:
        """Elasticsearch's answer to a request body; with a point in time in it, no index is named.

        Raises elasticsearch.ApiError for a request that it refuses.
        """
        index = None if "pit" in request else naming.articles(self.prefix)
        with passing_troubles("search"):
            return dict(self.client.search(index=index, **request).body)

    def open_point(self, keep_alive: str = "2m") -> str:
        """A point in time: pages of one search that fit together."""
        with passing_troubles("open point in time"):
            index = naming.articles(self.prefix)
            return str(self.client.open_point_in_time(index=index, keep_alive=keep_alive)["id"])

    def close_point(self, point: str) -> None:
        """Lets go of a point in time; one that has run out is no trouble."""
        with passing_troubles("close point in time"):
            self.client.options(ignore_status=404).close_point_in_time(id=point)

    def refresh(self) -> None:
        """Makes all that was written visible to searches."""
        with passing_troubles("refresh"):
            self.client.indices.refresh(index=f"{self.prefix}-*")

    def _put_once(self, documents: list[Document]) -> list[Verdict]:
        families = {name: self._family(fields) for name, _, fields in documents}
        wanted = {name: (family,) for name, family in families.items()}
        places = search_places.find(self.client, self.prefix, wanted)
        self._keep_revisions(documents, places)
        homes = {name: self._home(name, families[name], places) for name, _, _ in documents}
        verdicts = _write(self.client, documents, homes)
        done = [d for d, verdict in zip(documents, verdicts, strict=True) if verdict == DONE]
        unlabelled = self._label_again(done, homes)
        return [
            unlabelled.get(name, verdict)
            for (name, _, _), verdict in zip(documents, verdicts, strict=True)
        ]

    def _label_again(self, written: list[Document], homes: dict[str, str]) -> dict[str, Verdict]:
        """Puts back labels that these writes have overwritten; answers where that failed."""
        labels = search_labels.read(self.client, self.prefix, [name for name, _, _ in written])
        lost = search_labels.overruling(labels, written)
        verdicts = run(self.client, [search_labels.update(homes[x.document_id], x) for x in lost])
        pairs = zip(lost, verdicts, strict=True)
        return {x.document_id: Verdict("later", v.reason) for x, v in pairs if v != DONE}

    def _family(self, fields: Json) -> str:
        return family_of(fields.get("language"), self._families)

    def _home(self, name: str, family: str, places: dict[str, Place]) -> str:
        place = places.get(name)
        return place.index if place else naming.write_alias(self.prefix, family)

    def _keep_revisions(self, documents: list[Document], places: dict[str, Place]) -> None:
        replaced = {
            name: place
            for name, version, fields in documents
            if (place := places.get(name))
            and place.version < version
            and place.content_hash != fields.get("content_hash")
        }
        copies = search_revisions.operations(self.client, self.prefix, replaced, self._now())
        run(self.client, copies)

    def _update(
        self, labels: list[Label], places: dict[str, Place], verdicts: list[Verdict]
    ) -> list[Verdict]:
        """The verdicts of storing the labels, and where that went well, of updating articles."""
        there = [
            row
            for row, label in enumerate(labels)
            if verdicts[row] == DONE and label.document_id in places
        ]
        updates = [
            search_labels.update(places[labels[row].document_id].index, labels[row])
            for row in there
        ]
        merged = list(verdicts)
        for row, verdict in zip(there, run(self.client, updates), strict=True):
            merged[row] = verdict
        return merged


def _turns(documents: Sequence[Document]) -> Iterator[list[int]]:
    """Rows in turns that name every document once, so that the second sees what the first did."""
    rest = list(range(len(documents)))
    while rest:
        first_rows = {documents[row][0]: row for row in reversed(rest)}
        turn = sorted(first_rows.values())
        yield turn
        rest = sorted(set(rest) - set(turn))


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
