"""The short moment in which the old generation takes no writes, and the swap that ends it.

Once the write block is set, every write under way has ended, and later ones are refused,
to be tried again. An alias marks the blocked indices. The swap removes that alias in the same
request that moves the others, so it fails as a whole if somebody has removed the block, as
`remove_expired_write_blocks` does for a migration that died.
"""

from collections.abc import Collection, Mapping
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from schemas.index import naming
from workers.adapters.elasticsearch.indices import IndexSet
from workers.adapters.elasticsearch.migration.state import is_under_way

WRITE_BLOCK_MILLISECONDS = 60_000
REFUSED_STATUSES = frozenset({400, 404})


def set_write_block(client: Elasticsearch, prefix: str, indices: Collection[str], now: int) -> str:
    """Block writes into `indices` and mark them with an alias. All writes under way have ended when
    it returns.

    Returns:
        the alias.
    """
    alias = naming.write_block(prefix, now + WRITE_BLOCK_MILLISECONDS)
    add = [{"add": {"index": index, "alias": alias}} for index in sorted(indices)]
    client.indices.update_aliases(actions=add)
    block(client, indices)
    return alias


def block(client: Elasticsearch, indices: Collection[str]) -> None:
    """Block writes into these indices. The server confirms once it has seen the writes under way
    end, so indices that are blocked already need no second wait.

    Raises:
        RuntimeError: the server does not confirm.
    """
    for index in sorted(set(indices) - set(_closed(client, indices))):
        answer = client.indices.add_block(index=index, block="write")
        if not (answer["acknowledged"] and answer["shards_acknowledged"]):
            raise RuntimeError(f"{index} did not confirm its write block")


def remove_write_block(client: Elasticsearch, prefix: str) -> list[str]:
    """Remove the write block, the alias first, so that no swap can happen behind an open one.

    Returns:
        the indices that take writes again.
    """
    for index, alias in _fenced(client, prefix):
        client.options(ignore_status=404).indices.delete_alias(index=index, name=alias)
    closed = blocked(client, prefix)
    for index in closed:
        client.indices.put_settings(index=index, settings={"index.blocks.write": None})
    return closed


def remove_expired_write_blocks(client: Elasticsearch, prefix: str, now: int) -> list[str]:
    """Remove the write blocks of a migration that did not come back in time.

    Returns:
        the indices that take writes again.
    """
    start = naming.write_block(prefix, "")
    times = [int(alias.removeprefix(start)) for _, alias in _fenced(client, prefix)]
    if not is_under_way(client, prefix) or any(until >= now for until in times):
        return []
    return remove_write_block(client, prefix)


def _fenced(client: Elasticsearch, prefix: str) -> list[tuple[str, str]]:
    return indices_by_alias(client, naming.write_block(prefix, "*"))


def indices_by_alias(client: Elasticsearch, aliases: str) -> list[tuple[str, str]]:
    """Return the indices that one of the `aliases` (names with a *) marks, each with that alias."""
    found = client.options(ignore_status=404).indices.get_alias(name=aliases).body
    rows = [(index, row) for index, row in found.items() if isinstance(row, dict)]
    return [(index, alias) for index, row in rows for alias in row.get("aliases", ())]


def blocked(client: Elasticsearch, prefix: str) -> list[str]:
    """Return the live indices that take no writes: with a write block, or with one that was half
    removed."""
    return _closed(client, naming.articles(prefix))


def _closed(client: Elasticsearch, indices: str | Collection[str]) -> list[str]:
    found = client.indices.get_settings(
        index=indices if isinstance(indices, str) else sorted(indices),
        name="index.blocks.write",
        flat_settings=True,
    ).body
    return sorted(i for i, row in found.items() if row["settings"].get("index.blocks.write"))


def swap(
    client: Elasticsearch, fence_alias: str, prefix: str, old: IndexSet, new: IndexSet
) -> bool:
    """Point searches and new articles to `new` in one step.

    Returns:
        False, with nothing changed, if the write block is gone or `old` is no longer what is live.

    Raises:
        elasticsearch.ApiError: the server refuses for another reason.
    """
    actions = [_remove(index, fence_alias) for index in sorted(old.read)]
    actions += [_remove(index, naming.articles(prefix)) for index in sorted(old.read)]
    actions += _homes(prefix, old.write_indices, _remove)
    actions += [_add(index, naming.articles(prefix)) for index in sorted(new.read)]
    actions += _homes(prefix, new.write_indices, _add)
    try:
        client.indices.update_aliases(actions=actions)
    except ApiError as error:
        if error.status_code not in REFUSED_STATUSES:
            raise
        return False
    return True


def _homes(prefix: str, write_indices: Mapping[str, str], action: Any) -> list[dict[str, Any]]:  # noqa: ANN401  _add or _remove
    return [
        action(index, naming.write_alias(prefix, group)) for group, index in write_indices.items()
    ]


def _add(index: str, alias: str) -> dict[str, Any]:
    return {"add": {"index": index, "alias": alias}}


def _remove(index: str, alias: str) -> dict[str, Any]:
    return {"remove": {"index": index, "alias": alias, "must_exist": True}}
