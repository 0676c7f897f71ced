"""Articles copied into a new generation, shard by shard in the order of their writes.

Elasticsearch numbers the writes of a shard. All up to its global checkpoint are finished on every
copy, so after a refresh a search for the numbers above the last position and up to the checkpoint
sees each article whose latest write is among them; whatever is written meanwhile has a higher
number and belongs to the next pass.
"""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import naming
from schemas.index.languages import analyzer_group_of
from schemas.index.naming import GENERAL
from workers.adapters.elasticsearch.bulk import Operation, WriteResult, operation, run
from workers.adapters.elasticsearch.migration.shards import Shard
from workers.adapters.elasticsearch.templates import make
from workers.exceptions import TryAgain

Hit = Mapping[str, Any]
KEEP_ALIVE = "1m"
PAUSE_SECONDS = 1.0
PATIENCE = 120


class MigrationError(RuntimeError):
    """The new generation cannot take an article, or differs from the old one."""


class CopyJob(Struct, frozen=True):
    """From where to where: the server, the families of the new generation, articles in one
    request."""

    client: Elasticsearch
    prefix: str
    target: int
    families: Collection[str]
    batch: int = 500


def copy(course: CopyJob, shard: Shard, after: int, until: int) -> Iterator[int]:
    """Copy what was written after number `after` and up to `until`, which must be safe.

    Yields:
        the number that is reached, after each request.
    """
    for hits in copy_newly_written(course, shard, after, until):
        put(course, shard, hits)
        yield int(hits[-1]["_seq_no"])
    yield until


def copy_newly_written(
    course: CopyJob, shard: Shard, after: int, until: int, fields: list[str] | None = None
) -> Iterator[list[Hit]]:
    """Yield the articles last written between these numbers, with version and number; whole, or
    only some `fields` of them."""
    client = course.client
    client.indices.refresh(index=shard.index)
    point = client.open_point_in_time(
        index=shard.index, keep_alive=KEEP_ALIVE, preference=f"_shards:{shard.number}"
    )["id"]
    try:
        while hits := _page(course, point, after, until, fields):
            yield hits
            after = int(hits[-1]["_seq_no"])
    finally:
        client.options(ignore_status=404).close_point_in_time(id=point)


def _page(
    course: CopyJob, point: str, after: int, until: int, fields: list[str] | None
) -> list[Hit]:
    answer = course.client.search(
        pit={"id": point, "keep_alive": KEEP_ALIVE},
        query={"range": {"_seq_no": {"gt": after, "lte": until}}},
        sort=[{"_seq_no": "asc"}],
        size=course.batch,
        version=True,
        seq_no_primary_term=True,
        source_includes=fields,
        track_total_hits=False,
        allow_partial_search_results=False,
    )
    return list(answer["hits"]["hits"])


def put(course: CopyJob, shard: Shard, hits: Sequence[Hit]) -> None:
    """Write articles into the new generation under their versions, so that a newer one there stays.

    Raises:
        TryAgain: a whole request failed.
        MigrationError: the new generation refuses an article.
    """
    homes = target_indices(course, shard, hits)
    operations = [
        operation(
            "index",
            homes[hit["_id"]],
            hit["_id"],
            hit["_source"],
            version=hit["_version"],
            version_type="external_gte",
        )
        for hit in hits
    ]
    for _ in range(PATIENCE):
        operations = _left(operations, run(course.client, operations))
        if not operations:
            return
        time.sleep(PAUSE_SECONDS)  # noqa: TID251  an operator's command, not a worker
    raise TryAgain("Elasticsearch is too busy for a migration")


def _left(operations: list[Operation], verdicts: list[WriteResult]) -> list[Operation]:
    for each, verdict in zip(operations, verdicts, strict=True):
        if verdict.state == "refused":
            raise MigrationError(f"{each.action.decode()} was refused: {verdict.reason}")
    pairs = zip(operations, verdicts, strict=True)
    return [each for each, verdict in pairs if verdict.state == "later"]


def target_indices(course: CopyJob, shard: Shard, hits: Sequence[Hit]) -> dict[str, str]:
    """Return by id the index of the new generation that each article goes to; it is created if
    need be. A group keeps its articles, index by index. Articles of the general group, or of a
    group that is gone, go by their language, unless an earlier copy is in another index already.

    Raises:
        MigrationError: an article fits no index.
    """
    part = naming.parse_index_name(course.prefix, shard.index)
    if part is None:
        raise MigrationError(f"{shard.index} is no index of articles")
    if part.family in course.families and (part.family != GENERAL or len(course.families) == 1):
        home = _made(course, part.family, part.number)
        return {hit["_id"]: home for hit in hits}
    places = _copied_before(course, part.number, [hit["_id"] for hit in hits])
    languages = {hit["_id"]: (hit.get("_source") or {}).get("language") for hit in hits}
    return {
        name: places.get(name)
        or _made(course, analyzer_group_of(language, course.families), part.number)
        for name, language in languages.items()
    }


def _copied_before(course: CopyJob, number: int, ids: Sequence[str]) -> dict[str, str]:
    indices = [naming.index(course.prefix, f, course.target, number) for f in course.families]
    asked = [{"_index": index, "_id": name} for index in indices for name in ids]
    answers: list[Any] = course.client.mget(docs=asked, source=False)["docs"]
    return {each["_id"]: each["_index"] for each in answers if each.get("found")}


def _made(course: CopyJob, family: str, number: int) -> str:
    index = naming.index(course.prefix, family, course.target, number)
    make(course.client, index)
    return index
