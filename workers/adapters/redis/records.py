"""What stores of numbered articles have in common, beside `records.lua` and `tables.lua`."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from hashlib import blake2b
from pathlib import Path
from typing import Any, Self

from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lua import ScriptRun, load_script
from workers.adapters.redis.memory_mark import LOST, WAIT_SECONDS
from workers.exceptions import TryAgain

_MANY = 1_000


def print_of(document_id: bytes) -> bytes:
    """Return the print (5 bytes) under which an article's own id is found."""
    return blake2b(document_id, digest_size=5).digest()


class RecordStore:
    """Numbered articles under one key. Every verb is one Lua run, so that any number of workers see
    one order of things; `lockstep` runs them."""

    def __init__(
        self,
        redis: RedisClient,
        key: str,
        scripts: Path,
        libraries: Mapping[str, Sequence[str]],
    ) -> None:
        """`libraries` are by verb what its script in the folder `scripts` needs beside the head."""
        self._redis = redis
        self._key = key
        self._keys = [key]
        self._scripts = {
            verb: redis.register_script(load_script(scripts, "records", "head", *needed, verb))
            for verb, needed in libraries.items()
        }

    def closed_while(self, key: str) -> Self:
        """Return the same store, but `claim` registers nothing while `key` exists."""
        store = copy(self)
        store._keys = [self._key, key]  # noqa: SLF001  of the same class
        return store

    def confirm(self, moves: Iterable[tuple[str, int]]) -> None:
        """Record that the index will be told which articles were moved because of another one, by
        the document id of that one and the moment of the move. Until then each attempt on that
        article tells it again."""
        with self._redis.pipeline(transaction=False) as changes:
            for document_id, at in moves:
                changes.zremrangebyscore(f"{self._key}:u:{document_id}", at, at)
            changes.execute()

    def forget(self) -> None:
        """Empty the store, before it is rebuilt. Numbers count on, so that a worker in the midst of
        an article finds nothing under its number instead of a stranger."""
        counters = {f"{self._key}:n".encode(), f"{self._key}:s".encode()}
        for each in self._redis.scan_iter(match=f"{self._key}:*", count=_MANY):
            if each not in counters:
                self._redis.unlink(each)

    async def _claim(self, *args: bytes | int | str) -> Sequence[Any]:
        """Return what the verb `claim` answers.

        Raises:
            TryAgain: the store is closed, as it is being made anew.
        """
        answer: Sequence[Any] = await self._run("claim", *args)
        if not answer[0]:
            raise TryAgain(LOST, WAIT_SECONDS, counts_as_attempt=False)
        return answer

    def _run(self, verb: str, *args: bytes | int | str) -> ScriptRun:
        return ScriptRun(self._scripts[verb], self._keys, args)
