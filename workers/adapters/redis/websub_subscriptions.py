"""Subscriptions at WebSub hubs, in Redis: asked for by one tick only, live until their lease
ends."""

import secrets
from datetime import datetime

import msgspec
from msgspec import Struct

from schemas.subscription import Subscription
from workers.adapters.redis.connection import RedisClient

CLAIM_SECONDS = 600.0  # a request that was lost with its worker is made again after so long

# KEYS ask, all, asked; ARGV now, until, limit
_CLAIM = """
local found = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])) do
  local one = redis.call('HGET', KEYS[2], id)
  if one then
    redis.call('ZADD', KEYS[1], ARGV[2], id)
    found[#found + 1] = {one, redis.call('HINCRBY', KEYS[3], id, 1)}
  else
    redis.call('ZREM', KEYS[1], id)
  end
end
return found
"""


class PendingSubscription(Struct, frozen=True):
    """A subscription to ask for; `times` counts the requests since the hub last confirmed one."""

    subscription: Subscription
    times: int


class SubscriptionStatus(Struct, frozen=True):
    """Until when a feed's subscription is live (a timestamp), and the credit its hub has."""

    until: float = 0.0
    credit: int = 0


class WebSubSubscriptions:
    """All in hashes and sorted sets under `{prefix}:websub`, by the feed's id."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._all = f"{prefix}:websub"
        self._ask = f"{prefix}:websub:ask"
        self._until = f"{prefix}:websub:until"
        self._asked = f"{prefix}:websub:asked"
        self._credit = f"{prefix}:websub:credit"
        self._claim = redis.register_script(_CLAIM)

    def record_hub(self, feed: str, hub: str, topic: str, now: datetime) -> None:
        """Makes `hub` and `topic` those of a feed: one that differs is asked for at once; empty
        ones end the subscription."""
        known = self.get(feed)
        if (known.hub, known.topic) == (hub, topic) if known else not hub:
            return
        self.forget(feed)
        if not hub:
            return
        key, secret = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        packed = msgspec.json.encode(Subscription(feed, topic, hub, key, secret))
        with self._redis.pipeline(transaction=True) as changes:
            changes.hset(self._all, feed, packed)
            changes.zadd(self._ask, {feed: now.timestamp()})
            changes.execute()

    def get(self, feed: str) -> Subscription | None:
        """Return the subscription of a feed, confirmed or not, or None."""
        packed = self._redis.hget(self._all, feed)
        return msgspec.json.decode(packed, type=Subscription) if packed else None

    def forget(self, feed: str) -> None:
        """The feed has no hub any more, or is not looked at."""
        with self._redis.pipeline(transaction=True) as changes:
            changes.hdel(self._all, feed)
            changes.hdel(self._asked, feed)
            changes.hdel(self._credit, feed)
            changes.zrem(self._ask, feed)
            changes.zrem(self._until, feed)
            changes.execute()

    def claim(self, now: datetime, limit: int) -> list[PendingSubscription]:
        """Return the subscriptions to request, longest waiting first; each goes to one caller
        only."""
        until = now.timestamp() + CLAIM_SECONDS
        keys = [self._ask, self._all, self._asked]
        rows = self._claim(keys=keys, args=[now.timestamp(), until, limit])
        return [
            PendingSubscription(msgspec.json.decode(raw, type=Subscription), times)
            for raw, times in rows
        ]

    def schedule_request(self, feed: str, at: datetime) -> None:
        """The hub is asked (again) at `at`, unless it confirms before."""
        self._redis.zadd(self._ask, {feed: at.timestamp()}, xx=True)

    def confirm(self, feed: str, until: datetime, renew: datetime) -> None:
        """The hub pushes until `until`; it is asked for more at `renew`."""
        with self._redis.pipeline(transaction=True) as changes:
            changes.zadd(self._until, {feed: until.timestamp()})
            changes.zadd(self._ask, {feed: renew.timestamp()}, xx=True)
            changes.hdel(self._asked, feed)
            changes.execute()

    def end(self, feed: str, again: datetime) -> None:
        """The hub pushes no more; it is asked again at `again`."""
        with self._redis.pipeline(transaction=True) as changes:
            changes.zrem(self._until, feed)
            changes.zadd(self._ask, {feed: again.timestamp()}, xx=True)
            changes.execute()

    def give_credit(self, feed: str, credit: int) -> None:
        """The hub pushed: from now on it has `credit`."""
        self._redis.hset(self._credit, feed, credit)

    def take_credit(self, feed: str) -> None:
        """One less, down to none."""
        if int(self._redis.hget(self._credit, feed) or 0) > 0:
            self._redis.hincrby(self._credit, feed, -1)

    def status(self, feed: str) -> SubscriptionStatus:
        """Return how far the hub of a feed can be relied on."""
        until = self._redis.zscore(self._until, feed)
        return SubscriptionStatus(until or 0.0, int(self._redis.hget(self._credit, feed) or 0))
