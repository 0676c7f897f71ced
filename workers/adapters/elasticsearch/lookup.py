"""Where an article lives: an index of its family, perhaps one that was rolled over long ago."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch
from msgspec import Struct

from schemas.index import naming
from schemas.index.mapping import CHANGE_FIELDS
from schemas.json import Json
from workers.adapters.elasticsearch.changes import kept_change
from workers.adapters.elasticsearch.connection import PAUSE_SECONDS
from workers.adapters.elasticsearch.indices import IndexSet
from workers.exceptions import TryAgain

IDS_IN_ONE_QUERY = 1_000
LABEL_FIELDS = ("cluster_id", "role", "shared", "event_id")
LOCATION_FIELDS = [
    *("content_hash", "versions", "judged_at", "related_at"),
    *LABEL_FIELDS,
    *CHANGE_FIELDS,
]


class DocumentLocation(Struct, frozen=True):
    """The index that holds a document, the version it has there, its content's hash, when that
    content was seen, when it was given its cluster and its event (0: unknown), what its latest
    change was, and what its labels are."""

    index: str
    version: int
    content_hash: str
    versions: tuple[int, ...] = ()
    judged_at: int = 0
    related_at: int = 0
    change: Json = {}
    label: Json = {}

    @property
    def newest(self) -> int:
        """When its content was seen last; a cluster change counts the version up beyond that."""
        return max(self.versions, default=self.version)

    def moment(self, field: str) -> int:
        """Return when it was given the cluster or event that it came with; labels from before do
        not count."""
        given = self.related_at if field == "related_at" else self.judged_at
        return given or self.newest


def locate(
    client: Elasticsearch,
    prefix: str,
    index_set: IndexSet,
    candidates: Mapping[str, Collection[str]],
) -> dict[str, DocumentLocation]:
    """Return where documents are; those that are nowhere are left out. `candidates` is id → indices
    to look in first.

    Indices that are written to now are asked in real time, and so are those just before them of the
    groups to look in first. The rest is searched, which sees what was written until the last
    refresh: no new article gets into those.

    Raises:
        TryAgain: an index does not answer; no document is to blame for that.
    """
    try:
        return _find(client, prefix, index_set, candidates)
    except ApiError as error:
        raise TryAgain(_message(_error_of(error)), PAUSE_SECONDS) from error


def _find(
    client: Elasticsearch,
    prefix: str,
    index_set: IndexSet,
    candidates: Mapping[str, Collection[str]],
) -> dict[str, DocumentLocation]:
    first = {
        name: {index_set.write_indices[group] for group in of} for name, of in candidates.items()
    }
    likely = {index for indices in first.values() for index in indices}
    before = {name for index in likely if (name := _index_before(index)) in index_set.read}
    write_indices = set(index_set.write_indices.values())
    locations = _get_documents(
        client, [(index, name) for name, indices in first.items() for index in indices]
    )
    for more in (
        dict.fromkeys(first, before),
        {name: write_indices - first[name] for name in first},
    ):
        rest = [(index, name) for name in first if name not in locations for index in more[name]]
        locations |= _get_documents(client, rest)
    if index_set.read <= write_indices | before:
        return locations
    return locations | _search(client, prefix, [name for name in first if name not in locations])


def _index_before(index: str) -> str | None:
    """Return the index before this one (`…-000007` → `…-000006`), or None: what was written just
    before a rollover is not refreshed yet."""
    stem, _, number = index.rpartition("-")
    return f"{stem}-{int(number) - 1:06d}" if number.isdigit() and int(number) > 1 else None


def _get_documents(
    client: Elasticsearch, requests: list[tuple[str, str]]
) -> dict[str, DocumentLocation]:
    if not requests:
        return {}
    docs = [{"_index": index, "_id": name} for index, name in requests]
    answers: list[Any] = client.mget(docs=docs, source_includes=LOCATION_FIELDS)["docs"]
    if error := next((answer["error"] for answer in answers if "error" in answer), None):
        raise TryAgain(_message(error), PAUSE_SECONDS)
    return {answer["_id"]: _location(answer) for answer in answers if answer.get("found")}


def _search(client: Elasticsearch, prefix: str, ids: list[str]) -> dict[str, DocumentLocation]:
    locations: dict[str, DocumentLocation] = {}
    for start in range(0, len(ids), IDS_IN_ONE_QUERY):
        some = ids[start : start + IDS_IN_ONE_QUERY]
        answer = client.search(
            index=naming.articles(prefix),
            query={"ids": {"values": some}},
            source_includes=LOCATION_FIELDS,
            version=True,
            size=len(some),
            track_total_hits=False,
            allow_partial_search_results=False,
        )
        locations |= _newest(answer["hits"]["hits"])
    return locations


def _error_of(error: ApiError) -> Mapping[str, Any]:
    """Return what the server says, and of which index."""
    body: Any = error.body
    described = body.get("error") if isinstance(body, dict) else None
    if not isinstance(described, dict):
        return {"reason": str(error)}
    shard: Mapping[str, Any] = next(iter(described.get("failed_shards") or ()), {})
    cause = described.get("caused_by") or shard.get("reason") or described
    return {**cause, "index": described.get("index") or shard.get("index")}


def _message(error: Mapping[str, Any]) -> str:
    where = f" in {error['index']}" if error.get("index") else ""
    reason = f"{error.get('type', '')} {error.get('reason', '')}"
    return f"Elasticsearch cannot look an article up{where}: {reason}"


def _newest(hits: Iterable[Mapping[str, Any]]) -> dict[str, DocumentLocation]:
    locations: dict[str, DocumentLocation] = {}
    for hit in sorted(hits, key=lambda hit: int(hit["_version"])):
        locations[hit["_id"]] = _location(hit)
    return locations


def _location(answer: Mapping[str, Any]) -> DocumentLocation:
    source = answer.get("_source") or {}
    return DocumentLocation(
        index=answer["_index"],
        version=int(answer["_version"]),
        content_hash=source.get("content_hash", ""),
        versions=tuple(source.get("versions", ())),
        judged_at=source.get("judged_at") or 0,
        related_at=source.get("related_at") or 0,
        change=kept_change(source),
        label={name: source.get(name) for name in LABEL_FIELDS},
    )
