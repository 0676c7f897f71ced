"""The walk of a backfill: one source after the other, each read, stored with what it names, and
over."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Literal
from uuid import uuid4

from msgspec.structs import replace
from redis.exceptions import RedisError

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.poll import FailedPart, LeftOut
from schemas.reasons import Reason
from workers.adapters.archive.warc_reader import NoWarcFileError
from workers.adapters.frontier.backfills import (
    BACKFILL_SHARE_IN_FLIGHT,
    CLAIM_SECONDS,
    MAX_OPEN,
    MAX_WAITING,
    SourceResult,
)
from workers.delivery.backfill_warc import WarcWalk
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS
from workers.delivery.runner import StageRunner
from workers.discover.history.reading import read_source, sitemaps_in_robots
from workers.discover.links import BadFeedError
from workers.discover.parts import PollSession, Runner, reason_of
from workers.discover.poll_log import MAX_DETAIL_LENGTH
from workers.exceptions import PermanentFailure, TooCostlyError, TryAgain

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 5
PAUSE_SECONDS = 0.5
RETRY_SECONDS = 30.0
MAX_PAUSE_SECONDS = 3600.0
MISSING = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
NO_ARCHIVE_PAGE = "archive pages that do not exist"
BROKEN_OFF = "sources that break off each time: what came of them was read"
NO_SITEMAP = "no sitemap: robots.txt names none, and none is at the usual place"

# What a step did: read a source, let fresh pages go first, or found that links wait enough, that
# sources have to wait or are with others, that none are left, or that the backfill does not run.
StepOutcome = Literal["read", "yielded", "full", "waiting", "over", "stopped"]


class Walker:
    """Reads the sources of one backfill. Several walkers do no harm, and one that dies loses
    nothing: what it has not completed is read again."""

    def __init__(
        self,
        runner: StageRunner,
        plan: BackfillPlan,
        outlet: Outlet,
        on_problem: Callable[[str], object] = log.warning,
    ) -> None:
        """`on_problem` is told of each record of a WARC file that cannot be read."""
        self._runner = runner
        self._services = runner.services
        self._plan = plan
        self._outlet = outlet
        self._on_problem = on_problem
        self._name = uuid4().hex
        # called while a long source is read
        self.on_progress: Callable[[], object] = bool

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Give signs of life while the block runs, however long a source takes."""
        backfills, is_over = self._services.backfills, threading.Event()

        def live() -> None:
            while not is_over.wait(CLAIM_SECONDS / 3):
                with suppress(RedisError):
                    backfills.live(self._plan.outlet, self._name)

        thread = threading.Thread(target=live, daemon=True)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()
            backfills.leave(self._plan.outlet, self._name)

    def step(self) -> StepOutcome:
        """Return what was done: the next source is read, if there is one and nothing is more
        urgent. If Redis or the disk fails meanwhile, nothing is lost: the source is read again."""
        services, outlet = self._services, self._plan.outlet
        if services.backfills.waiting(outlet) >= MAX_WAITING:
            return "full"
        source, left = services.backfills.claim(outlet, self._name, services.now())
        if source is not None and self._rules()[0].paused:
            return "waiting"
        if source is None:
            if not services.backfills.is_running(outlet):
                return "stopped"
            return "waiting" if left else "over"
        if services.frontier.has_fresh(source.url):
            return "yielded"
        self._work_off(source)
        return "read"

    def _work_off(self, source: BackfillSource) -> None:
        warc = WarcWalk(self._runner, self._rules(), source, self._name)
        try:
            if source.kind != "warc":
                session = self._services.downloader.history_session()
                result = read(source, session, self._rules(), self._services.parsers)
            elif not warc.read(self._may_send, self._on_problem):
                return
            else:
                result = SourceResult()
        except TryAgain as later:
            self._try_later(warc.source, later)
            return
        except (PermanentFailure, NoWarcFileError, FileNotFoundError, PermissionError) as failure:
            result = SourceResult(failure=_file_failure(source, failure))
        except INFRASTRUCTURE_ERRORS:
            raise
        except Exception as error:  # noqa: BLE001  a bug must cost one source, not the walk
            result = SourceResult(failure=_failure(source, Reason.BUG, repr(error)))
        self._services.backfills.complete(self._plan.outlet, source, result)

    def _may_send(self) -> bool:
        """Return whether the backfill still runs, when there is room for another page: those that
        are fresh have to wait for few."""
        services, outlet = self._services, self._plan.outlet
        most = BACKFILL_SHARE_IN_FLIGHT * services.settings.max_in_flight
        while services.backfills.is_running(outlet):
            self.on_progress()
            if services.backfills.open(outlet) < MAX_OPEN and services.ledger.in_flight() <= most:
                return True
            time.sleep(PAUSE_SECONDS)  # noqa: TID251  a command, not a worker
        return False

    def _rules(self) -> tuple[Outlet, BackfillPlan]:
        """Return the outlet as its file says it now, and the plan."""
        return self._services.outlets.get(self._plan.outlet) or self._outlet, self._plan

    def _try_later(self, source: BackfillSource, later: TryAgain) -> None:
        """Give the source back for a while; one whose attempts are used up has failed."""
        services, outlet = self._services, self._plan.outlet
        attempts = source.attempts + later.counts_as_attempt
        if attempts >= MAX_ATTEMPTS:
            result = SourceResult(failure=_failure(source, later.reason, str(later)))
            services.backfills.complete(outlet, source, result)
            return
        pause = later.after * 2**source.attempts if later.counts_as_attempt else later.after
        due = services.now() + timedelta(seconds=min(pause, MAX_PAUSE_SECONDS))
        given_back = replace(source, attempts=attempts)
        services.backfills.postpone(outlet, self._name, given_back, due)


def read(
    source: BackfillSource,
    session: PollSession,
    rules: tuple[Outlet, BackfillPlan],
    parsers: Runner,
) -> SourceResult:
    """Return what came of a robots.txt, sitemap or archive page; `rules` are the outlet and what
    its backfill was asked for, and `parsers` runs what reads the page. One that cannot be read
    costs only itself.

    Raises:
        TryAgain: it may work later.
    """
    try:
        if source.kind == "robots":
            named = session.sitemaps(source.url)
            return SourceResult(sources=sitemaps_in_robots(source, named))
        page = session.get(source.url)
        if page.status != HTTPStatus.OK:
            return _read_nothing(source, page)
        if page.is_cut and source.attempts + 1 < MAX_ATTEMPTS:
            raise TryAgain("the connection broke off", RETRY_SECONDS, Reason.BAD_RESPONSE)
        content = parsers.run(read_source, source, page, *rules)
        broken = [LeftOut(source.url, 1, BROKEN_OFF)] * page.is_cut
        return SourceResult(
            pages=content.pages, sources=content.sources, left_out=[*content.left_out, *broken]
        )
    except PermanentFailure as failure:
        return SourceResult(failure=_failure(source, failure.reason, failure.detail))
    except (BadFeedError, TooCostlyError) as error:
        if source.is_guess:
            return SourceResult(left_out=[LeftOut(source.url, 1, NO_SITEMAP)])
        return SourceResult(failure=_failure(source, Reason.BAD_FEED, str(error)))


def _read_nothing(source: BackfillSource, page: StoredPage) -> SourceResult:
    """Return the result of a response that is not 200.

    Raises:
        TryAgain: it may be another one later.
    """
    if source.is_guess:
        return SourceResult(left_out=[LeftOut(source.url, 1, NO_SITEMAP)])
    if source.kind == "archive" and page.status in MISSING:
        return SourceResult(left_out=[LeftOut(source.url, 1, NO_ARCHIVE_PAGE)])
    if page.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryAgain(f"status {page.status}", RETRY_SECONDS, Reason.BAD_RESPONSE)
    failure = _failure(source, reason_of(page.status), f"status {page.status}")
    return SourceResult(failure=failure)


def _failure(source: BackfillSource, reason: Reason, detail: str) -> FailedPart:
    return FailedPart(source.url, reason.value, detail[:MAX_DETAIL_LENGTH])


def _file_failure(source: BackfillSource, failure: Exception) -> FailedPart:
    """Return the failure of a WARC file."""
    if isinstance(failure, PermanentFailure):
        return _failure(source, failure.reason, failure.detail)
    words = failure.strerror if isinstance(failure, OSError) else ""
    return _failure(source, Reason.UNREADABLE, words or str(failure))
