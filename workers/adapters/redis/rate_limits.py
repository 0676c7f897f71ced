"""How often each caller may ask, counted in Redis for all processes together."""

import time
from math import ceil

from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from workers.adapters.redis.connection import RedisClient


class RateLimits:
    """Sliding windows of a minute under `{prefix}:limits`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        pool = redis.connection_pool
        storage = RedisStorage("redis://", connection_pool=pool, key_prefix=f"{prefix}:limits")
        self._limiter = SlidingWindowCounterRateLimiter(storage)

    def hit(self, what: str, caller: str, per_minute: int) -> int:
        """Count a request.

        Returns:
            0 if it is within the limit, else the seconds to wait.
        """
        limit = RateLimitItemPerMinute(per_minute)
        if self._limiter.hit(limit, what, caller):
            return 0
        return max(
            1, ceil(self._limiter.get_window_stats(limit, what, caller).reset_time - time.time())
        )
