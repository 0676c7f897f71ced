"""Work that has to wait: events in Redis by due time, never in a worker's memory."""

from datetime import datetime

from workers.adapters.redis.connection import RedisClient

# KEYS delayed; ARGV the event, the moment (s) by which it was due.
_SENT = """
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if due and tonumber(due) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
"""


class DelayedEvents:
    """A sorted set of encoded events. One that is due stays until `sent` takes it out, so that a
    death in between sends it twice and never loses it."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:delayed"
        self._sent = redis.register_script(_SENT)

    def put(self, event: bytes, due: datetime) -> None:
        """Keep `event` until `due`."""
        self._redis.zadd(self._key, {event: due.timestamp()})

    def due(self, now: datetime, limit: int = 200) -> list[bytes]:
        """Return events whose time has come, longest waiting first."""
        return list(self._redis.zrangebyscore(self._key, 0, now.timestamp(), 0, limit))

    def mark_sent(self, event: bytes, now: datetime) -> None:
        """Remove `event`, which was due at `now`, because it was sent. It stays if it has come back
        meanwhile to wait for a later time."""
        self._sent(keys=[self._key], args=[event, now.timestamp()])

    def __len__(self) -> int:
        return int(self._redis.zcard(self._key))
