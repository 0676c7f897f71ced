"""What has been kept long enough: whole indices of articles, and single revisions, labels and
failures."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from schemas.index import naming
from workers.adapters.elasticsearch import pruning
from workers.adapters.elasticsearch.bulk import deletion, run

IDS_IN_ONE_REQUEST = 1_000


def delete_older(client: Elasticsearch, index: str, field: str, before: datetime) -> int:
    """Delete single documents whose `field` is older than `before`: small servers have no
    delete-by-query.

    Returns:
        their number.
    """
    deleted = 0
    for ids in _older(client, index, field, before):
        operations = [deletion(index, each) for each in ids]
        deleted += sum(result.state == "done" for result in run(client, operations))
    return deleted


def _older(client: Elasticsearch, index: str, field: str, before: datetime) -> Iterator[list[str]]:
    client.indices.refresh(index=index)
    point = client.open_point_in_time(index=index, keep_alive="2m")["id"]
    search: dict[str, Any] = {
        "pit": {"id": point, "keep_alive": "2m"},
        "query": {"range": {field: {"lt": before.isoformat()}}},
        "sort": ["_shard_doc"],
        "size": IDS_IN_ONE_REQUEST,
        "source": False,
    }
    try:
        while hits := client.search(**search)["hits"]["hits"]:
            yield [hit["_id"] for hit in hits]
            search["search_after"] = hits[-1]["sort"]
    finally:
        client.options(ignore_status=404).close_point_in_time(id=point)


def prune(
    client: Elasticsearch, prefix: str, before: datetime, now: Callable[[], datetime]
) -> dict[str, int]:
    """Delete what is older than `before`.

    Returns:
        the number of each.
    """
    return {
        "indices": len(pruning.delete_old(client, prefix, before, now)),
        "revisions": delete_older(client, naming.revisions(prefix), "replaced_at", before),
        "labels": delete_older(client, naming.labels(prefix), "at", before),
        "failures": delete_older(client, naming.quarantine(prefix), "at", before),
    }
