"""Signs of life: when each tick last ran."""

from collections.abc import Collection
from datetime import UTC, datetime

from workers import clock
from workers.adapters.redis.connection import RedisClient


class Heartbeats:
    """Moments under `{prefix}:pulse`, by name."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:pulse"

    def beat(self, names: Collection[str], now: datetime) -> None:
        """Those called `names` have just done their work."""
        if names:
            self._redis.hset(self._key, mapping=dict.fromkeys(names, clock.to_milliseconds(now)))

    def last(self) -> dict[str, datetime]:
        """Return the last heartbeat of each name."""
        return {
            name.decode(): datetime.fromtimestamp(int(at) / 1000, UTC)
            for name, at in self._redis.hgetall(self._key).items()
        }
