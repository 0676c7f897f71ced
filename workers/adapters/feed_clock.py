"""When each feed is due, in Redis: claimed atomically, so that two beats never double a tick."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from schemas.events import FeedDue
from workers.adapters.redis_connection import RedisClient

CLAIM_SECONDS = 600.0  # a look that was lost with its worker is due again after so long

# KEYS due, feeds; ARGV now, until, limit
_CLAIM = """
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local feed = redis.call('HGET', KEYS[2], id)
  if feed then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    found[#found + 1] = feed
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return found
"""


class FeedClock:
    """Feeds by their next moment, and a small state for each that its caller understands."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._due = f"{prefix}:feeds:due"
        self._feeds = f"{prefix}:feeds:known"
        self._states = f"{prefix}:feeds:states"
        self._hints = f"{prefix}:feeds:hints"
        self._claim = redis.register_script(_CLAIM)

    def keep(self, feeds: Iterable[FeedDue], now: datetime) -> int:
        """Makes `feeds` the ones that are looked at; new ones are due at once, the others keep
        their moment. The number of feeds."""
        wanted = {feed.page_id: msgspec.json.encode(feed) for feed in feeds}
        gone = [name for name in self._redis.hkeys(self._feeds) if name.decode() not in wanted]
        with self._redis.pipeline(transaction=True) as changes:
            for name in gone:
                changes.hdel(self._feeds, name)
                changes.hdel(self._states, name)
                changes.hdel(self._hints, name)
                changes.zrem(self._due, name)
            if wanted:
                changes.hset(self._feeds, mapping=wanted)
                changes.zadd(self._due, dict.fromkeys(wanted, now.timestamp()), nx=True)
            changes.execute()
        return len(wanted)

    def due(self, now: datetime, limit: int = 500) -> list[FeedDue]:
        """Feeds whose moment has come, longest waiting first; each goes to one caller only."""
        until = now.timestamp() + CLAIM_SECONDS
        raw = self._claim(keys=[self._due, self._feeds], args=[now.timestamp(), until, limit])
        return [msgspec.json.decode(feed, type=FeedDue) for feed in raw]

    def all_looked_at(self) -> bool:
        """Whether each feed has been looked at."""
        return int(self._redis.hlen(self._states)) >= int(self._redis.hlen(self._feeds))

    def note(self, due: FeedDue, hints: msgspec.Struct) -> None:
        """Keeps what a feed said about when to look again."""
        self._redis.hset(self._hints, due.page_id, msgspec.json.encode(hints))

    def hints(self, page_id: str) -> bytes | None:
        """What the feed said last, as JSON."""
        raw: bytes | None = self._redis.hget(self._hints, page_id)
        return raw

    def state(self, page_id: str) -> bytes | None:
        """The state that was kept with the last look."""
        state: bytes | None = self._redis.hget(self._states, page_id)
        return state

    def looked(self, page_id: str, state: bytes, again: datetime) -> None:
        """The look at a feed is over; the next is due at `again`."""
        with self._redis.pipeline(transaction=True) as changes:
            changes.hset(self._states, page_id, state)
            changes.zadd(self._due, {page_id: again.timestamp()}, xx=True)
            changes.execute()
