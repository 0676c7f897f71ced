"""Quarantine: what failed for good, with all that is needed to understand it and to try again.
Rejected pages are kept in the same way, the newest of them."""

import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import msgspec
from msgspec import Struct

from workers.adapters.redis.connection import RedisClient

BEGINNING = datetime.min.replace(tzinfo=UTC)
END = datetime.max.replace(tzinfo=UTC)


# KEYS entry, order, kinds; ARGV id, the moment it was put there or ''.
_DROP = """
local at = redis.call('ZSCORE', KEYS[2], ARGV[1])
if ARGV[2] ~= '' and tonumber(at or '0') ~= tonumber(ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
return redis.call('DEL', KEYS[1])
"""
# KEYS order, kinds; ARGV ids.
_DROP_ALL = """
local dropped = 0
for _, id in ipairs(ARGV) do
  if redis.call('ZREM', KEYS[1], id) == 1 then
    redis.call('HDEL', KEYS[2], id)
    dropped = dropped + redis.call('DEL', KEYS[1] .. ':' .. id)
  end
end
return dropped
"""


class QuarantineEntry(Struct, frozen=True, omit_defaults=True):
    """One failure. `event` is the message as it came (JSON), `archive_key` names the raw page."""

    id: str
    step: str
    reason: str
    detail: str
    at: datetime
    event: bytes
    url: str = ""
    outlet: str = ""
    attempts: int = 0
    archive_key: str = ""
    host: str = ""
    traceback: str = ""


def entry_id(page_id: str, stage: str) -> str:
    """Return the id of the entry for the last failure of a page in a stage."""
    return f"{page_id}.{stage}"


class Quarantine:
    """Entries under `{prefix}:quarantine:{id}`, ordered by time in `{prefix}:quarantine`."""

    def __init__(
        self, redis: RedisClient, prefix: str, name: str = "quarantine", bound: int | None = None
    ) -> None:
        """With another `name` it is a store beside the quarantine; over its `bound` the oldest
        entries are dropped."""
        self._redis = redis
        self._bound = bound
        self._order = f"{prefix}:{name}"
        self._noted = f"{prefix}:{name}-noted"
        self._kinds = f"{prefix}:{name}_kinds"
        self._drop = redis.register_script(_DROP)
        self._drop_all = redis.register_script(_DROP_ALL)

    def put(self, entry: QuarantineEntry) -> None:
        """Stores `entry`, over an earlier one with its id."""
        packed = zlib.compress(msgspec.json.encode(entry))
        with self._redis.pipeline(transaction=True) as both:
            both.set(self._key(entry.id), packed)
            both.zadd(self._order, {entry.id: entry.at.timestamp()})
            both.hset(self._kinds, entry.id, f"{entry.step} {entry.reason}")
            both.zcard(self._order)
            number = int(both.execute()[-1])
        if self._bound is not None and number > self._bound:
            for old in self._redis.zrange(self._order, 0, number - self._bound - 1):
                self.drop(old.decode())

    def get(self, entry_id: str) -> QuarantineEntry | None:
        """Return the entry with this id, or None."""
        packed = self._redis.get(self._key(entry_id))
        return (
            msgspec.json.decode(zlib.decompress(packed), type=QuarantineEntry) if packed else None
        )

    def ids_beginning(self, prefix: str, limit: int = 5) -> list[str]:
        """Return the ids that begin with `prefix`, `limit` of them at most; only itself for a whole
        id, though another may begin with it."""
        if self._redis.exists(self._key(prefix)):
            return [prefix]
        ids = (name.decode() for name in self._redis.zrange(self._order, 0, -1))
        return list(islice((each for each in ids if each.startswith(prefix)), limit))

    def drop(self, entry_id: str) -> bool:
        """Remove an entry.

        Returns:
            False if there was none.
        """
        return bool(self._drop(keys=self._keys(entry_id), args=[entry_id, ""]))

    def drop_entry(self, entry: QuarantineEntry) -> bool:
        """Remove `entry`, unless the same event has failed again since.

        Returns:
            whether it was removed.
        """
        at = entry.at.timestamp()
        return bool(self._drop(keys=self._keys(entry.id), args=[entry.id, repr(at)]))

    def drop_pages(self, page_ids: Sequence[str], stages: Sequence[str]) -> int:
        """Remove the entries of pages, in whichever of the `stages` they failed.

        Returns:
            their number.
        """
        if not page_ids:
            return 0
        ids = [entry_id(page_id, stage) for page_id in page_ids for stage in stages]
        return int(self._drop_all(keys=[self._order, self._kinds], args=ids))

    def counts(self) -> Counter[tuple[str, str]]:
        """Return the number of entries by step and reason."""
        return Counter(
            (step, reason)
            for kind in self._redis.hvals(self._kinds)
            for step, _, reason in [kind.decode().partition(" ")]
        )

    def entries(
        self,
        *,
        step: str = "",
        reason: str = "",
        outlet: str = "",
        since: datetime = BEGINNING,
        until: datetime = END,
    ) -> Iterator[QuarantineEntry]:
        """Yield entries of that step, reason, outlet and time, oldest first."""
        for entry_id in self._redis.zrange(self._order, 0, -1):
            entry = self.get(entry_id.decode())
            if entry is None or not since <= entry.at <= until:
                continue
            wanted = (step or entry.step, reason or entry.reason, outlet or entry.outlet)
            if wanted == (entry.step, entry.reason, entry.outlet):
                yield entry

    def newest(self, limit: int) -> list[QuarantineEntry]:
        """Return the newest entries, newest first."""
        rows = self._redis.zrevrange(self._order, 0, limit - 1)
        found = [self.get(entry_id.decode()) for entry_id in rows]
        return [entry for entry in found if entry is not None]

    def unexported(self, most: int) -> list[QuarantineEntry]:
        """Return entries that came at the time of the last `mark_exported` or later, oldest
        first."""
        noted = self._redis.get(self._noted) or b"-inf"
        rows = self._redis.zrangebyscore(self._order, noted, "+inf", 0, most)
        found = [self.get(entry_id.decode()) for entry_id in rows]
        return [entry for entry in found if entry is not None]

    def mark_exported(self, moment: datetime) -> None:
        """All that came before `moment` has been noted elsewhere."""
        self._redis.set(self._noted, repr(moment.timestamp()))

    def __len__(self) -> int:
        return int(self._redis.zcard(self._order))

    def _keys(self, entry_id: str) -> list[str]:
        return [self._key(entry_id), self._order, self._kinds]

    def _key(self, entry_id: str) -> str:
        return f"{self._order}:{entry_id}"
