"""Entries of the quarantine in the index, where Kibana counts them; each is there for good."""

from collections.abc import Sequence
from typing import Any

from elasticsearch import Elasticsearch

from schemas.index import naming
from workers import clock
from workers.adapters.elasticsearch.bulk import operation, run
from workers.adapters.redis.quarantine import QuarantineEntry

MAX_DETAIL_LENGTH = 2_000


def write(client: Elasticsearch, prefix: str, entries: Sequence[QuarantineEntry]) -> bool:
    """Write entries, each once however often it comes.

    Returns:
        False if some must come again.
    """
    operations = [
        operation("index", naming.quarantine(prefix), _name(entry), _fields(entry))
        for entry in entries
    ]
    return all(result.state != "retry" for result in run(client, operations))


def _name(entry: QuarantineEntry) -> str:
    return f"{entry.id}.{clock.to_milliseconds(entry.at)}"


def _fields(entry: QuarantineEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "step": entry.step,
        "reason": entry.reason,
        "outlet": entry.outlet,
        "host": entry.host,
        "url": entry.url,
        "attempts": entry.attempts,
        "detail": entry.detail[:MAX_DETAIL_LENGTH],
    }
