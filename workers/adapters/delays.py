"""Work that has to wait: events in Redis by due time, never in a worker's memory."""

from datetime import datetime

from workers.adapters.redis_connection import RedisClient


class Delays:
    """A sorted set of encoded events. One that is due stays until `sent` takes it out, so that a
    death in between sends it twice and never loses it."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:delayed"

    def put(self, event: bytes, due: datetime) -> None:
        """Keeps `event` until `due`."""
        self._redis.zadd(self._key, {event: due.timestamp()})

    def due(self, now: datetime, limit: int = 200) -> list[bytes]:
        """Events whose moment has come, longest waiting first."""
        return list(self._redis.zrangebyscore(self._key, 0, now.timestamp(), 0, limit))

    def sent(self, event: bytes) -> None:
        """`event` is on its way."""
        self._redis.zrem(self._key, event)

    def __len__(self) -> int:
        return int(self._redis.zcard(self._key))
