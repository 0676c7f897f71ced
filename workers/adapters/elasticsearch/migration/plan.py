"""What a migration would do, and whether there is a reason for it."""

from elasticsearch import Elasticsearch
from msgspec import Struct

from schemas.index import mapping, naming
from workers.adapters.elasticsearch.capabilities import probe
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration.state import is_under_way


class MigrationPlan(Struct, frozen=True):
    """Indices to be copied with their articles and bytes; `why` is one line."""

    is_needed: bool
    why: str
    rows: list[tuple[str, int, int]]


def plan(client: Elasticsearch, prefix: str) -> MigrationPlan:
    """Return what a migration would do; nothing is changed.

    Raises:
        TryAgain: there are no indices before bootstrap.
    """
    has = probe(client)
    now = read_index_set(client, prefix)
    design = mapping.design(has.analyzers, has.filters)
    other = [index for index, found in _designs(client, prefix).items() if found != design]
    is_begun = is_under_way(client, prefix)
    target = now.generation(prefix) + 1
    if is_begun:
        why = "a migration was begun and would go on"
    elif other:
        why = f"{len(other)} of these have another design; generation {target} would be built"
    else:
        why = "all have the present design; nothing to do (--again builds them anew)"
    return MigrationPlan(is_begun or bool(other), why, _rows(client, now.read))


def _rows(client: Elasticsearch, indices: frozenset[str]) -> list[tuple[str, int, int]]:
    """Return index, articles and bytes. The statistics would count statements as well, which are
    documents within articles."""
    answer = client.indices.stats(index=sorted(indices), metric=["store"])
    return [
        (index, client.count(index=index)["count"], row["primaries"]["store"]["size_in_bytes"])
        for index, row in sorted(answer["indices"].items())
    ]


def _designs(client: Elasticsearch, prefix: str) -> dict[str, str]:
    """Return by index the design that it was created with."""
    found = client.indices.get_mapping(index=naming.articles(prefix)).body
    return {i: row["mappings"].get("_meta", {}).get("design", "") for i, row in found.items()}
