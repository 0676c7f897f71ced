"""A new generation of the index beside the live one, filled, swapped in, verified; the old one
deleted. Killed anywhere and started again, it goes on."""

import time
from collections.abc import Callable
from datetime import datetime

from elasticsearch import Elasticsearch
from msgspec import Struct
from msgspec.structs import replace

from schemas.index import mapping, naming
from workers.adapters.migration import fence, verification
from workers.adapters.migration.copying import (
    Course,
    End,
    MigrationError,
    Shard,
    copy,
    ends,
    indices_of,
)
from workers.adapters.migration.state import Notebook, State
from workers.adapters.search_capabilities import Capabilities, probe
from workers.adapters.search_layout import Layout, layout
from workers.adapters.search_templates import make, put_templates, take_down_templates

# What is left when the fence goes up; it takes about a second to copy.
FEW = 1_000
MOST_ROUNDS = 20
READERS_SECONDS = 180
LEAST_SECONDS = 3

Report = Callable[[str, int, int], None]


class Outcome(Struct, frozen=True):
    """What a migration did: articles now in the new generation, those that verification had to
    copy again, and how often the fence was put up."""

    generation: int
    articles: int
    repaired: int
    fences: int


class Migration:
    """`report(stage, done, total)` hears how far it is."""

    def __init__(  # noqa: PLR0913  a migration's surroundings
        self,
        client: Elasticsearch,
        prefix: str,
        holder: str,
        now: Callable[[], datetime],
        *,
        batch: int = 500,
        readers_seconds: int = READERS_SECONDS,
        report: Report = lambda *_: None,
    ) -> None:
        self._client = client
        self._prefix = prefix
        self._now = now
        self._batch = batch
        self._readers_seconds = readers_seconds
        self._report = report
        self._notebook = Notebook(client, prefix, holder, now)
        self._fences = 0

    def run(self, *, is_gone: Callable[[str], bool]) -> Outcome:
        """All of it, or the rest of one that was killed. Raises MigrationTakenError,
        MigrationError; the live index is untouched by either."""
        has = probe(self._client)
        live = layout(self._client, self._prefix).generation(self._prefix)
        state = self._notebook.claim(live, is_gone=is_gone)
        course = self._course(has, state)
        if live != state.target:
            state = self._fill_and_swap(course, has, state)
        self._settle(has)
        repaired = self._verify(course, state)
        self._delete(state)
        self._notebook.end()
        articles = self._client.count(index=naming.articles(self._prefix))["count"]
        return Outcome(state.target, articles, repaired, self._fences)

    def abort(self, *, is_gone: Callable[[str], bool]) -> int:
        """Gives up a migration that has not swapped yet, and all that it has built; the number of
        indices. Raises MigrationTakenError, MigrationError."""
        live = layout(self._client, self._prefix).generation(self._prefix)
        state = self._notebook.claim(live, is_gone=is_gone)
        if live == state.target:
            raise MigrationError("it has swapped already: `presswire index migrate` finishes it")
        fence.lift(self._client, self._prefix)
        built = indices_of(self._client, self._prefix, state.target)
        for index in built:
            self._client.options(ignore_status=404).indices.delete(index=index)
        take_down_templates(self._client, self._prefix, state.target)
        self._notebook.end()
        return len(built)

    def _course(self, has: Capabilities, state: State) -> Course:
        families = mapping.families(has.analyzers)
        return Course(self._client, self._prefix, state.target, families, self._batch)

    def _fill_and_swap(self, course: Course, has: Capabilities, state: State) -> State:
        fence.lift(self._client, self._prefix)
        for _ in range(MOST_ROUNDS):
            put_templates(self._client, self._prefix, has, state.target, is_live=False)
            state = self._catch_up(course, state)
            self._refresh(state.target)
            state, is_swapped = self._try_to_swap(course, has, state)
            if is_swapped:
                return state
        raise MigrationError(f"the aliases moved in each of {MOST_ROUNDS} attempts to swap them")

    def _catch_up(self, course: Course, state: State) -> State:
        """Passes over what has been written since the last, until little is left."""
        for _ in range(MOST_ROUNDS):
            old = layout(self._client, self._prefix).read
            left = sum(
                max(0, end.safe - _position(state, shard))
                for shard, end in ends(self._client, old).items()
            )
            if left <= FEW:
                break
            state = self._copy(course, state, old, "copy")
        return state

    def _copy(self, course: Course, state: State, old: frozenset[str], stage: str) -> State:
        there = ends(self._client, old)
        total = sum(end.safe + 1 for end in there.values())
        done = sum(_position(state, shard) + 1 for shard in there)
        self._report(stage, done, total)
        for shard, end in sorted(there.items()):
            before = _position(state, shard)
            if before >= end.safe:
                continue
            for position in copy(course, shard, before, end.safe):
                state = self._note(state, shard, position)
                done += position - before
                before = position
                self._report(stage, done, total)
        return state

    def _note(self, state: State, shard: Shard, position: int) -> State:
        return self._notebook.write(
            replace(state, positions={**state.positions, shard.name: position})
        )

    def _try_to_swap(self, course: Course, has: Capabilities, state: State) -> tuple[State, bool]:
        old = layout(self._client, self._prefix)
        if old.generation(self._prefix) == state.target:
            return state, True
        until = int(self._now().timestamp() * 1000)
        alias = fence.put_up(self._client, self._prefix, old.read, until)
        self._fences += 1
        try:
            state = self._copy(course, state, old.read, "last copies")
            is_all = self._is_all_copied(state, old.read)
            is_swapped = is_all and self._swap(course, has, alias, old)
        except BaseException:
            fence.lift(self._client, self._prefix)
            raise
        if not is_swapped:
            fence.lift(self._client, self._prefix)
        return state, is_swapped

    def _is_all_copied(self, state: State, old: frozenset[str]) -> bool:
        there: dict[Shard, End] = ends(self._client, old)
        is_fenced = len(fence.blocked(self._client, self._prefix)) == len(old)
        return is_fenced and all(
            _position(state, shard) >= end.last for shard, end in there.items()
        )

    def _swap(self, course: Course, has: Capabilities, alias: str, old: Layout) -> bool:
        new = self._new_layout(course)
        settings = {"index": {"refresh_interval": mapping.REFRESH}}
        self._client.indices.put_settings(
            index=naming.generation_pattern(self._prefix, course.target), settings=settings
        )
        self._refresh(course.target)
        put_templates(self._client, self._prefix, has, course.target)
        return fence.swap(self._client, alias, self._prefix, old, new)

    def _refresh(self, generation: int) -> None:
        self._client.indices.refresh(index=naming.generation_pattern(self._prefix, generation))

    def _settle(self, has: Capabilities) -> None:
        """The indices that are written from now on get what a bootstrap would have given them."""
        for family, index in layout(self._client, self._prefix).homes.items():
            life = mapping.live_settings(self._prefix, family, has_ilm=has.has_ilm)
            self._client.indices.put_settings(index=index, settings={"index": life})

    def _new_layout(self, course: Course) -> Layout:
        """The filled indices; each family's latest takes what is new, an empty one if it has
        none."""
        homes: dict[str, str] = {}
        for index in indices_of(self._client, self._prefix, course.target):
            part = naming.part_of(self._prefix, index)
            if part is not None:
                homes[part.family] = index
        for family in set(course.families) - set(homes):
            homes[family] = naming.index(self._prefix, family, course.target)
            make(self._client, homes[family])
        read = indices_of(self._client, self._prefix, course.target)
        return Layout(frozenset(read), homes)

    def _verify(self, course: Course, state: State) -> int:
        """Compares everything, after the swap: no search waits for it. What a writer may still
        have brought into the old generation is copied first."""
        old = indices_of(self._client, self._prefix, state.source)
        fence.block(self._client, old)
        state = self._copy(course, state, frozenset(old), "stragglers")
        there = ends(self._client, old)
        total = sum(end.safe + 1 for end in there.values())
        compared = copied = 0
        for shard, end in sorted(there.items()):
            for some, behind in verification.repaired(course, shard, end.safe):
                compared, copied = compared + some, copied + behind
                state = self._notebook.write(state)
                self._report("verify", compared, max(total, compared))
        return copied

    def _delete(self, state: State) -> None:
        """Deletes the old generation once nobody reads it: a search that began before the swap,
        pages of another, or an export, may hold on to it for a while."""
        old = indices_of(self._client, self._prefix, state.source)
        for waited in range(self._readers_seconds):
            if not old or (waited >= LEAST_SECONDS and not self._readers(old)):
                break
            self._report("wait for readers", waited, self._readers_seconds)
            state = self._notebook.write(state)
            time.sleep(1)  # noqa: TID251  an operator's command, not a worker
        for index in old:
            self._client.options(ignore_status=404).indices.delete(index=index)
        take_down_templates(self._client, self._prefix, state.source)

    def _readers(self, old: list[str]) -> int:
        answer = self._client.indices.stats(index=old, metric="search")
        return int(answer["_all"]["total"]["search"]["open_contexts"])


def _position(state: State, shard: Shard) -> int:
    return state.positions.get(shard.name, -1)
