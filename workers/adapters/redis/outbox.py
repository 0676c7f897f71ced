"""Alerts that are still to be sent, and what each saved search has told already.

An article is noted as told in the same transaction that puts its alert into the outbox, or itself
among those that wait for the next digest. An alert leaves the outbox after its receiver has taken
it: killed in between it is sent once more, under the same id.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from redis.exceptions import WatchError

from schemas.alert import Alert, AlertArticle
from workers.adapters.redis.connection import RedisClient

KEEP_NOTIFIED_DAYS = 400
# how long an article that joined a told story is looked after, in case it leaves it again
KEEP_JOINED = timedelta(days=1)
MAX_JOINED = 1_000
LEASE = timedelta(minutes=2)
MIN_PAUSE = timedelta(seconds=30)
MAX_PAUSE = timedelta(hours=6)
MAX_ATTEMPTS = 14

# KEYS due; ARGV now, leased until, how many. Answers ids that are due, leased.
_TAKE = """
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], ARGV[2], id) end
return ids
"""


class Progress(Struct, frozen=True):
    """Where looks go on that have not come to the end of a window: behind the hit with this `sort`,
    up to the moment when the first of them began."""

    began: datetime
    after: list[Any]


class SearchWindow(Struct, frozen=True):
    """What a search is asked for next: hits that were indexed since a moment. `turn` counts what
    was put for it before."""

    since: datetime
    progress: Progress | None = None
    turn: int = 0


class RoundResult(Struct, frozen=True):
    """What a look at one search has brought, stored as a whole or not at all: `alerts` to send,
    the ids of articles that are `told` with them or `waiting` for the digest, those that `joined`
    a told story (id → cluster); what has left those that wait, and up to when digests are sent."""

    alerts: Sequence[Alert] = ()
    told: Sequence[str] = ()
    waiting: Sequence[AlertArticle] = ()
    joined: Mapping[str, str] = {}
    released: Sequence[str] = ()
    window: SearchWindow | None = None
    digested: datetime | None = None


class Outbox:
    """`{prefix}:alerts:due` orders ids by time, `{prefix}:alerts:out` holds them. Of a search: told
    articles in `{prefix}:alerts:told:{search}`, those that wait for its digest in `…:waiting:…`,
    those that joined a told story, with its cluster, in `…:joined:…`, and how often something was
    put in `…:turn:…`. Of all searches: windows in `{prefix}:alerts:since`, how far
    they have come there in `…:halfway`, up to when digests were sent in `…:digested`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:alerts"
        self._take_script = redis.register_script(_TAKE)

    def window(self, search_id: str, created: datetime) -> SearchWindow:
        """Return the window that the search is run for next; a new search's begins when it was
        `created`."""
        turn = int(self._redis.get(self._of("turn", search_id)) or 0)
        since = self._redis.hget(f"{self._key}:since", search_id)
        progress = self._redis.hget(f"{self._key}:halfway", search_id)
        return SearchWindow(
            datetime.fromisoformat(since.decode()) if since else created,
            msgspec.json.decode(progress, type=Progress) if progress else None,
            turn,
        )

    def fresh(self, search_id: str, ids: Sequence[str]) -> list[str]:
        """Return the articles that this search has not alerted about yet."""
        told = self.told(search_id, ids)
        return [each for each in ids if each not in told]

    def told(self, search_id: str, ids: Sequence[str]) -> set[str]:
        """Return those of `ids` that this search has alerted about, or that wait for its digest."""
        times = self._redis.zmscore(self._of("told", search_id), ids) if ids else []
        return {each for each, at in zip(ids, times, strict=True) if at is not None}

    def waiting(self, search_id: str) -> list[AlertArticle]:
        """Return the articles that wait for the search's next digest, in no order."""
        packed = self._redis.hvals(self._of("waiting", search_id))
        return [msgspec.json.decode(each, type=AlertArticle) for each in packed]

    def joined(self, search_id: str, now: datetime) -> dict[str, str]:
        """Return the latest articles that joined a told story, with their clusters."""
        since = (now - KEEP_JOINED).timestamp()
        pairs = self._redis.zrevrangebyscore(
            self._of("joined", search_id), "+inf", since, start=0, num=MAX_JOINED
        )
        # the latest cluster of an article comes first, and wins
        return dict(pair.decode().split("\0") for pair in reversed(pairs))

    def digested(self, search_id: str) -> datetime | None:
        """Return up to when digests of this search were sent, or None."""
        raw = self._redis.hget(f"{self._key}:digested", search_id)
        return datetime.fromisoformat(raw.decode()) if raw else None

    def put(self, search_id: str, result: RoundResult, turn: int, now: datetime) -> bool:
        """Store what a look has brought that began at `turn`.

        Returns:
            False, with nothing stored, if another process has put something meanwhile.
        """
        key = self._of("turn", search_id)
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.watch(key)
                if int(pipeline.get(key) or 0) != turn:
                    return False
                pipeline.multi()
                pipeline.incr(key)
                self._queue(pipeline, result.alerts, now)
                self._record_told(pipeline, search_id, result, now)
                self._record_joined(pipeline, search_id, result.joined, now)
                self._keep(pipeline, search_id, result)
                pipeline.execute()
        except WatchError:
            return False
        return True

    def _queue(self, pipeline: RedisClient, alerts: Sequence[Alert], now: datetime) -> None:
        for alert in alerts:
            pipeline.hset(f"{self._key}:out", alert.id, msgspec.json.encode(alert))
            pipeline.zadd(f"{self._key}:due", {alert.id: now.timestamp()})

    def _record_told(
        self, pipeline: RedisClient, search_id: str, result: RoundResult, now: datetime
    ) -> None:
        notified, waiting = self._of("told", search_id), self._of("waiting", search_id)
        ids = [*result.told, *(article.id for article in result.waiting)]
        if ids:
            pipeline.zadd(notified, dict.fromkeys(ids, now.timestamp()))
        if result.waiting:
            packed = {each.id: msgspec.json.encode(each) for each in result.waiting}
            pipeline.hset(waiting, mapping=packed)
        if result.released:
            pipeline.hdel(waiting, *result.released)
        if result.joined:  # what waited with a story of its own, and turned out to have none
            pipeline.zrem(notified, *result.joined)
        oldest = now - timedelta(days=KEEP_NOTIFIED_DAYS)
        pipeline.zremrangebyscore(notified, "-inf", oldest.timestamp())

    def _record_joined(
        self, pipeline: RedisClient, search_id: str, joined: Mapping[str, str], now: datetime
    ) -> None:
        key = self._of("joined", search_id)
        if joined:
            pairs = (f"{each}\0{cluster}" for each, cluster in joined.items())
            pipeline.zadd(key, dict.fromkeys(pairs, now.timestamp()))
        pipeline.zremrangebyscore(key, "-inf", (now - KEEP_JOINED).timestamp())

    def _keep(self, pipeline: RedisClient, search_id: str, result: RoundResult) -> None:
        if result.digested:
            pipeline.hset(f"{self._key}:digested", search_id, result.digested.isoformat())
        if not (window := result.window):
            return
        pipeline.hset(f"{self._key}:since", search_id, window.since.isoformat())
        if window.progress:
            packed = msgspec.json.encode(window.progress)
            pipeline.hset(f"{self._key}:halfway", search_id, packed)
        else:
            pipeline.hdel(f"{self._key}:halfway", search_id)

    def take(self, now: datetime, limit: int) -> list[Alert]:
        """Return alerts that are due; they are due again when the lease ends without a result."""
        at, until = now.timestamp(), (now + LEASE).timestamp()
        ids = self._take_script(keys=[f"{self._key}:due"], args=[at, until, limit])
        packed = self._redis.hmget(f"{self._key}:out", ids) if ids else []
        return [msgspec.json.decode(each, type=Alert) for each in packed if each]

    def mark_sent(self, alert: Alert) -> None:
        """Its receiver has it."""
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.zrem(f"{self._key}:due", alert.id)
            pipeline.hdel(f"{self._key}:out", alert.id)
            pipeline.hdel(f"{self._key}:troubles", alert.search_id)
            pipeline.execute()

    def mark_failed(self, alert: Alert, error: str, now: datetime, *, is_final: bool) -> bool:
        """Keep the alert for later, each time longer. The error is shown beside the saved search.

        Returns:
            False if the alert was given up.
        """
        tried = replace(alert, attempts=alert.attempts + 1)
        is_given_up = is_final or tried.attempts >= MAX_ATTEMPTS
        line = f"{now.isoformat(timespec='seconds')} {alert.target}: {error[:300]}"
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.hset(f"{self._key}:troubles", alert.search_id, line)
            if is_given_up:
                pipeline.zrem(f"{self._key}:due", alert.id)
                pipeline.hdel(f"{self._key}:out", alert.id)
            else:
                pause = min(MIN_PAUSE * 2**alert.attempts, MAX_PAUSE)
                pipeline.zadd(f"{self._key}:due", {alert.id: (now + pause).timestamp()})
                pipeline.hset(f"{self._key}:out", alert.id, msgspec.json.encode(tried))
            pipeline.execute()
        return not is_given_up

    def record_error(self, search_id: str, error: str, now: datetime) -> None:
        """A search that cannot be run."""
        line = f"{now.isoformat(timespec='seconds')} {error[:300]}"
        self._redis.hset(f"{self._key}:troubles", search_id, line)

    def last_error(self, search_id: str) -> str:
        """Return the last error of a search, with its time; empty after the next success."""
        raw: bytes | None = self._redis.hget(f"{self._key}:troubles", search_id)
        return raw.decode() if raw else ""

    def forget(self, search_id: str) -> None:
        """The search is no more; alerts under way are still sent."""
        parts = ("told", "waiting", "joined", "turn")
        self._redis.delete(*(self._of(part, search_id) for part in parts))
        for name in ("since", "halfway", "troubles", "digested"):
            self._redis.hdel(f"{self._key}:{name}", search_id)

    def searches(self) -> set[str]:
        """Return the ids of all searches that have alerted or were run."""
        keys = (self._redis.hkeys(f"{self._key}:{name}") for name in ("since", "digested"))
        return {raw.decode() for raw in chain.from_iterable(keys)}

    def __len__(self) -> int:
        return int(self._redis.hlen(f"{self._key}:out"))

    def _of(self, part: str, search_id: str) -> str:
        return f"{self._key}:{part}:{search_id}"
