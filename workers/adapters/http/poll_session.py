"""Looks at feeds that had to wait for a turn in between: what they got is not asked again."""

from datetime import timedelta

import msgspec
from msgspec import Struct, field

from schemas.page import StoredPage
from workers.adapters.redis.connection import RedisClient

KEPT = timedelta(days=7)  # longer than any host's interval


class Got(Struct, frozen=True):
    """An answer: its status, and its key where it is in the archive."""

    status: int
    key: str = ""


class Look(Struct):
    """One look: what it got before it was put off, and since; no request of it begins later than
    `until`."""

    name: str = ""
    had: dict[str, Got] = field(default_factory=dict)
    got: dict[str, Got] = field(default_factory=dict)
    pages: list[StoredPage] = field(default_factory=list)
    until: float = 0.0


class Looks:
    """Looks that were put off, by name."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def begin(self, name: str) -> Look:
        """A look that goes on where it was put off, if it was. Should it fail, the next one
        begins anew."""
        raw = self._redis.getdel(self._key(name))
        return Look(name, msgspec.json.decode(raw, type=dict[str, Got]) if raw else {})

    def put_off(self, look: Look) -> None:
        """Keeps what `look` got for its next turn."""
        if got := look.had | look.got:
            self._redis.set(self._key(look.name), msgspec.json.encode(got), ex=KEPT)

    def _key(self, name: str) -> str:
        return f"{self._prefix}:looks:{name}"
