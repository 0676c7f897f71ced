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
MAX_ATTEMPTS = 120


class MigrationError(RuntimeError):
    """The new generation cannot take an article, or differs from the old one."""


class CopyJob(Struct, frozen=True):
    """From where to where: the server, the families of the new generation, articles in one
    request."""

    client: Elasticsearch
    prefix: str
    target: int
    groups: Collection[str]
    batch: int = 500


def copy(job: CopyJob, shard: Shard, after: int, until: int) -> Iterator[int]:
    """Copy what was written after number `after` and up to `until`, which must be safe.

    Yields:
        the number that is reached, after each request.
    """
    for hits in copy_newly_written(job, shard, after, until):
        put(job, shard, hits)
        yield int(hits[-1]["_seq_no"])
    yield until


def copy_newly_written(
    job: CopyJob, shard: Shard, after: int, until: int, fields: list[str] | None = None
) -> Iterator[list[Hit]]:
    """Yield the articles last written between these numbers, with version and number; whole, or
    only some `fields` of them."""
    client = job.client
    client.indices.refresh(index=shard.index)
    point = client.open_point_in_time(
        index=shard.index, keep_alive=KEEP_ALIVE, preference=f"_shards:{shard.number}"
    )["id"]
    try:
        while hits := _page(job, point, after, until, fields):
            yield hits
            after = int(hits[-1]["_seq_no"])
    finally:
        client.options(ignore_status=404).close_point_in_time(id=point)


def _page(job: CopyJob, point: str, after: int, until: int, fields: list[str] | None) -> list[Hit]:
    answer = job.client.search(
        pit={"id": point, "keep_alive": KEEP_ALIVE},
        query={"range": {"_seq_no": {"gt": after, "lte": until}}},
        sort=[{"_seq_no": "asc"}],
        size=job.batch,
        version=True,
        seq_no_primary_term=True,
        source_includes=fields,
        track_total_hits=False,
        allow_partial_search_results=False,
    )
    return list(answer["hits"]["hits"])


def put(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> None:
    """Write articles into the new generation under their versions, so that a newer one there stays.

    Raises:
        TryAgain: a whole request failed.
        MigrationError: the new generation refuses an article.
    """
    write_indices = target_indices(job, shard, hits)
    operations = [
        operation(
            "index",
            write_indices[hit["_id"]],
            hit["_id"],
            hit["_source"],
            version=hit["_version"],
            version_type="external_gte",
        )
        for hit in hits
    ]
    for _ in range(MAX_ATTEMPTS):
        operations = _left(operations, run(job.client, operations))
        if not operations:
            return
        time.sleep(PAUSE_SECONDS)  # noqa: TID251  an operator's command, not a worker
    raise TryAgain("Elasticsearch is too busy for a migration")


def _left(operations: list[Operation], results: list[WriteResult]) -> list[Operation]:
    for each, result in zip(operations, results, strict=True):
        if result.state == "rejected":
            raise MigrationError(f"{each.action.decode()} was refused: {result.reason}")
    pairs = zip(operations, results, strict=True)
    return [each for each, result in pairs if result.state == "retry"]


def target_indices(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> dict[str, str]:
    """Return by id the index of the new generation that each article goes to; it is created if
    need be. A group keeps its articles, index by index. Articles of the general group, or of a
    group that is gone, go by their language, unless an earlier copy is in another index already.

    Raises:
        MigrationError: an article fits no index.
    """
    part = naming.parse_index_name(job.prefix, shard.index)
    if part is None:
        raise MigrationError(f"{shard.index} is no index of articles")
    if part.group in job.groups and (part.group != GENERAL or len(job.groups) == 1):
        home = _made(job, part.group, part.number)
        return {hit["_id"]: home for hit in hits}
    locations = _copied_before(job, part.number, [hit["_id"] for hit in hits])
    languages = {hit["_id"]: (hit.get("_source") or {}).get("language") for hit in hits}
    return {
        name: locations.get(name)
        or _made(job, analyzer_group_of(language, job.groups), part.number)
        for name, language in languages.items()
    }


def _copied_before(job: CopyJob, number: int, ids: Sequence[str]) -> dict[str, str]:
    indices = [naming.index(job.prefix, f, job.target, number) for f in job.groups]
    asked = [{"_index": index, "_id": name} for index in indices for name in ids]
    answers: list[Any] = job.client.mget(docs=asked, source=False)["docs"]
    return {each["_id"]: each["_index"] for each in answers if each.get("found")}


def _made(job: CopyJob, group: str, number: int) -> str:
    index = naming.index(job.prefix, group, job.target, number)
    make(job.client, index)
    return index
