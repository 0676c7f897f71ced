"""What a migration remembers in Elasticsearch, so that a killed one goes on where it stopped."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from elasticsearch import ConflictError, Elasticsearch
from msgspec import Struct

from schemas.index import naming
from workers import clock
from workers.adapters.elasticsearch.templates import make

ONE = "migration"
CLAIM_MILLISECONDS = 30_000


class MigrationTakenError(RuntimeError):
    """Another process carries this migration on."""


class MigrationState(Struct, frozen=True):
    """Generations it goes from and to; who carries it on, and when they last said so; up to which
    write each shard is copied ("index/shard" → number)."""

    source: int
    target: int
    holder: str
    beat: int
    positions: dict[str, int] = {}


def is_under_way(client: Elasticsearch, prefix: str) -> bool:
    """Return whether a migration has begun that has not ended."""
    quiet = client.options(ignore_status=404)
    return bool(quiet.get(index=naming.migration(prefix), id=ONE, source=False).body.get("found"))


class Checkpoint:
    """One document; two migrations that write it in turn notice each other."""

    def __init__(
        self, client: Elasticsearch, prefix: str, holder: str, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._index = naming.migration(prefix)
        self._holder = holder
        self._now = now
        self._seen: dict[str, int] = {}

    def read(self) -> MigrationState | None:
        """Return the state of the migration, or None if none is running."""
        quiet = self._client.options(ignore_status=404)
        found = quiet.get(index=self._index, id=ONE).body
        if not found.get("found"):
            self._seen = {}
            return None
        self._seen = {"if_seq_no": found["_seq_no"], "if_primary_term": found["_primary_term"]}
        return msgspec.convert(found["_source"], MigrationState)

    def claim(self, source: int, *, is_gone: Callable[[str], bool]) -> MigrationState:
        """Begin a migration from generation `source`, or take over one whose holder `is_gone` or
        has long been silent.

        Returns:
            its state.

        Raises:
            MigrationTakenError: another process holds it.
        """
        make(self._client, self._index, mappings={"dynamic": False})
        found = self.read()
        if found is None:
            return self.write(MigrationState(source, source + 1, self._holder, 0))
        is_silent = self._milliseconds() - found.beat > CLAIM_MILLISECONDS
        if not (is_silent or is_gone(found.holder)):
            raise MigrationTakenError(f"{found.holder} is migrating the index at this moment")
        return self.write(found)

    def write(self, state: MigrationState) -> MigrationState:
        """Write `state` with the time.

        Returns:
            the state as written.

        Raises:
            MigrationTakenError: another process has written since.
        """
        beating = msgspec.structs.replace(state, holder=self._holder, beat=self._milliseconds())
        new: dict[str, Any] = self._seen or {"op_type": "create"}
        source = msgspec.to_builtins(beating)
        try:
            done = self._client.index(index=self._index, id=ONE, document=source, **new)
        except ConflictError as error:
            raise MigrationTakenError("another process has taken this migration over") from error
        self._seen = {"if_seq_no": done["_seq_no"], "if_primary_term": done["_primary_term"]}
        return beating

    def end(self) -> None:
        """The migration is over."""
        self._client.options(ignore_status=404).delete(index=self._index, id=ONE)
        self._seen = {}

    def _milliseconds(self) -> int:
        return clock.to_milliseconds(self._now())
