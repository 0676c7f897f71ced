"""Whether Redis still has what this installation keeps in it, or began anew with nothing."""

import time
from datetime import datetime

from workers.adapters.redis.connection import RedisClient
from workers.exceptions import TryAgain

LOST = "Redis has lost its memory: nothing is fetched or clustered until `presswire rebuild`"

# a process asks so often at most
ASK_SECONDS = 1.0
WAIT_SECONDS = 30.0


class MemoryMark:
    """`{prefix}:memory` holds since when Redis keeps this installation's state. If it is missing
    although the installation is not new, that state is lost: `{prefix}:lost` holds when that was
    noticed, until `keep`. `{prefix}:rebuilding` stands while `presswire rebuild` is at work, or was
    ended within it. All are timestamps. A process that has seen the first notices by itself
    when it is gone."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._kept = f"{prefix}:memory"
        self._lost = f"{prefix}:lost"
        self._rebuilding = f"{prefix}:rebuilding"
        self._articles = f"{prefix}:dedupe:n"
        self._asked = float("-inf")
        self._is_lost = False
        self._was_kept = False

    @property
    def lost_key(self) -> str:
        """The key that exists while the state is lost, or being made anew."""
        return self._lost

    def is_kept(self) -> bool:
        """Return whether the state is there, as far as this server was ever told."""
        is_kept = bool(self._redis.exists(self._kept))
        self._was_kept = self._was_kept or is_kept
        return is_kept

    @property
    def was_kept(self) -> bool:
        """Whether this process has seen that the state was there."""
        return self._was_kept

    def articles_numbered(self) -> int:
        """Return how many articles the fingerprint store has ever had: as many as the index has
        documents, or more, unless it was lost."""
        return int(self._redis.get(self._articles) or 0)

    def keep(self, now: datetime) -> None:
        """Record that the state is whole from now on."""
        with self._redis.pipeline(transaction=True) as changes:
            changes.set(self._kept, now.timestamp(), nx=True)
            changes.delete(self._lost, self._rebuilding)
            changes.execute()
        self._was_kept = True
        self._asked = float("-inf")

    def begin_rebuild(self, now: datetime) -> None:
        """Record that the state is being made anew: it is whole only when `keep` is called."""
        self._redis.set(self._rebuilding, now.timestamp())
        self.lose(now)

    def is_rebuilding(self) -> bool:
        """Return whether the state is being made anew, or that was ended within."""
        return bool(self._redis.exists(self._rebuilding))

    def lose(self, now: datetime) -> None:
        """Record that the state is lost, or being made anew."""
        self._redis.set(self._lost, now.timestamp(), nx=True)
        self._asked = float("-inf")

    def is_lost(self) -> bool:
        """Return whether the state is lost and not yet made anew; asked once a second."""
        if time.monotonic() - self._asked >= ASK_SECONDS:
            self._is_lost = self._ask()
            self._asked = time.monotonic()
        return self._is_lost

    def _ask(self) -> bool:
        kept, lost = self._redis.mget(self._kept, self._lost)
        if kept is None and lost is None and self._was_kept:
            self._redis.set(self._lost, time.time(), nx=True)
            return True
        self._was_kept = self._was_kept or kept is not None
        return lost is not None

    def check(self) -> None:
        """Check that the state is there.

        Raises:
            TryAgain: it is lost, and not yet made anew.
        """
        if self.is_lost():
            raise TryAgain(LOST, WAIT_SECONDS, counts_as_attempt=False)
