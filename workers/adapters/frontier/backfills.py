"""Backfills in Redis: what their walks have still to read, the links that wait for the frontier,
and how the pages have ended. Every change is one Lua run."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from schemas.backfill import BackfillPlan, BackfillReport, BackfillSource
from schemas.events import PageFound
from schemas.poll import FailedPart, LeftOut
from workers.adapters.frontier.encoding import encode_page, key_of
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lua import load_script

CLAIM_SECONDS = 6  # so long a claim outlives its walker's last sign of life
MAX_OPEN = 1_000  # pages of one backfill in the frontier and behind it
# nothing is added for a backfill while more of the pages in flight that may be are under way
BACKFILL_SHARE_IN_FLIGHT = 0.1
MAX_ADMITTED = 500  # at a time
# links that wait for the frontier, beyond which no further source is read: some 200 bytes each
MAX_WAITING = 100_000
SAMPLE_SECONDS = 60.0
MAX_NAMED = 20  # parts that a report names; more are counted
_WALK = ("begin", "resume", "claim", "complete", "postpone")
_OF_FRONTIER = ("admit", "settle", "record")
# what is read first, before all sources with a date
_FIRST_TURNS = {"warc": -2e12, "robots": -1e12}
_HERE = Path(__file__).parent


class SourceResult(Struct, frozen=True, kw_only=True):
    """What came of a source: its links and further sources, what was left out, and why it failed,
    if it did."""

    pages: Sequence[PageFound] = ()
    sources: Sequence[BackfillSource] = ()
    left_out: Sequence[LeftOut] = ()
    failure: FailedPart | None = None


class WarcNotes(Struct, frozen=True, kw_only=True):
    """What came of a part of a WARC file: `source` says how far it was read, `new` is the id of a
    page that was sent to parse, or empty; `known` counts pages that were known already."""

    source: BackfillSource
    new: str = ""
    known: int = 0
    left_out: Sequence[LeftOut] = ()


class Backfills:
    """The backfills of an installation, one for each outlet at a time."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix
        self._running = f"{prefix}:backfills"
        self._known = f"{prefix}:backfills:known"
        folders = [("backfill_scripts", _WALK), ("scripts", _OF_FRONTIER)]
        self._scripts = {
            verb: redis.register_script(load_script(_HERE / folder, "head", verb))
            for folder, verbs in folders
            for verb in verbs
        }

    def running(self) -> list[str]:
        """Return the outlets whose backfills have links to move or pages to wait for."""
        return sorted(name.decode() for name in self._redis.smembers(self._running))

    def all(self) -> list[str]:
        """Return the outlets of which there is a backfill, in whatever state."""
        return sorted(name.decode() for name in self._redis.smembers(self._known))

    def begin(self, plan: BackfillPlan, sources: Iterable[BackfillSource], now: datetime) -> None:
        """Begin a backfill; what is known of an earlier one of the outlet is forgotten."""
        rows = [part for source in sources for part in _row(source)]
        moment = now.timestamp()
        self._walk("begin", plan.outlet, plan.outlet, msgspec.json.encode(plan), moment, *rows)

    def resume(self, plan: BackfillPlan, sources: Iterable[BackfillSource], now: datetime) -> int:
        """Let a backfill go on as `plan` says, with those of `sources` that it has not had, and try
        again what has failed.

        Returns:
            the number of sources that are tried again.
        """
        rows = [part for source in sources for part in _row(source)]
        given = (plan.outlet, msgspec.json.encode(plan), now.timestamp())
        return int(self._walk("resume", plan.outlet, *given, *rows))

    def has_new(self, outlet: str, sources: Iterable[BackfillSource]) -> bool:
        """Return whether one of `sources` is none that the backfill has had."""
        ids = [source_id(source) for source in sources]
        known = self._redis.smismember(f"{self._base(outlet)}:known", ids) if ids else []
        return not all(known)

    def stop(self, outlet: str) -> bool:
        """Read no further source of a backfill and move no further link into the frontier.

        Returns:
            False if it does not run.
        """
        key = f"{self._base(outlet)}:state"
        if self._redis.hget(key, "state") != b"running":
            return False
        self._redis.hset(key, "state", "stopped")
        return True

    def is_running(self, outlet: str) -> bool:
        """Return whether the backfill of `outlet` is neither stopped nor finished."""
        return bool(self._redis.hget(f"{self._base(outlet)}:state", "state") == b"running")

    def claim(self, outlet: str, walker: str, now: datetime) -> tuple[BackfillSource | None, int]:
        """Claim the next source for a walker, for as long as it claims or gives signs of life.

        Returns:
            the source, or None if there is none to read now; and how many are left.
        """
        raw, left = self._walk("claim", outlet, now.timestamp(), walker, CLAIM_SECONDS)
        return (msgspec.json.decode(raw, type=BackfillSource) if raw else None), int(left)

    def live(self, outlet: str, walker: str) -> None:
        """Give a sign of life of a walker."""
        self._redis.set(f"{self._base(outlet)}:walker:{walker}", "1", ex=CLAIM_SECONDS)

    def leave(self, outlet: str, walker: str) -> None:
        """Give up a walker's claims."""
        self._redis.delete(f"{self._base(outlet)}:walker:{walker}")

    def complete(self, outlet: str, source: BackfillSource, result: SourceResult) -> bool:
        """Record that a source is over, and what came of it.

        Returns:
            False if it was over already, by another walker: then nothing is recorded.
        """
        failed = (b"", b"")
        if result.failure is not None:
            failed = (msgspec.json.encode(result.failure), msgspec.json.encode(source))
        pages = [msgspec.json.encode(page) for page in result.pages]
        sources = [part for each in result.sources for part in _row(each)]
        left = _counts_of(result.left_out)
        rows = (len(pages), *pages, len(result.sources), *sources, len(result.left_out), *left)
        return bool(self._walk("complete", outlet, source_id(source), *failed, *rows))

    def postpone(self, outlet: str, walker: str, source: BackfillSource, due: datetime) -> bool:
        """Give back a source, which is read from `due` on, in the state that it has now.

        Returns:
            False if it was not the walker's any more.
        """
        given = (source_id(source), walker, msgspec.json.encode(source), due.timestamp())
        return bool(self._walk("postpone", outlet, *given))

    def record(self, outlet: str, walker: str, notes: WarcNotes, now: datetime) -> bool:
        """Record what came of a part of a WARC file, and how far it was read.

        Returns:
            False if the file is not the walker's any more: then nothing is recorded.
        """
        key = key_of(notes.new) if notes.new else b""
        source = msgspec.json.encode(notes.source)
        given = (now.timestamp(), source_id(notes.source), walker, source, notes.known)
        arguments = [*given, notes.new, key, *_counts_of(notes.left_out)]
        keys = [self._prefix, self._base(outlet)]
        return bool(self._scripts["record"](keys=keys, args=arguments))

    def waiting(self, outlet: str) -> int:
        """Return the number of links that wait for the frontier."""
        return int(self._redis.llen(f"{self._base(outlet)}:links"))

    def open(self, outlet: str) -> int:
        """Return the number of pages that have not ended."""
        return int(self._redis.scard(f"{self._base(outlet)}:open"))

    def admit(self, outlet: str, bound: int, now: datetime) -> int:
        """Move links into the frontier, as many as keep `MAX_OPEN` pages open, while it knows fewer
        than `bound` addresses.

        Returns:
            the number of links that were moved.
        """
        base = self._base(outlet)
        number = min(MAX_ADMITTED, MAX_OPEN - self.open(outlet))
        if number <= 0:
            return 0
        # in this order: if another moves some in between, the script sees it by the number
        moved = self._redis.hget(f"{base}:counts", "moved") or b"0"
        raw = self._redis.lrange(f"{base}:links", 0, number - 1)
        if not raw:
            return 0
        pages = [msgspec.json.decode(row, type=PageFound) for row in raw]
        rows = [part for page in pages for part in (page.page_id, *encode_page(page))]
        answer = self._scripts["admit"](
            keys=[self._prefix, base], args=[now.timestamp(), bound, moved, *rows]
        )
        return int(answer[0]) if answer else 0

    def settle(self, outlet: str, ledger_rows: str, now: datetime) -> int:
        """Count how open pages have ended; `ledger_rows` is the prefix of the ledger's rows. After
        the last one the backfill is finished.

        Returns:
            the number of pages that have ended.
        """
        keys = [self._prefix, self._base(outlet), self._running]
        arguments = [now.timestamp(), ledger_rows, outlet, SAMPLE_SECONDS]
        return int(self._scripts["settle"](keys=keys, args=arguments))

    def plan(self, outlet: str) -> BackfillPlan | None:
        """Return what the last backfill of `outlet` was asked for, or None if there was none."""
        raw = self._redis.hget(f"{self._base(outlet)}:state", "plan")
        return msgspec.json.decode(raw, type=BackfillPlan) if raw else None

    def report(self, outlet: str, now: datetime) -> BackfillReport | None:
        """Return what the last backfill of `outlet` has done, or None if there was none."""
        base = self._base(outlet)
        with self._redis.pipeline(transaction=True) as questions:
            for part in ("state", "counts", "ends", "left_out", "left_at"):
                questions.hgetall(f"{base}:{part}")
            questions.zcard(f"{base}:order")
            questions.zcard(f"{base}:later")
            questions.llen(f"{base}:links")
            questions.scard(f"{base}:open")
            questions.hlen(f"{base}:failed")
            questions.lindex(f"{base}:samples", 0)
            state, counts, ends, left, left_at, *numbers, sample = questions.execute()
        if not state:
            return None
        order, later, waiting, is_open, failed = numbers
        named = self._redis.hscan(f"{base}:failed", count=MAX_NAMED)[1] if failed else {}
        finished = float(state.get(b"finished", 0))
        done = int(counts.get(b"done", 0))
        return BackfillReport(
            plan=msgspec.json.decode(state[b"plan"], type=BackfillPlan),
            state=state[b"state"].decode(),
            finished=datetime.fromtimestamp(finished, UTC) if finished else None,
            sources_read=int(counts.get(b"sources_read", 0)),
            sources_left=order + later,
            sources_failed=failed,
            failed=tuple(
                msgspec.json.decode(part, type=FailedPart)
                for part in list(named.values())[:MAX_NAMED]
            ),
            left_out=tuple(
                LeftOut(left_at.get(why, b"").decode(), int(number), why.decode())
                for why, number in left.items()
            ),
            links=int(counts.get(b"links", 0)),
            waiting=waiting,
            known=int(counts.get(b"known", 0)),
            new=int(counts.get(b"new", 0)),
            open=is_open,
            ends={name.decode(): int(number) for name, number in ends.items()},
            rate=_rate(sample, done, finished or now.timestamp()),
        )

    def _base(self, outlet: str) -> str:
        return f"{self._prefix}:backfill:{outlet}"

    def _walk(self, verb: str, outlet: str, *arguments: Any) -> Any:  # noqa: ANN401  the script's
        keys = [self._base(outlet), self._running, self._known]
        return self._scripts[verb](keys=keys, args=arguments)


def source_id(source: BackfillSource) -> str:
    """Return the stable id of a source, as 16 hex digits."""
    return blake2b(f"{source.kind} {source.url}".encode(), digest_size=8).hexdigest()


def _row(source: BackfillSource) -> tuple[str, float, bytes, str]:
    """Return id, turn, source and address as the scripts take them. The newest has the first turn;
    one without a date may be of any time."""
    turn = _FIRST_TURNS.get(source.kind)
    if turn is None:
        turn = -source.date.timestamp() if source.date else -1e11
    return source_id(source), turn, msgspec.json.encode(source), source.url


def _counts_of(left_out: Iterable[LeftOut]) -> list[str | int]:
    """Return reasons, numbers and examples as the scripts take them."""
    return [part for each in left_out for part in (each.why, each.number, each.url)]


def _rate(sample: bytes | None, done: int, now: float) -> float:
    """Return how many pages end in a second, since the first of the samples."""
    at, _, number = (sample or b"0:0").decode().partition(":")
    seconds = now - float(at)
    return max(0.0, (done - float(number)) / seconds) if seconds > 0 else 0.0
