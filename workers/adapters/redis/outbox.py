"""Alerts that are still to be sent, and which articles each saved search has told already.

An article is noted as told in the same transaction that puts its alert into the outbox, and an
alert leaves the outbox after its receiver has taken it: killed in between it is sent once more,
under the same id.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from redis.exceptions import WatchError

from schemas.alert import Alert
from workers.adapters.redis.connection import RedisClient

KEEP_NOTIFIED_DAYS = 400
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
    """What a search is asked for next: hits that were indexed since a moment."""

    since: datetime
    progress: Progress | None = None


class Outbox:
    """`{prefix}:alerts:due` orders ids by time, `{prefix}:alerts:out` holds them; told articles in
    `{prefix}:alerts:told:{search}`, each search's window in `{prefix}:alerts:since`, and how far it
    has come there in `{prefix}:alerts:halfway`."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:alerts"
        self._take_script = redis.register_script(_TAKE)

    def window(self, search_id: str) -> SearchWindow | None:
        """Return the window that the search is run for next, or None for a new search."""
        since = self._redis.hget(f"{self._key}:since", search_id)
        progress = self._redis.hget(f"{self._key}:halfway", search_id)
        if since is None:
            return None
        return SearchWindow(
            datetime.fromisoformat(since.decode()),
            msgspec.json.decode(progress, type=Progress) if progress else None,
        )

    def fresh(self, search_id: str, ids: Sequence[str]) -> list[str]:
        """Return the articles that this search has not alerted about yet."""
        if not ids:
            return []
        times = self._redis.zmscore(self._notified_key(search_id), ids)
        return [each for each, notified in zip(ids, times, strict=True) if notified is None]

    def put(
        self, search_id: str, alerts: Iterable[Alert], window: SearchWindow, now: datetime
    ) -> bool:
        """Store alerts, and the window that the search is run for next.

        Returns:
            False, with nothing stored, if another process has just alerted about one of the
            articles.
        """
        alerts = list(alerts)
        ids = list({article.id for alert in alerts for article in alert.articles})
        try:
            with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.watch(self._notified_key(search_id))
                if ids and any(pipeline.zmscore(self._notified_key(search_id), ids)):
                    return False
                pipeline.multi()
                self._queue(pipeline, search_id, alerts, now)
                self._keep(pipeline, search_id, window)
                pipeline.execute()
        except WatchError:
            return False
        return True

    def _queue(
        self, pipeline: RedisClient, search_id: str, alerts: list[Alert], now: datetime
    ) -> None:
        notified, at = self._notified_key(search_id), now.timestamp()
        for alert in alerts:
            pipeline.zadd(notified, {article.id: at for article in alert.articles})
            pipeline.hset(f"{self._key}:out", alert.id, msgspec.json.encode(alert))
            pipeline.zadd(f"{self._key}:due", {alert.id: at})
        oldest = at - timedelta(days=KEEP_NOTIFIED_DAYS).total_seconds()
        pipeline.zremrangebyscore(notified, "-inf", oldest)

    def _keep(self, pipeline: RedisClient, search_id: str, window: SearchWindow) -> None:
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
        self._redis.delete(self._notified_key(search_id))
        for name in ("since", "halfway", "troubles"):
            self._redis.hdel(f"{self._key}:{name}", search_id)

    def searches(self) -> set[str]:
        """Return the ids of all searches that have alerted or were run."""
        return {raw.decode() for raw in self._redis.hkeys(f"{self._key}:since")}

    def __len__(self) -> int:
        return int(self._redis.hlen(f"{self._key}:out"))

    def _notified_key(self, search_id: str) -> str:
        return f"{self._key}:told:{search_id}"
