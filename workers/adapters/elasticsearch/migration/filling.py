"""The new generation, filled while the live one is written, and swapped in."""

from collections.abc import Callable
from datetime import datetime

from schemas.index import mapping, naming
from workers import clock
from workers.adapters.elasticsearch.capabilities import Capabilities
from workers.adapters.elasticsearch.indices import IndexSet, read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.context import MigrationContext, position
from workers.adapters.elasticsearch.migration.copy_job import MigrationError
from workers.adapters.elasticsearch.migration.shards import ends, indices_of
from workers.adapters.elasticsearch.migration.state import MigrationState
from workers.adapters.elasticsearch.templates import make, put_templates

# As many articles may be left when writes are blocked: copying them takes about a second.
MAX_LEFT_FOR_BLOCK = 1_000
MAX_ROUNDS = 20


def fill_and_swap(
    context: MigrationContext, has: Capabilities, state: MigrationState, now: Callable[[], datetime]
) -> tuple[MigrationState, int]:
    """Copy until little is left, block writes, and swap.

    Returns:
        the state once the new generation is live, and how often writes were blocked.

    Raises:
        MigrationError: the swap did not succeed in any round.
    """
    client, prefix = context.client, context.prefix
    write_block.remove_write_block(client, prefix)
    for write_blocks in range(1, MAX_ROUNDS + 1):
        put_templates(client, prefix, has, state.target, is_live=False)
        state = _catch_up(context, state)
        state, is_swapped = _try_to_swap(context, has, state, clock.to_milliseconds(now()))
        if is_swapped:
            return state, write_blocks
    raise MigrationError(f"the aliases moved in each of {MAX_ROUNDS} attempts to swap them")


def _catch_up(context: MigrationContext, state: MigrationState) -> MigrationState:
    """Copy again and again what has been written meanwhile, until little is left.

    Returns:
        the state.
    """
    for _ in range(MAX_ROUNDS):
        old = read_index_set(context.client, context.prefix).read
        there = ends(context.client, old).items()
        left = sum(max(0, end.safe - position(state, shard)) for shard, end in there)
        if left <= MAX_LEFT_FOR_BLOCK:
            break
        state = context.copy(state, old, "copy")
    if indices_of(context.client, context.prefix, state.target):
        context.refresh()
    return state


def _try_to_swap(
    context: MigrationContext, has: Capabilities, state: MigrationState, now: int
) -> tuple[MigrationState, bool]:
    client, prefix = context.client, context.prefix
    old = read_index_set(client, prefix)
    if old.generation(prefix) == state.target:
        return state, True
    alias = write_block.set_write_block(client, prefix, old.read, now)
    try:
        state = context.copy(state, old.read, "last copies")
        is_swapped = _is_all_copied(context, state, old) and _swap(context, has, alias, old)
    except BaseException:
        write_block.remove_write_block(client, prefix)
        raise
    if not is_swapped:
        write_block.remove_write_block(client, prefix)
    return state, is_swapped


def _is_all_copied(context: MigrationContext, state: MigrationState, old: IndexSet) -> bool:
    there = ends(context.client, old.read).items()
    is_blocked = old.read <= set(write_block.blocked(context.client, context.prefix))
    return is_blocked and all(position(state, shard) >= end.last for shard, end in there)


def _swap(context: MigrationContext, has: Capabilities, alias: str, old: IndexSet) -> bool:
    client, prefix, target = context.client, context.prefix, context.copy_job.target
    new = _new_layout(context)
    settings = {"index": {"refresh_interval": mapping.REFRESH}}
    client.indices.put_settings(index=naming.generation_pattern(prefix, target), settings=settings)
    context.refresh()
    put_templates(client, prefix, has, target)
    return write_block.swap(client, alias, prefix, old, new)


def _new_layout(context: MigrationContext) -> IndexSet:
    """Return the copied indices; each group's latest takes new articles, an empty one if it has
    none."""
    client, prefix, job = context.client, context.prefix, context.copy_job
    write_indices: dict[str, str] = {}
    for index in indices_of(client, prefix, job.target):
        part = naming.parse_index_name(prefix, index)
        if part is not None:
            write_indices[part.group] = index
    for group in set(job.groups) - set(write_indices):
        write_indices[group] = naming.index(prefix, group, job.target)
        make(client, write_indices[group])
    return IndexSet(frozenset(indices_of(client, prefix, job.target)), write_indices)
