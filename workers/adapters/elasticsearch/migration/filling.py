"""The new generation, filled while the live one is written, and swapped in."""

from collections.abc import Callable
from datetime import datetime

from schemas.index import mapping, naming
from workers.adapters.elasticsearch.capabilities import Capabilities
from workers.adapters.elasticsearch.indices import Layout, layout
from workers.adapters.elasticsearch.migration import write_block
from workers.adapters.elasticsearch.migration.context import Journey, position
from workers.adapters.elasticsearch.migration.copy_job import MigrationError
from workers.adapters.elasticsearch.migration.shards import ends, indices_of
from workers.adapters.elasticsearch.migration.state import State
from workers.adapters.elasticsearch.templates import make, put_templates

# What is left when the fence goes up; it takes about a second to copy.
FEW = 1_000
MOST_ROUNDS = 20


def fill_and_swap(
    journey: Journey, has: Capabilities, state: State, now: Callable[[], datetime]
) -> tuple[State, int]:
    """Returns when the new generation is live; also, how often the fence was put up."""
    client, prefix = journey.client, journey.prefix
    write_block.lift(client, prefix)
    for fences in range(1, MOST_ROUNDS + 1):
        put_templates(client, prefix, has, state.target, is_live=False)
        state = _catch_up(journey, state)
        state, is_swapped = _try_to_swap(journey, has, state, int(now().timestamp() * 1000))
        if is_swapped:
            return state, fences
    raise MigrationError(f"the aliases moved in each of {MOST_ROUNDS} attempts to swap them")


def _catch_up(journey: Journey, state: State) -> State:
    """Passes over what has been written since the last, until little is left."""
    for _ in range(MOST_ROUNDS):
        old = layout(journey.client, journey.prefix).read
        there = ends(journey.client, old).items()
        left = sum(max(0, end.safe - position(state, shard)) for shard, end in there)
        if left <= FEW:
            break
        state = journey.copy(state, old, "copy")
    if indices_of(journey.client, journey.prefix, state.target):
        journey.refresh()
    return state


def _try_to_swap(journey: Journey, has: Capabilities, state: State, now: int) -> tuple[State, bool]:
    client, prefix = journey.client, journey.prefix
    old = layout(client, prefix)
    if old.generation(prefix) == state.target:
        return state, True
    alias = write_block.put_up(client, prefix, old.read, now)
    try:
        state = journey.copy(state, old.read, "last copies")
        is_swapped = _is_all_copied(journey, state, old) and _swap(journey, has, alias, old)
    except BaseException:
        write_block.lift(client, prefix)
        raise
    if not is_swapped:
        write_block.lift(client, prefix)
    return state, is_swapped


def _is_all_copied(journey: Journey, state: State, old: Layout) -> bool:
    there = ends(journey.client, old.read).items()
    is_fenced = old.read <= set(write_block.blocked(journey.client, journey.prefix))
    return is_fenced and all(position(state, shard) >= end.last for shard, end in there)


def _swap(journey: Journey, has: Capabilities, alias: str, old: Layout) -> bool:
    client, prefix, target = journey.client, journey.prefix, journey.course.target
    new = _new_layout(journey)
    settings = {"index": {"refresh_interval": mapping.REFRESH}}
    client.indices.put_settings(index=naming.generation_pattern(prefix, target), settings=settings)
    journey.refresh()
    put_templates(client, prefix, has, target)
    return write_block.swap(client, alias, prefix, old, new)


def _new_layout(journey: Journey) -> Layout:
    """The filled indices; each family's latest takes what is new, an empty one if it has none."""
    client, prefix, course = journey.client, journey.prefix, journey.course
    homes: dict[str, str] = {}
    for index in indices_of(client, prefix, course.target):
        part = naming.part_of(prefix, index)
        if part is not None:
            homes[part.family] = index
    for family in set(course.families) - set(homes):
        homes[family] = naming.index(prefix, family, course.target)
        make(client, homes[family])
    return Layout(frozenset(indices_of(client, prefix, course.target)), homes)
