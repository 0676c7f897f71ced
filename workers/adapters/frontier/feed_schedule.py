"""When each feed is due, in Redis: claimed atomically, so that two beats never double a tick."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers.adapters.redis.connection import RedisClient

CLAIM_SECONDS = 600.0  # a look that was lost with its worker is due again after so long

# KEYS due, feeds, pushed; ARGV now, until, limit
_CLAIM = """
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local feed = redis.call('HGET', KEYS[2], id)
  redis.call('SREM', KEYS[3], id)
  if feed then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    found[#found + 1] = feed
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return found
"""

# KEYS due, pushed; ARGV id, now
_PUSH = """
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[1], 'LT', ARGV[2], ARGV[1])
return 1
"""

# KEYS due, states, pushed; ARGV id, state, again. What was pushed during a look stays due.
_LOOKED = """
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
if redis.call('SISMEMBER', KEYS[3], ARGV[1]) == 0 then
  redis.call('ZADD', KEYS[1], 'XX', ARGV[3], ARGV[1])
end
"""


class FeedSchedule:
    """Feeds by their next moment, and a small state for each that its caller understands."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._due = f"{prefix}:feeds:due"
        self._feeds = f"{prefix}:feeds:known"
        self._states = f"{prefix}:feeds:states"
        self._hints = f"{prefix}:feeds:hints"
        self._reports = f"{prefix}:feeds:reports"
        self._memories = f"{prefix}:feeds:memories"
        self._pushed = f"{prefix}:feeds:pushed"
        self._claim = redis.register_script(_CLAIM)
        self._push = redis.register_script(_PUSH)
        self._looked = redis.register_script(_LOOKED)

    def sync(self, feeds: Iterable[FeedDue], now: datetime, paused: Iterable[FeedDue] = ()) -> int:
        """Make `feeds` the ones that are polled; new ones are due at once, the others keep their
        time. What is known of `paused` ones is kept; they are due at once when they are so no more.

        Returns:
            the number of feeds.
        """
        polled = {feed.page_id: msgspec.json.encode(feed) for feed in feeds}
        waiting = {feed.page_id: msgspec.json.encode(feed) for feed in paused}
        waiting = {name: feed for name, feed in waiting.items() if name not in polled}
        wanted = polled | waiting
        gone = [name for name in self._redis.hkeys(self._feeds) if name.decode() not in wanted]
        with self._redis.pipeline(transaction=True) as changes:
            for name in gone:
                changes.hdel(self._feeds, name)
                changes.hdel(self._states, name)
                changes.hdel(self._hints, name)
                changes.hdel(self._reports, name)
                changes.hdel(self._memories, name)
                changes.zrem(self._due, name)
                changes.srem(self._pushed, name)
            if wanted:
                changes.hset(self._feeds, mapping=wanted)
            if polled:
                changes.zadd(self._due, dict.fromkeys(polled, now.timestamp()), nx=True)
            if waiting:
                changes.zrem(self._due, *waiting)
            changes.execute()
        return len(polled)

    def claim_due(self, now: datetime, limit: int = 500) -> list[FeedDue]:
        """Return the feeds that are due, longest waiting first; each goes to one caller only."""
        until = now.timestamp() + CLAIM_SECONDS
        keys = [self._due, self._feeds, self._pushed]
        raw = self._claim(keys=keys, args=[now.timestamp(), until, limit])
        return [msgspec.json.decode(feed, type=FeedDue) for feed in raw]

    def make_due(self, page_id: str, now: datetime) -> bool:
        """Make a feed due now.

        Returns:
            False if the feed is not polled.
        """
        keys = [self._due, self._pushed]
        return bool(self._push(keys=keys, args=[page_id, now.timestamp()]))

    def all_polled(self) -> bool:
        """Return whether each feed that is not paused has been polled."""
        due: set[bytes] = set(self._redis.zrange(self._due, 0, -1))
        return due <= set(self._redis.hkeys(self._states))

    def record_hints(self, due: FeedDue, hints: msgspec.Struct) -> None:
        """Record what a feed said about when to poll it again."""
        self._redis.hset(self._hints, due.page_id, msgspec.json.encode(hints))

    def hints(self, page_id: str) -> bytes | None:
        """Return what the feed said last about when to poll it, as JSON, or None."""
        raw: bytes | None = self._redis.hget(self._hints, page_id)
        return raw

    def record_memory(self, page_id: str, memory: bytes) -> None:
        """Record what a poll has noted for the next one of this feed."""
        self._redis.hset(self._memories, page_id, memory)

    def memory(self, page_id: str) -> bytes | None:
        """Return what the last poll has noted for this one, or None."""
        raw: bytes | None = self._redis.hget(self._memories, page_id)
        return raw

    def record_report(self, page_id: str, report: PollReport) -> None:
        """Record what a poll has brought."""
        self._redis.hset(self._reports, page_id, msgspec.json.encode(report))

    def report(self, page_id: str) -> PollReport | None:
        """Return what the last poll of a feed has brought, or None if there was none."""
        raw: bytes | None = self._redis.hget(self._reports, page_id)
        return msgspec.json.decode(raw, type=PollReport) if raw else None

    def reports(self) -> list[tuple[FeedDue, PollReport | None]]:
        """Return all feeds with what their last polls have brought; None before the first."""
        reports = self._redis.hgetall(self._reports)
        feeds = self._redis.hgetall(self._feeds)
        return [
            (
                msgspec.json.decode(feed, type=FeedDue),
                msgspec.json.decode(reports[name], type=PollReport) if name in reports else None,
            )
            for name, feed in feeds.items()
        ]

    def next_polls(self) -> dict[str, datetime]:
        """Return when each feed that is not paused is due, by its page id."""
        return {
            name.decode(): datetime.fromtimestamp(at, UTC)
            for name, at in self._redis.zrange(self._due, 0, -1, withscores=True)
        }

    def state(self, page_id: str) -> bytes | None:
        """Return the state that was recorded with the last poll, or None."""
        state: bytes | None = self._redis.hget(self._states, page_id)
        return state

    def record_poll(self, page_id: str, state: bytes, again: datetime) -> None:
        """Record that the poll of a feed is over and that the next one is due at `again`."""
        keys = [self._due, self._states, self._pushed]
        self._looked(keys=keys, args=[page_id, state, again.timestamp()])
