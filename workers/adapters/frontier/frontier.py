"""The frontier in Redis: which pages wait, on which host, and who has leased them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from schemas.events import HostLeased, PageFound
from schemas.reasons import Reason
from workers import urls
from workers.adapters.frontier.encoding import chunks, decode_page, encode_page, key_of
from workers.adapters.frontier.host_throttle import HostThrottle, site_of
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lua import ScriptRun, load_script, run_together
from workers.exceptions import PermanentFailure

DEFAULT_MAX_PAGES = 10_000_000
SEEN_BUCKETS = 65_536
# in which the memory is walked: at the bound one of them has 10,000 pages
SEEN_SHARDS = 1024
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_SCRIPTS = Path(__file__).parent / "scripts"
_VERBS = (
    *("add", "lease", "accept", "finish", "release", "reschedule", "exhausted", "forget"),
    "remember",
)


class FrontierFullError(PermanentFailure):
    """The frontier knows as many addresses as it may; the message says what to do."""

    def __init__(self, new: int, refused: int, bound: int) -> None:
        super().__init__(
            Reason.FRONTIER_FULL,
            f"the frontier knows {bound:,} addresses, its bound: {refused} refused, {new} added. "
            "Raise PRESSWIRE_MAX_FRONTIER_PAGES and Redis' memory, or lower "
            "PRESSWIRE_SEEN_RETENTION_DAYS.",
        )
        self.new = new
        self.refused = refused


class Frontier:
    """Pages by host, hosts by the moment they may be asked again. Every change is one Lua run.

    A page is remembered as seen when it is finished, not when it is added; while it waits or is
    leased it is not queued again. Without `now`, Redis' own time counts.
    """

    def __init__(
        self,
        redis: RedisClient,
        prefix: str,
        *,
        bound: int = DEFAULT_MAX_PAGES,
        max_attempts: int = 5,
        work_seconds: float = 5.0,
    ) -> None:
        """A lease holds the pages that its host's interval lets be asked in `work_seconds`."""
        self._redis = redis
        self._prefix = prefix
        self._bound = bound
        self._max_attempts = max_attempts
        self._work_seconds = work_seconds
        self._scripts = {
            verb: redis.register_script(load_script(_SCRIPTS, "head", verb)) for verb in _VERBS
        }
        self._pace = HostThrottle(redis, prefix)

    def add(self, pages: Iterable[PageFound], now: datetime | None = None) -> int:
        """Queue the pages that are neither seen nor waiting. A waiting page that is found again
        with a better priority moves up.

        Returns:
            the number of newly queued pages.

        Raises:
            FrontierFullError: some pages are beyond the bound; those before them are queued.
        """
        new = refused = 0
        for chunk in chunks(pages):
            flat = [part for page in chunk for part in encode_page(page)]
            added, left = self._run("add", _seconds(now), self._bound, *flat)
            new, refused = new + added, refused + left
        if refused:
            raise FrontierFullError(new, refused, self._bound)
        return new

    def reschedule(self, page: PageFound, due: datetime) -> bool:
        """Queue a page for `due` although it was seen, with fresh attempts: a revisit.

        Returns:
            False if the page waits already for a time that is no later.
        """
        (is_queued,) = self.reschedule_all([(page, due)])
        return is_queued

    def reschedule_all(self, visits: Sequence[tuple[PageFound, datetime]]) -> list[bool]:
        """Queue pages, each for its time, as `reschedule` does.

        Returns:
            for each page, False if it waits already for a time that is no later.
        """
        answers = self._run_together(
            "reschedule", [(*encode_page(page), due.timestamp()) for page, due in visits]
        )
        return [bool(answer) for answer in answers]

    def lease(  # noqa: PLR0913  one lease, one call
        self,
        now: datetime,
        worker: str,
        seconds: float,
        hosts: Sequence[str] = (),
        limit: int = 20,
        *,
        without_backfill: bool = False,
    ) -> HostLeased | None:
        """Lease the best pages of the host that has waited longest and may be asked now; `hosts`
        restricts the choice. What a backfill found is leased only if no host has other pages that
        may be asked for, and never while a page of the same site waits that is no backfill's. The
        lease ends with its last page, or after `seconds`: then its pages go to others. Each page's
        attempt is counted here, before the work.

        Returns:
            the lease, or None if no host may be asked now.
        """
        bounds = (limit, self._max_attempts, self._work_seconds)
        only = int(without_backfill)
        answer = self._run("lease", now.timestamp(), worker, seconds, *bounds, only, *hosts)
        if not answer:
            return None
        lease, host, *raw = answer
        pages = tuple(msgspec.json.decode(page, type=PageFound) for page in raw)
        return HostLeased(
            page_id=pages[0].page_id,
            outlet=pages[0].outlet,
            url=pages[0].url,
            host=host.decode(),
            lease=lease.decode(),
            pages=pages,
        )

    def accept_lease(
        self, leased: HostLeased, now: datetime, seconds: float
    ) -> tuple[PageFound, ...]:
        """Begin on a lease: its pages belong to this worker for `seconds` from now.

        Returns:
            the pages; none if the lease has run out or was accepted before, so that a message that
            comes twice is worked on once.
        """
        held = set(self._run("accept", leased.lease, now.timestamp() + seconds))
        return tuple(page for page in leased.pages if key_of(page.page_id) in held)

    def finish(
        self,
        lease: str,
        page: PageFound,
        now: datetime | None = None,
        *,
        may_return: bool = False,
    ) -> bool:
        """Record that `page` has ended, successfully or not; it counts as seen. One that
        `may_return` failed for a cause that may pass: if it is announced again, it is queued again,
        at once the first time, then after 1, 2, 4 … hours, a day at most.

        Returns:
            False if it had ended before (its lease ran out and another worker was faster).
        """
        (is_first,) = self.finish_all(lease, [page], now, may_return=may_return)
        return is_first

    def finish_all(
        self,
        lease: str,
        pages: Sequence[PageFound],
        now: datetime | None = None,
        *,
        may_return: bool = False,
    ) -> list[bool]:
        """Record that `pages` have ended, as `finish` does.

        Returns:
            for each page, False if it had ended before.
        """
        answers = self._run_together(
            "finish",
            [(_seconds(now), lease, key_of(page.page_id), int(may_return)) for page in pages],
        )
        return [bool(answer) for answer in answers]

    def release(  # noqa: PLR0913  one page, one call
        self,
        lease: str,
        page: PageFound,
        after: float,
        now: datetime | None = None,
        *,
        counts_as_attempt: bool = True,
        max_attempts: int = 0,
    ) -> bool:
        """Queue `page` again in `after` seconds, doubled with each earlier attempt. With
        `counts_as_attempt=False` the attempt is given back: the host was paused before the page was
        asked for. `max_attempts` is what this page gets, if not the usual number.

        Returns:
            False if the page's attempts are used up.
        """
        return bool(
            self._run(
                "release",
                _seconds(now),
                lease,
                key_of(page.page_id),
                after,
                int(counts_as_attempt),
                max_attempts or self._max_attempts,
            )
        )

    def stop(self, host: str, seconds: float) -> None:
        """No worker asks `host` within `seconds` (Retry-After, 429, 503)."""
        self._pace.pause(host, seconds)

    def has_fresh(self, url: str) -> bool:
        """Return whether a page that no backfill found waits, ready to be leased, on the site of
        `url`."""
        return bool(self._redis.exists(self._name(f"fresh:{site_of(urls.host_of(url))}")))

    def place_of(self, page_id: str) -> str | None:
        """Return where a page is, in words for people, or None if it was never added."""
        key = key_of(page_id)
        if self._redis.hexists(self._name("pages"), key):
            tries = int(self._redis.hget(self._name("tries"), key) or 0)
            due = self._redis.zscore(self._name("later"), key)
            when = f" until {datetime.fromtimestamp(due, UTC):%Y-%m-%d %H:%M:%S} UTC" if due else ""
            return f"waits to be fetched{when}, {tries} attempts"
        is_seen = self._redis.hexists(f"{self._prefix}:frontier:seen:".encode() + key[:2], key[2:])
        return "fetched" if is_seen else None

    def page(self, page_id: str) -> PageFound | None:
        """Return a page as it was found, while it waits or is leased; None before and after."""
        raw = self._redis.hget(self._name("pages"), key_of(page_id))
        return decode_page(raw) if raw else None

    def exhausted(self, limit: int = 100) -> list[PageFound]:
        """Return pages whose attempts are used up, for quarantine; each stays until
        `acknowledge_exhausted`."""
        raw = self._run("exhausted", limit)
        return [msgspec.json.decode(page, type=PageFound) for page in raw]

    def acknowledge_exhausted(
        self, page: PageFound, now: datetime | None = None, *, may_return: bool = False
    ) -> None:
        """Record that an exhausted page is in quarantine, or rejected; see `finish`."""
        self.finish("", page, now, may_return=may_return)

    def forget(self, before: datetime, shares: int = SEEN_SHARDS) -> int:
        """Forget pages that were last fetched or found before the day of `before`, in the next
        `shares` of all `SEEN_SHARDS`, round and round.

        Returns:
            the number of forgotten pages.
        """
        day = (before - _FIRST_DAY) // timedelta(days=1)
        end = int(self._redis.incrby(self._name("forgotten"), shares))
        size = SEEN_BUCKETS // SEEN_SHARDS
        firsts = (share % SEEN_SHARDS * size for share in range(end - shares, end))
        return sum(self._run("forget", first, size, day) for first in firsts)

    def remember(self, fetched: Sequence[tuple[str, datetime]]) -> None:
        """Count pages (id, moment of the fetch) as seen, after the frontier was lost; one that
        waits stays."""
        flat = [part for page, at in fetched for part in (key_of(page), at.timestamp())]
        if flat:
            self._run("remember", *flat)

    def depth(self) -> dict[str, int]:
        """Return counts for metrics: unfinished pages by state, and hosts, leases and seen
        pages."""
        count = {
            "pages": self._redis.hlen(self._name("pages")),
            "later": self._redis.zcard(self._name("later")),
            "hosts": self._redis.zcard(self._name("due")),
            "backfill_hosts": self._redis.zcard(self._name("idle")),
            "leases": self._redis.zcard(self._name("leases")),
            "exhausted": self._redis.scard(self._name("exhausted")),
            "seen": int(self._redis.get(self._name("seen_count")) or 0),
        }
        return {name: int(number) for name, number in count.items()}

    def _name(self, part: str) -> str:
        return f"{self._prefix}:frontier:{part}"

    def _run(self, verb: str, *arguments: object) -> Any:  # noqa: ANN401  the script's answer
        return self._scripts[verb](keys=[self._prefix], args=arguments)

    def _run_together(self, verb: str, calls: Sequence[Sequence[object]]) -> list[Any]:
        script = self._scripts[verb]
        return run_together(
            self._redis, [ScriptRun(script, [self._prefix], each) for each in calls]
        )


def _seconds(now: datetime | None) -> float | str:
    return "" if now is None else now.timestamp()
