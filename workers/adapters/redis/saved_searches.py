"""Saved searches in Redis, by id, owner and feed token."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec

from schemas.saved_search import SavedSearch
from workers.adapters.redis.connection import RedisClient

MAX_PER_OWNER = 200
# of all owners together: an owner without a token is made by whoever asks
MAX_WITHOUT_TOKEN = 5_000
UNUSED = timedelta(days=30)
READ_AT_ONCE = 1_000

# KEYS entries, owner's ids, feeds, uses; ARGV id, JSON, feed token, most of an owner, when it was
# used ('' with a token), most without. Answers whose number is too large, if one is.
_PUT = """
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 0 then
  if redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then return 'owner' end
  if ARGV[5] ~= '' and redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[6]) then return 'all' end
end
if ARGV[5] ~= '' then redis.call('ZADD', KEYS[4], ARGV[5], ARGV[1]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SADD', KEYS[2], ARGV[1])
if ARGV[3] ~= '' then redis.call('HSET', KEYS[3], ARGV[3], ARGV[1]) end
return ''
"""


def owner_of_token(token_id: str) -> str:
    """Return the owner of the searches that are saved with a token."""
    return f"token-{token_id}"


class TooManySearchesError(ValueError):
    """An owner has as many saved searches as one may have."""


class NoRoomWithoutTokenError(ValueError):
    """All places for searches that are saved without a token are taken."""


class SavedSearches:
    """All in the hash `{prefix}:saved` (id → JSON); an owner's ids in `{prefix}:saved:of:{owner}`,
    feed tokens in `{prefix}:saved:feeds`, those saved without a token by their last use in
    `{prefix}:saved:uses`, whose turn it was in `{prefix}:saved:turn`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._all = f"{prefix}:saved"
        self._feeds = f"{prefix}:saved:feeds"
        self._uses = f"{prefix}:saved:uses"
        self._turn = f"{prefix}:saved:turn"
        self._put = redis.register_script(_PUT)

    def put(self, saved: SavedSearch) -> None:
        """Stores `saved`, over an earlier one with its id. Raises TooManySearchesError."""
        self._store(saved, "")

    def put_without_token(self, saved: SavedSearch, now: datetime) -> None:
        """Same, for an owner who has no token. Where all places are taken, the search that nobody
        used for longest gives way, after UNUSED; else raises NoRoomWithoutTokenError."""
        if self._redis.zcard(self._uses) >= MAX_WITHOUT_TOKEN:
            self._drop_unused((now - UNUSED).timestamp())
        self._store(saved, str(now.timestamp()))

    def used(self, ids: Iterable[str], now: datetime) -> None:
        """Notes that somebody looked at these searches; with a token it makes no difference."""
        if uses := dict.fromkeys(ids, now.timestamp()):
            self._redis.zadd(self._uses, uses, xx=True)

    def _store(self, saved: SavedSearch, used: str) -> None:
        too_many = self._put(
            keys=[self._all, self._owned(saved.owner), self._feeds, self._uses],
            args=[
                *(saved.id, msgspec.json.encode(saved), saved.feed_token),
                *(MAX_PER_OWNER, used, MAX_WITHOUT_TOKEN),
            ],
        )
        if too_many == b"owner":
            raise TooManySearchesError(f"no more than {MAX_PER_OWNER} searches can be saved")
        if too_many == b"all":
            raise NoRoomWithoutTokenError("all places for searches without a token are taken")

    def _drop_unused(self, before: float) -> None:
        for saved_id in self._redis.zrangebyscore(self._uses, "-inf", before, start=0, num=1):
            if saved := self.get(saved_id.decode()):
                self.drop(saved)

    def get(self, saved_id: str) -> SavedSearch | None:
        """Return the saved search with this id, or None."""
        return _read(self._redis.hget(self._all, saved_id))

    def of_owner(self, owner: str) -> list[SavedSearch]:
        """Return an owner's saved searches, oldest first."""
        ids = self._redis.smembers(self._owned(owner))
        found = [_read(packed) for packed in self._redis.hmget(self._all, ids)] if ids else []
        return sorted((each for each in found if each), key=lambda each: (each.created, each.id))

    def by_feed_token(self, token: str) -> SavedSearch | None:
        """Return the saved search whose feed `token` opens, or None."""
        saved_id = self._redis.hget(self._feeds, token) if token else None
        return self.get(saved_id.decode()) if saved_id else None

    def drop(self, saved: SavedSearch) -> bool:
        """Remove a saved search.

        Returns:
            False if there was none.
        """
        with self._redis.pipeline(transaction=True) as together:
            together.hdel(self._all, saved.id)
            together.srem(self._owned(saved.owner), saved.id)
            together.hdel(self._feeds, saved.feed_token)
            together.zrem(self._uses, saved.id)
            return bool(together.execute()[0])

    def __iter__(self) -> Iterator[SavedSearch]:
        """Yield every saved search, in no order; those that are added or removed meanwhile may be
        missed."""
        for _, packed in self._redis.hscan_iter(self._all, count=READ_AT_ONCE):
            if saved := _read(packed):
                yield saved

    def in_turn(self, searches: Iterable[SavedSearch]) -> Iterator[SavedSearch]:
        """Yield `searches`, beginning behind the last one that any process was given. Each is
        recorded before it is worked on, so that one that kills its worker does not come first
        again."""
        ordered = sorted(searches, key=lambda each: each.id)
        last = (self._redis.get(self._turn) or b"").decode()
        first = bisect_right(ordered, last, key=lambda each: each.id)
        for saved in ordered[first:] + ordered[:first]:
            self._redis.set(self._turn, saved.id)
            yield saved

    def _owned(self, owner: str) -> str:
        return f"{self._all}:of:{owner}"


def _read(packed: bytes | None) -> SavedSearch | None:
    return msgspec.json.decode(packed, type=SavedSearch) if packed else None
