"""Earlier versions of an article, put aside when a changed one takes its place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch

from schemas.index import naming
from workers.adapters.search_bulk import Operation, operation
from workers.adapters.search_places import Place

# What can be made again from the rest need not be kept twice.
DERIVED = ["suggest", "quotes", "captions"]
MOST_REVISIONS = 200


def operations(
    client: Elasticsearch, prefix: str, replaced: Mapping[str, Place], now: datetime
) -> dict[str, Operation]:
    """By id, what copies the articles about to be `replaced` (id → place) into the revisions."""
    if not replaced:
        return {}
    asked = [{"_index": place.index, "_id": name} for name, place in replaced.items()]
    answers: list[Any] = client.mget(docs=asked, source_excludes=DERIVED)["docs"]
    return {each["_id"]: _copy(prefix, each, now) for each in answers if each.get("found")}


def _copy(prefix: str, answer: Mapping[str, Any], now: datetime) -> Operation:
    source = answer["_source"]
    kept = {
        "document_id": answer["_id"],
        "outlet": source.get("outlet"),
        "fetched_at": source.get("fetched_at"),
        "replaced_at": now.isoformat(),
        "article": source,
    }
    name = f"{answer['_id']}-{source.get('content_hash')}"
    return operation("index", naming.revisions(prefix), name, kept)


def of(client: Elasticsearch, prefix: str, document_id: str) -> Sequence[dict[str, Any]]:
    """Earlier versions of an article, oldest first, as documents with `replaced_at`."""
    answer = client.search(
        index=naming.revisions(prefix),
        query={"term": {"document_id": document_id}},
        sort=[{"fetched_at": "asc"}],
        size=MOST_REVISIONS,
    )
    hits = [hit["_source"] for hit in answer["hits"]["hits"]]
    return [{**hit["article"], "replaced_at": hit["replaced_at"]} for hit in hits]
