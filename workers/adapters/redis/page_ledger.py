"""The ledger: one small row for each page, in Redis; where it is, how often it was tried, how it
ended."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from schemas.events import Event
from workers import clock
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lua import ScriptRun, load_script, run_together

KEEP_ENDED_DAYS = 30
# more than a message is ever held by a worker that still lives and works on others
OVERTAKEN_SECONDS = 300

_MOVE = load_script(Path(__file__).parent, "page_ledger_move")


class LedgerRow(Struct, frozen=True):
    """A page's row. `state` is a step's name while `final` is false, else how the page ended:
    "indexed", "quarantined" or a rejection's reason; `restart` is the event to send again when
    the page got stuck."""

    page_id: str
    url: str
    outlet: str
    state: str
    final: bool
    at: datetime
    attempts: dict[str, int]
    reason: str = ""
    detail: str = ""
    document_id: str = ""
    restart: bytes = b""


class PageEnd(Struct, frozen=True):
    """How a page ended: as `state`, by the work on `cause`, with further fields of its row. What
    the work on another page, a feed, says of it counts less than any fetch of its own."""

    event: Event
    state: str
    cause: Event | None = None
    fields: dict[str, str] = {}


class PageLedger:
    """Rows under `{prefix}:page:{id}`; `{prefix}:open` orders those under way by time;
    `{prefix}:reached` tells for each step when the latest of those it began on was sent to it."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self.row_prefix = f"{prefix}:page:"
        self._open = f"{prefix}:open"
        self._counts = f"{prefix}:counts"
        self._reached = f"{prefix}:reached"
        self._last = f"{prefix}:last"
        self._move = redis.register_script(_MOVE)

    def mark_queued(
        self,
        event: Event,
        step: str,
        now: datetime,
        restart: bytes = b"",
        *,
        afresh: bool = False,
    ) -> bool:
        """Record that `event` is about to be sent to `step`; `afresh` resets its attempts and its
        end.

        Returns:
            False if the page has been fetched again since.
        """
        (number,) = self._move_all([self._queued(event, step, now, restart, afresh=afresh)])
        return number >= 0

    def mark_all_queued(
        self, events: Sequence[tuple[Event, bytes]], step: str, now: datetime
    ) -> None:
        """Record that the events, each with what restarts its page, are about to be sent to
        `step`."""
        self._move_all([self._queued(event, step, now, restart) for event, restart in events])

    def start_attempts(self, events: Sequence[Event], step: str, now: datetime) -> list[int]:
        """Record that `step` begins on `events`.

        Returns:
            the number of each one's attempt, from 1; -1 if its page has been fetched again since.
        """
        return self._move_all(
            [self._call(event, _version(event, now), step, now, count=step) for event in events]
        )

    def finish(
        self, event: Event, state: str, now: datetime, cause: Event | None = None, **fields: str
    ) -> None:
        """Record that a page has ended; see `finish_all`."""
        self.finish_all([PageEnd(event, state, cause, fields)], now)

    def finish_all(self, ends: Sequence[PageEnd], now: datetime) -> list[bool]:
        """Record that pages have ended.

        Returns:
            for each end, False if its page has been fetched again since.
        """
        calls = []
        for end in ends:
            is_hearsay = end.cause is not None and end.cause.page_id != end.event.page_id
            version = 0 if is_hearsay else _version(end.cause or end.event, now)
            calls.append(
                self._call(end.event, version, end.state, now, final=True, fields=end.fields)
            )
        return [number >= 0 for number in self._move_all(calls)]

    def restore_indexed(self, pages: Sequence[tuple[Event, str, datetime]]) -> None:
        """Record pages as indexed of which nothing is known any more: each with its document and
        when that was written."""
        self._move_all(
            [
                self._call(
                    event,
                    _version(event, at),
                    "indexed",
                    at,
                    final=True,
                    fields={"document_id": document},
                )
                for event, document, at in pages
            ]
        )

    def attempts(self, events: Sequence[Event], step: str) -> list[int]:
        """Return how often `step` has begun on each of `events`."""
        with self._redis.pipeline(transaction=False) as questions:
            for event in events:
                questions.hget(self._row(event.page_id), f"tries:{step}")
            return [int(answer or 0) for answer in questions.execute()]

    def refund_attempt(self, event: Event, step: str) -> None:
        """The last attempt of `step` does not count: the trouble was not the event's."""
        self._redis.hincrby(self._row(event.page_id), f"tries:{step}", -1)

    def counts(self) -> dict[str, int]:
        """Return the number of pages in each state."""
        return {
            state.decode(): int(number)
            for state, number in self._redis.hgetall(self._counts).items()
            if int(number) > 0
        }

    def note_work(self, step: str, now: datetime) -> None:
        """Record that `step` begins on something that has no row: a poll, or a host's pages."""
        self._redis.hset(self._last, f"step:{step}", clock.to_milliseconds(now))

    def last_work(self) -> dict[str, datetime]:
        """Return when each step last began on something."""
        return self._moments("step:")

    def last_indexed(self) -> dict[str, datetime]:
        """Return when a page of each outlet last reached the index."""
        return self._moments("outlet:")

    def row(self, page_id: str) -> LedgerRow | None:
        """Return what is known of a page, or None."""
        return next(iter(self.rows([page_id])), None)

    def rows(self, page_ids: Sequence[str]) -> list[LedgerRow]:
        """Return what is known of pages, without those of which nothing is known."""
        with self._redis.pipeline(transaction=False) as questions:
            for page_id in page_ids:
                questions.hgetall(self._row(page_id))
            answers = zip(page_ids, questions.execute(), strict=True)
        return [_read(page_id, _decode_names(raw)) for page_id, raw in answers if raw]

    def version(self, page_id: str) -> int | None:
        """Return when a page was fetched last (milliseconds since 1970), whether it has ended or
        not; None if nothing is known of it."""
        version = self._redis.hget(self._row(page_id), "version")
        return int(version) if version else None

    def fetched_at(self, page_ids: Sequence[str]) -> list[datetime | None]:
        """Return when each page that has ended was fetched last; None for one that has not ended,
        or of which nothing is known."""
        with self._redis.pipeline(transaction=False) as questions:
            for page_id in page_ids:
                questions.hmget(self._row(page_id), "version", "final")
            answers = questions.execute()
        return [
            datetime.fromtimestamp(int(version) / 1000, UTC) if final == b"1" and version else None
            for version, final in answers
        ]

    def in_flight(self) -> int:
        """Return the number of pages that have not ended yet."""
        return int(self._redis.zcard(self._open))

    def waiting_for(self, step: str) -> int:
        """Return the number of pages that wait for `step`, or on which it works."""
        return max(0, int(self._redis.hget(self._counts, step) or 0))

    def oldest(self) -> datetime | None:
        """Return when the page that has waited longest last moved, or None if all have ended."""
        found = self._redis.zrange(self._open, 0, 0, withscores=True)
        return datetime.fromtimestamp(found[0][1] / 1000, UTC) if found else None

    def stuck(self, before: datetime, busy: Collection[str]) -> Iterator[LedgerRow]:
        """Yield pages that have not moved since `before` although their turn is over, longest
        first: no message waits for their step (it is not `busy`), or the step has begun on others
        that were sent `OVERTAKEN_SECONDS` later. A page in a long queue is not stuck."""
        reached = {k.decode(): int(v) for k, v in self._redis.hgetall(self._reached).items()}
        names = self._redis.zrangebyscore(self._open, 0, clock.to_milliseconds(before))
        for name in names:
            row = self.row(name.decode())
            if row is None or row.final:
                continue
            overtaken = reached.get(row.state, 0) - clock.to_milliseconds(row.at)
            if row.state not in busy or overtaken > 1000 * OVERTAKEN_SECONDS:
                yield row

    def _moments(self, kind: str) -> dict[str, datetime]:
        stored = {k.decode(): v for k, v in self._redis.hgetall(self._last).items()}
        return {
            name.removeprefix(kind): datetime.fromtimestamp(int(at) / 1000, UTC)
            for name, at in stored.items()
            if name.startswith(kind)
        }

    def _row(self, page_id: str) -> str:
        return f"{self.row_prefix}{page_id}"

    def _queued(
        self, event: Event, step: str, now: datetime, restart: bytes, *, afresh: bool = False
    ) -> ScriptRun:
        fields = {"restart": restart} if restart else {}
        return self._call(event, _version(event, now), step, now, afresh=afresh, fields=fields)

    def _move_all(self, calls: Sequence[ScriptRun]) -> list[int]:
        return [int(number) for number in run_together(self._redis, calls)]

    def _call(  # noqa: PLR0913  one row, one call
        self,
        event: Event,
        version: int,
        state: str,
        now: datetime,
        *,
        final: bool = False,
        count: str = "",
        afresh: bool = False,
        fields: Mapping[str, bytes | str] | None = None,
    ) -> ScriptRun:
        keep = int(timedelta(days=KEEP_ENDED_DAYS).total_seconds())
        pairs = {"url": event.url, "outlet": event.outlet, **(fields or {})}
        flat = [part for pair in pairs.items() for part in pair]
        moves = [event.page_id, version, state, clock.to_milliseconds(now), int(final), keep, count]
        keys = [self._row(event.page_id), self._open, self._counts, self._last, self._reached]
        return ScriptRun(self._move, keys, [*moves, int(afresh), *flat])


def _version(event: Event, now: datetime) -> int:
    """Return a page's version: the time of its fetch, or now for a page that was never fetched."""
    return clock.to_milliseconds(getattr(event, "fetched_at", now))


def _decode_names(stored: dict[bytes, bytes]) -> dict[str, bytes]:
    return {name.decode(): value for name, value in stored.items()}


def _read(page_id: str, stored: dict[str, bytes]) -> LedgerRow:
    text = {k: v.decode() for k, v in stored.items() if k != "restart"}
    return LedgerRow(
        page_id=page_id,
        url=text["url"],
        outlet=text["outlet"],
        state=text["state"],
        final=text["final"] == "1",
        at=datetime.fromtimestamp(int(text["at"]) / 1000, UTC),
        attempts={k[6:]: int(v) for k, v in text.items() if k.startswith("tries:")},
        reason=text.get("reason", ""),
        detail=text.get("detail", ""),
        document_id=text.get("document_id", ""),
        restart=stored.get("restart", b""),
    )
