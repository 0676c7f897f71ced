"""Collections of outlets: named sets that people write. Elasticsearch keeps them beside the
articles, and looks them up itself in each search, so that a change holds at once everywhere."""

from collections.abc import Mapping, Sequence
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from schemas.index import naming
from schemas.index.mapping import COLLECTION_LOOKUP, collection_mapping
from workers.adapters.elasticsearch.templates import make

MAX_COLLECTIONS = 1_000


def put(client: Elasticsearch, prefix: str, name: str, outlets: Sequence[str]) -> None:
    """Write a collection in the place of the one of that name, and wait until it is listed."""
    index, document = naming.collections(prefix), {"outlets": list(outlets)}
    try:
        client.index(index=index, id=name, document=document, refresh="wait_for")
    except NotFoundError:  # an installation from before there were any
        make(client, index, mappings=collection_mapping())
        client.index(index=index, id=name, document=document, refresh="wait_for")


def delete(client: Elasticsearch, prefix: str, name: str) -> bool:
    """Delete a collection.

    Returns:
        False if there is none.
    """
    try:
        client.delete(index=naming.collections(prefix), id=name, refresh="wait_for")
    except NotFoundError:
        return False
    return True


def read_all(client: Elasticsearch, prefix: str) -> dict[str, tuple[str, ...]]:
    """Return the outlets of each collection by its name; none on an index from before there were
    any."""
    try:
        found = client.search(index=naming.collections(prefix), size=MAX_COLLECTIONS)
    except NotFoundError:
        return {}
    hits = {hit["_id"]: tuple(hit["_source"]["outlets"]) for hit in found["hits"]["hits"]}
    return dict(sorted(hits.items()))


def with_index(part: Any, prefix: str) -> Any:  # noqa: ANN401  any part of a request
    """Return the request with the name of the deployment's index in each lookup of a
    collection."""
    if isinstance(part, Mapping):
        if part.get("index") == COLLECTION_LOOKUP:
            return {**part, "index": naming.collections(prefix)}
        return {name: with_index(value, prefix) for name, value in part.items()}
    if isinstance(part, list):
        return [with_index(value, prefix) for value in part]
    return part
