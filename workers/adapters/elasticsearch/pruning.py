"""Indices of articles that have been kept long enough, each deleted behind a write block.

An index takes no writes while it is examined, so its latest page is still the latest when it is
deleted. An alias on it, and on an index that stays, marks the block: the deletion removes the alias
of the one that stays in the same request, so it fails as a whole if somebody has removed the block,
as `remove_expired_prune_blocks` does for a process that died behind it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError
from msgspec import Struct

from schemas.index import naming
from workers import clock
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.state import is_under_way
from workers.exceptions import TryAgain


class PruneBlock(Struct, frozen=True):
    """Around `index`; the alias that marks it is on the index that stays, too."""

    index: str
    stays: str
    alias: str


def delete_old(
    client: Elasticsearch, prefix: str, before: datetime, now: Callable[[], datetime]
) -> list[str]:
    """Delete indices that are not written any more and whose latest page was fetched before
    `before`.

    Returns:
        their names.

    Raises:
        TryAgain: a migration copies from them.
    """
    remove_expired_prune_blocks(client, prefix, clock.to_milliseconds(now()))
    if is_under_way(client, prefix):
        raise TryAgain("a migration of the index is under way")
    present = read_index_set(client, prefix)
    write_indices, blocked = present.write_indices.values(), write_block.blocked(client, prefix)
    rolled = sorted(present.read - {*write_indices, *blocked})
    return [
        index
        for index in rolled
        if _is_older(client, index, before)
        and _is_deleted(client, prune_block_of(prefix, index, min(write_indices), now()), before)
    ]


def _is_deleted(client: Elasticsearch, block: PruneBlock, before: datetime) -> bool:
    try:
        set_prune_block(client, block)
        client.indices.refresh(index=block.index)
        return _is_older(client, block.index, before) and delete(client, block)
    finally:
        _lift(client, block)


def _is_older(client: Elasticsearch, index: str, before: datetime) -> bool:
    """Return whether all that searches find in `index` was fetched before `before`."""
    latest = client.search(
        index=index,
        size=0,
        aggregations={"latest": {"max": {"field": "fetched_at"}}},
        allow_partial_search_results=False,
    )["aggregations"]["latest"]["value"]
    return latest is None or float(latest) < clock.to_milliseconds(before)


def prune_block_of(prefix: str, index: str, stays: str, now: datetime) -> PruneBlock:
    """Return the block that is removed some time after `now`, if nobody does it before."""
    return PruneBlock(
        index,
        stays,
        _alias(prefix, clock.to_milliseconds(now) + write_block.WRITE_BLOCK_MILLISECONDS),
    )


def set_prune_block(client: Elasticsearch, block: PruneBlock) -> None:
    """No more writes into the index. All writes under way have ended when it returns."""
    names = (block.index, block.stays)
    add = [{"add": {"index": name, "alias": block.alias}} for name in names]
    client.indices.update_aliases(actions=add)
    write_block.block(client, [block.index])


def delete(client: Elasticsearch, block: PruneBlock) -> bool:
    """Delete an index behind its block.

    Returns:
        False, with nothing changed, if the block is gone.
    """
    actions: list[dict[str, Any]] = [
        {"remove": {"index": block.stays, "alias": block.alias, "must_exist": True}},
        {"remove_index": {"index": block.index}},
    ]
    try:
        client.indices.update_aliases(actions=actions)
    except NotFoundError:
        return False
    return True


def remove_expired_prune_blocks(client: Elasticsearch, prefix: str, now: int) -> list[str]:
    """Remove the blocks of a process that died while pruning.

    Returns:
        the indices that take writes again.
    """
    marks = write_block.indices_by_alias(client, _alias(prefix, "*"))
    expired = [(index, alias) for index, alias in marks if _until(alias) < now]
    blocked = write_block.blocked(client, prefix) if expired else []
    for index, alias in sorted(expired, key=lambda mark: mark[0] in blocked):
        _open(client, index, alias)
    return sorted({index for index, _ in expired}.intersection(blocked))


def _lift(client: Elasticsearch, block: PruneBlock) -> None:
    """The mark of the index that stays goes first, so that nothing is deleted behind an open
    fence."""
    _unmark(client, block.stays, block.alias)
    _open(client, block.index, block.alias)


def _open(client: Elasticsearch, index: str, alias: str) -> None:
    """The mark goes last, so that the block is found wherever this ends."""
    quiet = client.options(ignore_status=404)
    quiet.indices.put_settings(index=index, settings={"index.blocks.write": None})
    _unmark(client, index, alias)


def _unmark(client: Elasticsearch, index: str, alias: str) -> None:
    client.options(ignore_status=404).indices.delete_alias(index=index, name=alias)


def _alias(prefix: str, until: int | str) -> str:
    """Return the block's alias. It begins as the indices do, since rights are given by such
    names."""
    return f"{naming.articles(prefix)}-pruning-{until}"


def _until(alias: str) -> int:
    return int(alias.rpartition("-")[2])
