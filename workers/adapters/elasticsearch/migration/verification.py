"""Is every article of the old generation in the new one, as new as it was?"""

from collections.abc import Iterator, Sequence
from typing import Any

from workers.adapters.elasticsearch.migration.copy_job import (
    CopyJob,
    Hit,
    MigrationError,
    copy_newly_written,
    put,
    target_indices,
)
from workers.adapters.elasticsearch.migration.shards import Shard


def repaired(job: CopyJob, shard: Shard, until: int) -> Iterator[tuple[int, int]]:
    """Compare each article of a shard and copy what is missing or older.

    Yields:
        how many were compared and how many copied, request by request.

    Raises:
        MigrationError: the new generation refuses an article.
    """
    for hits in copy_newly_written(job, shard, -1, until, fields=["language"]):
        behind = _behind(job, shard, hits)
        if behind:
            put(job, shard, _whole(job, shard, behind))
            _check(job, shard, behind)
        yield len(hits), len(behind)


def _behind(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> list[Hit]:
    write_indices = target_indices(job, shard, hits)
    asked = [{"_index": write_indices[hit["_id"]], "_id": hit["_id"]} for hit in hits]
    answers: list[Any] = job.client.mget(docs=asked, source=False)["docs"]
    versions = {each["_id"]: each["_version"] for each in answers if each.get("found")}
    return [hit for hit in hits if versions.get(hit["_id"], -1) < hit["_version"]]


def _check(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> None:
    if left := _behind(job, shard, hits):
        names = ", ".join(str(hit["_id"]) for hit in left[:5])
        raise MigrationError(f"{len(left)} articles of {shard.name} do not come over: {names}")


def _whole(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> list[Hit]:
    asked = [{"_index": shard.index, "_id": hit["_id"]} for hit in hits]
    answers: list[Any] = job.client.mget(docs=asked)["docs"]
    return [each for each in answers if each.get("found")]
