"""What the polls of feeds got before they had to wait for a host: it is not requested again."""

from datetime import timedelta

import msgspec
from msgspec import Struct

from workers.adapters.redis.connection import RedisClient

TTL = timedelta(days=7)  # longer than any host's interval


class FetchedFeed(Struct, frozen=True):
    """A response by its status, and by its archive key if it is in the archive."""

    status: int
    key: str = ""


class PollSessions:
    """The responses of polls that were put off, by the id of the feed."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    def take(self, feed_id: str) -> dict[str, FetchedFeed]:
        """Return what the feed's last poll got before it was put off, by URL. It is deleted here:
        if this poll fails, the next one starts from the beginning."""
        raw = self._redis.getdel(self._key(feed_id))
        return msgspec.json.decode(raw, type=dict[str, FetchedFeed]) if raw else {}

    def save(self, feed_id: str, fetched: dict[str, FetchedFeed]) -> None:
        """Keep what a poll got that is put off now."""
        if fetched:
            self._redis.set(self._key(feed_id), msgspec.json.encode(fetched), ex=TTL)

    def _key(self, feed_id: str) -> str:
        return f"{self._prefix}:looks:{feed_id}"
