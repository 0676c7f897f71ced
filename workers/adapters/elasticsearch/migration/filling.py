"""The new generation, filled while the live one is written, and swapped in."""

from collections.abc import Callable
from datetime import datetime

from schemas.index import mapping, naming
from workers.adapters.elasticsearch.capabilities import Capabilities
from workers.adapters.elasticsearch.indices import IndexSet, read_index_set
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.context import MigrationContext, position
from workers.adapters.elasticsearch.migration.copy_job import MigrationError
from workers.adapters.elasticsearch.migration.shards import ends, indices_of
from workers.adapters.elasticsearch.migration.state import MigrationState
from workers.adapters.elasticsearch.templates import make, put_templates

# What is left when the fence goes up; it takes about a second to copy.
FEW = 1_000
MAX_ROUNDS = 20


def fill_and_swap(
    journey: MigrationContext, has: Capabilities, state: MigrationState, now: Callable[[], datetime]
) -> tuple[MigrationState, int]:
    """Copy until little is left, block writes, and swap.

    Returns:
        the state once the new generation is live, and how often writes were blocked.

    Raises:
        MigrationError: the swap did not succeed in any round.
    """
    client, prefix = journey.client, journey.prefix
    write_block.remove_write_block(client, prefix)
    for fences in range(1, MAX_ROUNDS + 1):
        put_templates(client, prefix, has, state.target, is_live=False)
        state = _catch_up(journey, state)
        state, is_swapped = _try_to_swap(journey, has, state, int(now().timestamp() * 1000))
        if is_swapped:
            return state, fences
    raise MigrationError(f"the aliases moved in each of {MAX_ROUNDS} attempts to swap them")


def _catch_up(journey: MigrationContext, state: MigrationState) -> MigrationState:
    """Copy again and again what has been written meanwhile, until little is left.

    Returns:
        the state.
    """
    for _ in range(MAX_ROUNDS):
        old = read_index_set(journey.client, journey.prefix).read
        there = ends(journey.client, old).items()
        left = sum(max(0, end.safe - position(state, shard)) for shard, end in there)
        if left <= FEW:
            break
        state = journey.copy(state, old, "copy")
    if indices_of(journey.client, journey.prefix, state.target):
        journey.refresh()
    return state


def _try_to_swap(
    journey: MigrationContext, has: Capabilities, state: MigrationState, now: int
) -> tuple[MigrationState, bool]:
    client, prefix = journey.client, journey.prefix
    old = read_index_set(client, prefix)
    if old.generation(prefix) == state.target:
        return state, True
    alias = write_block.set_write_block(client, prefix, old.read, now)
    try:
        state = journey.copy(state, old.read, "last copies")
        is_swapped = _is_all_copied(journey, state, old) and _swap(journey, has, alias, old)
    except BaseException:
        write_block.remove_write_block(client, prefix)
        raise
    if not is_swapped:
        write_block.remove_write_block(client, prefix)
    return state, is_swapped


def _is_all_copied(journey: MigrationContext, state: MigrationState, old: IndexSet) -> bool:
    there = ends(journey.client, old.read).items()
    is_fenced = old.read <= set(write_block.blocked(journey.client, journey.prefix))
    return is_fenced and all(position(state, shard) >= end.last for shard, end in there)


def _swap(journey: MigrationContext, has: Capabilities, alias: str, old: IndexSet) -> bool:
    client, prefix, target = journey.client, journey.prefix, journey.copy_job.target
    new = _new_layout(journey)
    settings = {"index": {"refresh_interval": mapping.REFRESH}}
    client.indices.put_settings(index=naming.generation_pattern(prefix, target), settings=settings)
    journey.refresh()
    put_templates(client, prefix, has, target)
    return write_block.swap(client, alias, prefix, old, new)


def _new_layout(journey: MigrationContext) -> IndexSet:
    """Return the copied indices; each group's latest takes new articles, an empty one if it has
    none."""
    client, prefix, course = journey.client, journey.prefix, journey.copy_job
    homes: dict[str, str] = {}
    for index in indices_of(client, prefix, course.target):
        part = naming.parse_index_name(prefix, index)
        if part is not None:
            homes[part.family] = index
    for family in set(course.families) - set(homes):
        homes[family] = naming.index(prefix, family, course.target)
        make(client, homes[family])
    return IndexSet(frozenset(indices_of(client, prefix, course.target)), homes)
