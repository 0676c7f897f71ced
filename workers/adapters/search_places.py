"""Where an article lives: an index of its family, perhaps one that was rolled over long ago."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers.outcomes import TryAgain

IDS_IN_ONE_QUERY = 1_000
FIRST_GENERATION = "-000001"


class Place(Struct, frozen=True):
    """The index that holds a document, the version it has there, and its content's hash."""

    index: str
    version: int
    content_hash: str


def families_there(client: Elasticsearch, prefix: str) -> frozenset[str]:
    """Families that bootstrap has made. Raises TryAgain if there are none yet."""
    pattern = naming.write_alias(prefix, "*")
    found = client.indices.get_alias(name=pattern).body
    aliases = {alias for index in found.values() for alias in index["aliases"]}
    names = (naming.family_of_write_alias(prefix, alias) for alias in aliases)
    families = frozenset(name for name in names if name)
    if not families:
        raise TryAgain("the index is not there yet: run `presswire bootstrap`")
    return families


def find(
    client: Elasticsearch, prefix: str, wanted: Mapping[str, Collection[str]]
) -> dict[str, Place]:
    """Places of the documents `wanted` (id → families to look in first); absent ones are left out.

    The indices that are written to now, and those before them, are asked in real time. Older
    generations and other families are searched, which sees what was written until the last
    refresh: no new article gets into those.
    """
    asked = [
        {"_index": naming.write_alias(prefix, family), "_id": document_id}
        for document_id, families in wanted.items()
        for family in families
    ]
    places, indices = _ask(client, asked)
    rest = [document_id for document_id in wanted if document_id not in places]
    before = [name for index in indices if (name := _index_before(index))]
    places |= _ask(client, [{"_index": b, "_id": name} for b in before for name in rest])[0]
    rest = [document_id for document_id in rest if document_id not in places]
    families_asked = {family for families in wanted.values() for family in families}
    is_all = families_asked == {naming.GENERAL} and _only_first(client, prefix, indices)
    return places if is_all else places | _search(client, prefix, rest)


def _index_before(index: str) -> str | None:
    """`…-000007` → `…-000006`: what was written just before a rollover is not refreshed yet."""
    stem, _, number = index.rpartition("-")
    return f"{stem}-{int(number) - 1:06d}" if number.isdigit() and int(number) > 1 else None


def _only_first(client: Elasticsearch, prefix: str, indices: set[str]) -> bool:
    """Is the one index that was asked all there is? Saves a search for each batch."""
    if not all(name.endswith(FIRST_GENERATION) for name in indices):
        return False
    return set(client.indices.get_alias(name=naming.articles(prefix)).body) == indices


def _ask(client: Elasticsearch, asked: list[dict[str, str]]) -> tuple[dict[str, Place], set[str]]:
    if not asked:
        return {}, set()
    answers: list[Any] = client.mget(docs=asked, source_includes=["content_hash"])["docs"]
    for trouble in (answer["error"] for answer in answers if "error" in answer):
        if trouble.get("type") != "index_not_found_exception":
            raise TryAgain(f"Elasticsearch cannot look an article up: {trouble.get('reason')}")
    places = {answer["_id"]: _place(answer) for answer in answers if answer.get("found")}
    return places, {answer["_index"] for answer in answers if "found" in answer}


def _search(client: Elasticsearch, prefix: str, ids: list[str]) -> dict[str, Place]:
    places: dict[str, Place] = {}
    for start in range(0, len(ids), IDS_IN_ONE_QUERY):
        some = ids[start : start + IDS_IN_ONE_QUERY]
        answer = client.search(
            index=naming.articles(prefix),
            query={"ids": {"values": some}},
            source_includes=["content_hash"],
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
    return Place(answer["_index"], int(answer["_version"]), source.get("content_hash", ""))
