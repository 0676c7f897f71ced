"""After the swap: everything is compared, then the old generation is deleted."""

import time

from schemas.index import mapping
from workers.adapters.elasticsearch.capabilities import Capabilities
from workers.adapters.elasticsearch.indices import read_index_set
from workers.adapters.elasticsearch.migration import verification, write_block
from workers.adapters.elasticsearch.migration.context import MigrationContext
from workers.adapters.elasticsearch.migration.shards import ends, indices_of
from workers.adapters.elasticsearch.migration.state import MigrationState
from workers.adapters.elasticsearch.templates import delete_templates

# A search that began before the swap has opened its shards by then.
MIN_WAIT_SECONDS = 3


def settle(context: MigrationContext, has: Capabilities) -> None:
    """The indices that are written from now on get what a bootstrap would have given them."""
    for group, index in read_index_set(context.client, context.prefix).write_indices.items():
        life = mapping.live_settings(context.prefix, group, has_ilm=has.has_ilm)
        context.client.indices.put_settings(index=index, settings={"index": life})


def verify(context: MigrationContext, state: MigrationState) -> int:
    """Compare everything after the swap: no search waits for it. What a writer may still have
    brought into the old generation is copied first.

    Returns:
        the number of articles that were copied again.
    """
    old = indices_of(context.client, context.prefix, state.source)
    write_block.block(context.client, old)
    state = context.copy(state, old, "stragglers")
    there = ends(context.client, old)
    total = sum(end.safe + 1 for end in there.values())
    compared = copied = 0
    for shard, end in sorted(there.items()):
        for some, outdated in verification.repair(context.copy_job, shard, end.safe):
            compared, copied = compared + some, copied + outdated
            state = context.checkpoint.write(state)
            context.report("verify", compared, max(total, compared))
    return copied


def delete(context: MigrationContext, state: MigrationState, readers_seconds: int) -> None:
    """Deletes the old generation once nobody reads it: a search that began before the swap, pages
    of another, or an export, may hold on to it for a while."""
    old = indices_of(context.client, context.prefix, state.source)
    for waited in range(readers_seconds):
        if not old or (waited >= MIN_WAIT_SECONDS and not _readers(context, old)):
            break
        context.report("wait for readers", waited, readers_seconds)
        state = context.checkpoint.write(state)
        time.sleep(1)  # noqa: TID251  an operator's command, not a worker
    for index in old:
        context.client.options(ignore_status=404).indices.delete(index=index)
    delete_templates(context.client, context.prefix, state.source)


def _readers(context: MigrationContext, old: list[str]) -> int:
    answer = context.client.indices.stats(index=old, metric="search")
    return int(answer["_all"]["total"]["search"]["open_contexts"])
