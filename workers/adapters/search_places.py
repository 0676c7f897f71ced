"""Where an article lives: an index of its family, perhaps one that was rolled over long ago."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers.adapters.search_layout import Layout
from workers.outcomes import TryAgain

IDS_IN_ONE_QUERY = 1_000
LOOKED_AT = ["content_hash", "versions"]


class Place(Struct, frozen=True):
    """The index that holds a document, the version it has there, its content's hash, and when
    that content was seen."""

    index: str
    version: int
    content_hash: str
    versions: tuple[int, ...] = ()

    @property
    def newest(self) -> int:
        """When its content was seen last; a cluster change counts the version up beyond that."""
        return max(self.versions, default=self.version)


def find(
    client: Elasticsearch, prefix: str, now: Layout, wanted: Mapping[str, Collection[str]]
) -> dict[str, Place]:
    """Places of the documents `wanted` (id → families to look in first); absent ones are left out.

    The indices that are written to now, and those before them, are asked in real time. Older
    ones and other families are searched, which sees what was written until the last refresh: no
    new article gets into those.
    """
    homes = [(now.homes[family], name) for name, of in wanted.items() for family in of]
    places = _ask(client, homes)
    rest = [name for name in wanted if name not in places]
    asked = {home for home, _ in homes}
    before = {name for home in asked if (name := _index_before(home)) in now.read}
    places |= _ask(client, [(index, name) for index in before for name in rest])
    rest = [name for name in rest if name not in places]
    is_all = now.read <= asked | before
    return places if is_all else places | _search(client, prefix, rest)


def _index_before(index: str) -> str | None:
    """`…-000007` → `…-000006`: what was written just before a rollover is not refreshed yet."""
    stem, _, number = index.rpartition("-")
    return f"{stem}-{int(number) - 1:06d}" if number.isdigit() and int(number) > 1 else None


def _ask(client: Elasticsearch, asked: list[tuple[str, str]]) -> dict[str, Place]:
    if not asked:
        return {}
    docs = [{"_index": index, "_id": name} for index, name in asked]
    answers: list[Any] = client.mget(docs=docs, source_includes=LOOKED_AT)["docs"]
    if trouble := next((answer["error"] for answer in answers if "error" in answer), None):
        raise TryAgain(f"Elasticsearch cannot look an article up: {trouble.get('reason')}")
    return {answer["_id"]: _place(answer) for answer in answers if answer.get("found")}


def _search(client: Elasticsearch, prefix: str, ids: list[str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for start in range(0, len(ids), IDS_IN_ONE_QUERY):
        some = ids[start : start + IDS_IN_ONE_QUERY]
        answer = client.search(
            index=naming.articles(prefix),
            query={"ids": {"values": some}},
            source_includes=LOOKED_AT,
            version=True,
            size=len(some),
            track_total_hits=False,
        )
        places |= _newest(answer["hits"]["hits"])
    return places


def _newest(hits: Iterable[Mapping[str, Any]]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for hit in sorted(hits, key=lambda hit: int(hit["_version"])):
        places[hit["_id"]] = _place(hit)
    return places


def _place(answer: Mapping[str, Any]) -> Place:
    source = answer.get("_source") or {}
    return Place(
        index=answer["_index"],
        version=int(answer["_version"]),
        content_hash=source.get("content_hash", ""),
        versions=tuple(source.get("versions", ())),
    )
