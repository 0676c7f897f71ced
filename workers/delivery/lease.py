"""One lease of a host's pages: fetched one after the other, each brought to its end."""

import time
from datetime import timedelta

from msgspec.structs import replace

from schemas.events import HostLeased, PageFound, PageRejected, Reason
from workers.delivery.runner import StageRunner
from workers.discover.interval import next_visit_after
from workers.exceptions import TryAgain
from workers.fetch.step import FetchResult
from workers.pipeline import LeaseStage

REVISIT_PRIORITY = 7
# what the host is to blame for, not the page: its other pages need not try
HOST_REASONS = frozenset({Reason.UNREACHABLE, Reason.TOO_SLOW})
MISSING = frozenset({Reason.NOT_FOUND, Reason.GONE})


def fetch_lease(runner: StageRunner, stage: LeaseStage, leased: HostLeased) -> None:
    """Waits in its thread, beside many others. Raises nothing that a page can cause: what is not
    finished when a worker dies comes back when its lease ends."""
    services = runner.services
    seconds = services.settings.lease_seconds
    pages = services.frontier.accept_lease(leased, services.now(), seconds)
    until = time.monotonic() + seconds / 2  # a page may take 50 s (PAGE_SECONDS of the downloader)
    for number, page in enumerate(pages, 1):
        fetched = _fetched(runner, stage, page)
        _settle(runner, leased.lease, fetched)
        pause = _pause(fetched.outcome)
        if pause is not None or time.monotonic() >= until:
            _put_back(runner, leased.lease, pages[number:], pause or 0.0)
            return


def _fetched(runner: StageRunner, stage: LeaseStage, page: PageFound) -> FetchResult:
    try:
        fetched = stage.run(page, runner.services)
    except Exception as error:  # noqa: BLE001  a bug must cost one page, not the lease
        runner.quarantine(stage.name, page, Reason.BUG, repr(error), 1)
        return FetchResult(page, None)
    return fetched


def _pause(end: object) -> float | None:
    """How long the host's other pages wait, if the end of this one concerns them."""
    if isinstance(end, TryAgain) and (not end.counts_as_attempt or end.reason in HOST_REASONS):
        return end.after
    return None


def _put_back(
    runner: StageRunner, lease: str, pages: tuple[PageFound, ...], seconds: float
) -> None:
    for page in pages:
        runner.services.frontier.release(lease, page, seconds, counts_as_attempt=False)


def _settle(runner: StageRunner, lease: str, fetched: FetchResult) -> None:
    """First the end of a page reaches its place, then the frontier forgets the page."""
    found, services = fetched.found, runner.services
    if isinstance(fetched.outcome, TryAgain):
        _wait(runner, lease, found, fetched.outcome)
        return
    # a revisit that fails leaves the article as it is
    if fetched.outcome and not (found.visits and isinstance(fetched.outcome, PageRejected)):
        try:
            runner.dispatch(fetched.outcome, found)
        except TryAgain as trouble:  # the broker's
            _wait(runner, lease, found, trouble)
            return
    if fetched.page and services.settings.revisits:
        services.downloader.keep(fetched.page)
    if services.frontier.finish(lease, found):
        _plan_revisit(runner, fetched)


def _wait(runner: StageRunner, lease: str, found: PageFound, trouble: TryAgain) -> None:
    services = runner.services
    if services.frontier.release(
        lease, found, trouble.after, counts_as_attempt=trouble.counts_as_attempt
    ):
        return
    if not found.visits:
        most = services.settings.max_attempts
        runner.quarantine("fetch", found, trouble.reason, str(trouble), most)
    services.frontier.acknowledge_exhausted(found)


def _plan_revisit(runner: StageRunner, fetched: FetchResult) -> None:
    found, services, end = fetched.found, runner.services, fetched.outcome
    if isinstance(end, PageRejected) and (not found.visits or end.reason in MISSING):
        return
    visits = found.visits + 1
    pause: timedelta | None = next_visit_after(visits)
    if pause is None or visits > services.settings.revisits:
        return
    again = replace(found, visits=visits, priority=max(found.priority, REVISIT_PRIORITY))
    services.frontier.reschedule(again, services.now() + pause)
