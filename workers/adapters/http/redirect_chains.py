"""Chains of redirects that go on where they had to wait for a turn: no hop is asked twice."""

from collections.abc import Callable
from datetime import timedelta

import msgspec

from schemas.page import StoredPage
from workers.adapters.http.client import Answer, Wish
from workers.adapters.http.redirects import Hop, followed
from workers.adapters.redis.connection import RedisClient
from workers.exceptions import TryAgain

KEPT = timedelta(days=7)  # a page may wait behind many others of a slow host


class Courses:
    """The hops of unfinished chains, by the address where each began."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def followed(self, wish: Wish, ask: Callable[[Wish], Answer]) -> StoredPage:
        """The page where the redirects from `wish` end. Raises TryAgain and GiveUp."""
        key = f"{self._prefix}:courses:{wish.url}"
        raw = self._redis.get(key)
        course = msgspec.json.decode(raw, type=list[Hop]) if raw else []
        left: list[Hop] = []
        try:
            return followed(wish, ask, course)
        except TryAgain as later:
            left = [] if later.counts_as_attempt else course[1:]
            raise
        finally:
            if left:
                self._redis.set(key, msgspec.json.encode(course), ex=KEPT)
            elif raw:
                self._redis.delete(key)
