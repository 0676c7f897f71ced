"""What all parts of a migration share: the server, its notes, and who hears how far it is."""

from collections.abc import Callable, Collection

from elasticsearch import Elasticsearch
from msgspec import Struct
from msgspec.structs import replace

from schemas.index import naming
from workers.adapters.elasticsearch.migration.copy_job import CopyJob, copy
from workers.adapters.elasticsearch.migration.shards import Shard, ends
from workers.adapters.elasticsearch.migration.state import Checkpoint, MigrationState

Report = Callable[[str, int, int], None]


class MigrationContext(Struct, frozen=True):
    """`report(stage, done, total)` hears how far it is."""

    copy_job: CopyJob
    checkpoint: Checkpoint
    report: Report

    @property
    def client(self) -> Elasticsearch:
        """The server."""
        return self.copy_job.client

    @property
    def prefix(self) -> str:
        """First part of all names."""
        return self.copy_job.prefix

    def copy(self, state: MigrationState, indices: Collection[str], stage: str) -> MigrationState:
        """Copy once what has been written since the positions in `state`.

        Returns:
            the state with its new positions.
        """
        there = ends(self.client, indices)
        total = sum(end.safe + 1 for end in there.values())
        done = sum(position(state, shard) + 1 for shard in there)
        self.report(stage, done, total)
        for shard, end in sorted(there.items()):
            before = position(state, shard)
            if before >= end.safe:
                continue
            for now in copy(self.copy_job, shard, before, end.safe):
                state = self._note(state, shard, now)
                done, before = done + now - before, now
                self.report(stage, done, total)
        return state

    def _note(self, state: MigrationState, shard: Shard, now: int) -> MigrationState:
        return self.checkpoint.write(replace(state, positions={**state.positions, shard.name: now}))

    def refresh(self) -> None:
        """Makes what was copied visible."""
        pattern = naming.generation_pattern(self.prefix, self.copy_job.target)
        self.client.indices.refresh(index=pattern)


def position(state: MigrationState, shard: Shard) -> int:
    """Return up to which write a shard is copied."""
    return state.positions.get(shard.name, -1)
