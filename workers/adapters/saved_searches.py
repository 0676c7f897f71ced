"""Saved searches in Redis, by id, owner and feed token."""

from collections.abc import Iterator

import msgspec

from schemas.saved_search import SavedSearch
from workers.adapters.redis_connection import RedisClient

MOST_OF_ONE_OWNER = 200

# KEYS entries, owner's ids, feeds; ARGV id, JSON, feed token, most. Answers 0 for one too many.
_PUT = """
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 0
   and redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[3], ARGV[3], ARGV[1]) end
return 1
"""


class TooManySearchesError(ValueError):
    """An owner has as many saved searches as one may have."""


class SavedSearches:
    """All in the hash `{prefix}:saved` (id → JSON); an owner's ids in `{prefix}:saved:of:{owner}`,
    feed tokens in `{prefix}:saved:feeds`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._all = f"{prefix}:saved"
        self._feeds = f"{prefix}:saved:feeds"
        self._put = redis.register_script(_PUT)

    def put(self, saved: SavedSearch) -> None:
        """Stores `saved`, over an earlier one with its id. Raises TooManySearchesError."""
        packed = msgspec.json.encode(saved)
        is_stored = self._put(
            keys=[self._all, self._owned(saved.owner), self._feeds],
            args=[saved.id, packed, saved.feed_token, MOST_OF_ONE_OWNER],
        )
        if not is_stored:
            raise TooManySearchesError(f"no more than {MOST_OF_ONE_OWNER} searches can be saved")

    def get(self, saved_id: str) -> SavedSearch | None:
        """The saved search with this id."""
        return _read(self._redis.hget(self._all, saved_id))

    def of_owner(self, owner: str) -> list[SavedSearch]:
        """An owner's saved searches, oldest first."""
        ids = self._redis.smembers(self._owned(owner))
        found = [_read(packed) for packed in self._redis.hmget(self._all, ids)] if ids else []
        return sorted((each for each in found if each), key=lambda each: (each.created, each.id))

    def by_feed_token(self, token: str) -> SavedSearch | None:
        """The saved search whose feed `token` opens."""
        saved_id = self._redis.hget(self._feeds, token) if token else None
        return self.get(saved_id.decode()) if saved_id else None

    def drop(self, saved: SavedSearch) -> bool:
        """Forgets a saved search; False if it was not there."""
        with self._redis.pipeline(transaction=True) as together:
            together.hdel(self._all, saved.id)
            together.srem(self._owned(saved.owner), saved.id)
            together.hdel(self._feeds, saved.feed_token)
            return bool(together.execute()[0])

    def __iter__(self) -> Iterator[SavedSearch]:
        """Every saved search, in no order; those that come or go meanwhile may be missed."""
        for _, packed in self._redis.hscan_iter(self._all):
            if saved := _read(packed):
                yield saved

    def _owned(self, owner: str) -> str:
        return f"{self._all}:of:{owner}"


def _read(packed: bytes | None) -> SavedSearch | None:
    return msgspec.json.decode(packed, type=SavedSearch) if packed else None
