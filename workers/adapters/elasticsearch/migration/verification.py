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


def repair(job: CopyJob, shard: Shard, until: int) -> Iterator[tuple[int, int]]:
    """Compare each article of a shard and copy what is missing or older.

    Yields:
        how many were compared and how many copied, request by request.

    Raises:
        MigrationError: the new generation refuses an article.
    """
    for hits in copy_newly_written(job, shard, -1, until, fields=["language"]):
        outdated = _outdated(job, shard, hits)
        if outdated:
            put(job, shard, _full_documents(job, shard, outdated))
            _check(job, shard, outdated)
        yield len(hits), len(outdated)


def _outdated(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> list[Hit]:
    write_indices = target_indices(job, shard, hits)
    requests = [{"_index": write_indices[hit["_id"]], "_id": hit["_id"]} for hit in hits]
    answers: list[Any] = job.client.mget(docs=requests, source=False)["docs"]
    versions = {each["_id"]: each["_version"] for each in answers if each.get("found")}
    return [hit for hit in hits if versions.get(hit["_id"], -1) < hit["_version"]]


def _check(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> None:
    if left := _outdated(job, shard, hits):
        names = ", ".join(str(hit["_id"]) for hit in left[:5])
        raise MigrationError(f"{len(left)} articles of {shard.name} do not come over: {names}")


def _full_documents(job: CopyJob, shard: Shard, hits: Sequence[Hit]) -> list[Hit]:
    requests = [{"_index": shard.index, "_id": hit["_id"]} for hit in hits]
    answers: list[Any] = job.client.mget(docs=requests)["docs"]
    return [each for each in answers if each.get("found")]
