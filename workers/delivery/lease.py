"""One lease of a host's pages: they are fetched one after the other, each to its outcome, and
handed on together."""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.events import (
    PRIORITY_BACKFILL,
    HostLeased,
    PageFetched,
    PageFound,
    PageRejected,
)
from schemas.reasons import Reason
from workers.adapters.redis.page_ledger import LedgerRow
from workers.delivery import measures, tracing
from workers.delivery.runner import Result, StageRunner
from workers.delivery.variants import VariantFinder
from workers.discover.interval import next_visit_after
from workers.exceptions import Refusal, TryAgain
from workers.fetch.step import FetchResult
from workers.pipeline import MAX_WAITING_FOR_RENDER, RENDER, LeaseStage

FETCH = "fetch"
REVISIT_PRIORITY = 7
# so long the pages of a paused outlet wait, or those for which there is no browser
PAUSED_SECONDS = 20.0
# so long a page waits whose variant is under way: it need not be fetched if that one is indexed
VARIANT_SECONDS = 30.0
# pages wait for company so long at most before they are handed on
HAND_ON_SECONDS = 1.0
# These are the host's fault, not the page's: its other pages need not try.
HOST_REASONS = frozenset({Reason.UNREACHABLE, Reason.TOO_SLOW, Reason.BAD_TLS})
# Refused for these, a page waits by itself; its neighbours wait only for the host's clock.
BLOCK_REASONS = frozenset({Reason.FORBIDDEN, Reason.BOT_CHALLENGE, Reason.BAD_TLS})
# An outage of an hour costs no page: so many times the usual further attempts outlast it.
HOST_PATIENCE = 1.75
MISSING_REASONS = frozenset({Reason.NOT_FOUND, Reason.GONE})


def fetch_lease(runner: StageRunner, stage: LeaseStage, leased: HostLeased) -> None:
    """Fetch the pages of a lease, in a thread that waits for the host beside many others.

    Raises nothing that a page can cause. If the worker dies, the pages that are not finished
    become due again when the lease ends.
    """
    runner.services.ledger.note_work(stage.name, runner.services.now())
    lease = leased.lease
    results, since = list[FetchResult](), time.monotonic()
    for result in _fetch_all(runner, stage, lease, _accept(runner, leased)):
        results.append(result)
        if time.monotonic() - since >= HAND_ON_SECONDS:
            _settle(runner, lease, results)
            results, since = [], time.monotonic()
    _settle(runner, lease, results)


def _accept(runner: StageRunner, leased: HostLeased) -> tuple[PageFound, ...]:
    """Return the pages of a lease that may be fetched now; the others wait."""
    services = runner.services
    seconds = services.settings.lease_seconds
    accepted = services.frontier.accept_lease(leased, services.now(), seconds)
    paused = tuple(page for page in accepted if _has_to_wait(runner, page))
    _release_untried(runner, leased.lease, paused, PAUSED_SECONDS)
    return tuple(page for page in accepted if page not in paused)


def _fetch_all(
    runner: StageRunner, stage: LeaseStage, lease: str, pages: tuple[PageFound, ...]
) -> Iterator[FetchResult]:
    """Yield the results of `pages`, until the host, or time, stops it; the others go back."""
    # no page begins later: one may take 50 s (the downloader's PAGE_SECONDS, and a last request)
    deadline = time.monotonic() + runner.services.settings.lease_seconds / 2
    variants = VariantFinder(runner.services.ledger, pages)
    for number, page in enumerate(pages):
        if runner.services.stopping.is_set() or _must_yield(runner, page):
            _release_untried(runner, lease, pages[number:], 0.0)
            return
        variant = variants.find(page)
        if variant and not variant.final:
            _release_untried(runner, lease, (page,), VARIANT_SECONDS)
            continue
        result = _spare(page, variant) if variant else _fetch(runner, stage, page)
        if not variant:
            measures.count_response(runner.services, page.outlet, result.page)
        yield result
        pause = _pause_of_host(result)
        if pause is not None or time.monotonic() >= deadline:
            _release_untried(runner, lease, pages[number + 1 :], pause or 0.0)
            return


def _has_to_wait(runner: StageRunner, page: PageFound) -> bool:
    """Return whether the outlet is paused, or needs a browser for which enough pages wait."""
    services = runner.services
    outlet = services.outlets.get(page.outlet)
    if outlet is None or (outlet.render == "never" and not outlet.paused):
        return False
    return outlet.paused or services.ledger.waiting_for(RENDER) >= MAX_WAITING_FOR_RENDER


def _must_yield(runner: StageRunner, page: PageFound) -> bool:
    """Return whether a page of a backfill has to wait, as a fresher one has come up."""
    is_backfilled = page.priority >= PRIORITY_BACKFILL
    return is_backfilled and runner.services.frontier.has_fresh(page.url)


def _fetch(runner: StageRunner, stage: LeaseStage, page: PageFound) -> FetchResult:
    begun = tracing.now()
    try:
        return _traced(runner, begun, stage.run(page, runner.services))
    except Exception as error:  # noqa: BLE001  a bug must cost one page, not the lease
        tracing.trace_failure(runner.services, FETCH, page, begun, error)
        runner.quarantine_bug(stage, page, error, 1)
        return FetchResult(page, None)


def _traced(runner: StageRunner, begun: int, result: FetchResult) -> FetchResult:
    """Return `result`, whose outcome goes on in the page's trace."""
    services, outcome = runner.services, result.outcome
    if isinstance(outcome, TryAgain):
        tracing.trace_failure(services, FETCH, result.found, begun, outcome)
        return result
    results = [outcome] if outcome is not None else []
    traced = tracing.trace_results(services, FETCH, result.found, begun, results)
    return replace(result, outcome=traced[0]) if traced else result


def _spare(page: PageFound, variant: LedgerRow) -> FetchResult:
    """Return the end of a page whose variant is indexed."""
    end = PageRejected(
        page_id=page.page_id,
        outlet=page.outlet,
        url=page.url,
        step=FETCH,
        reason=Reason.VARIANT,
        detail=f"{variant.url} is indexed",
    )
    return FetchResult(page, end)


def _pause_of_host(result: FetchResult) -> float | None:
    """Return for how many seconds the host's other pages wait after this outcome, beside the pause
    of its clock, or None if it does not concern them."""
    outcome = result.outcome
    if result.refusal:
        return 0.0 if result.refusal.reason in BLOCK_REASONS else None
    if not isinstance(outcome, TryAgain):
        return None
    is_of_host = not outcome.counts_as_attempt or outcome.reason in HOST_REASONS
    return outcome.after if is_of_host else None


def _release_untried(
    runner: StageRunner, lease: str, pages: tuple[PageFound, ...], seconds: float
) -> None:
    for page in pages:
        runner.services.frontier.release(lease, page, seconds, counts_as_attempt=False)


def _settle(runner: StageRunner, lease: str, results: Sequence[FetchResult]) -> None:
    """Hand on the outcomes first; only then the frontier forgets the pages."""
    ended = []
    for result in results:
        if isinstance(result.outcome, TryAgain):
            measures.count_events(runner.services, FETCH, "retried")
            _retry_later(runner, lease, result.found, result.outcome)
        else:
            ended.append(result)
    try:
        runner.dispatch_all([told for told in map(_told, ended) if told])
    except TryAgain as later:  # the broker's
        for result in ended:
            _retry_later(runner, lease, result.found, later)
        return
    measures.count_events(runner.services, FETCH, "done", len(ended))
    for result in ended:
        if result.refusal:
            _ask_again(runner, lease, result.found, result.refusal)
    _finish(runner, lease, [result for result in ended if not result.refusal])


def _told(result: FetchResult) -> Result | None:
    """Return what is handed on: a revisit that fails leaves the article as it is."""
    outcome, page = result.outcome, result.found
    if not isinstance(outcome, PageFetched | PageRejected):
        return None
    return None if page.visits and isinstance(outcome, PageRejected) else Result(outcome, page)


def _finish(runner: StageRunner, lease: str, results: Sequence[FetchResult]) -> None:
    services = runner.services
    if services.settings.max_revisits:
        services.downloader.keep([result.page for result in results if result.page])
    finished = services.frontier.finish_all(lease, [result.found for result in results])
    revisits = [
        revisit
        for result, is_first in zip(results, finished, strict=True)
        if is_first and (revisit := _plan_revisit(runner, result))
    ]
    services.frontier.reschedule_all(revisits)


def _ask_again(runner: StageRunner, lease: str, page: PageFound, refusal: Refusal) -> None:
    """Let a rejected page wait for its next attempt; after the last one it stays rejected."""
    services = runner.services
    attempts = _max_attempts(refusal.patience, services.settings.max_attempts)
    if not services.frontier.release(lease, page, refusal.after, max_attempts=attempts):
        services.frontier.acknowledge_exhausted(page, may_return=True)


def _retry_later(runner: StageRunner, lease: str, page: PageFound, later: TryAgain) -> None:
    services = runner.services
    patience = HOST_PATIENCE if later.reason in HOST_REASONS else 1.0
    attempts = _max_attempts(patience, services.settings.max_attempts)
    if services.frontier.release(
        lease,
        page,
        later.after,
        counts_as_attempt=later.counts_as_attempt,
        max_attempts=attempts,
    ):
        return
    if not page.visits:
        runner.quarantine(FETCH, page, later.reason, str(later), attempts)
    services.frontier.acknowledge_exhausted(page, may_return=not page.visits)


def _max_attempts(patience: float, usual: int) -> int:
    return 1 + int((usual - 1) * patience)


def _plan_revisit(runner: StageRunner, result: FetchResult) -> tuple[PageFound, datetime] | None:
    """Return the next visit of a page and its time, or None if it gets no further one."""
    page, services, outcome = result.found, runner.services, result.outcome
    if page.priority >= PRIORITY_BACKFILL:  # an old article changes no more
        return None
    if isinstance(outcome, PageRejected) and (not page.visits or outcome.reason in MISSING_REASONS):
        return None
    visits = page.visits + 1
    pause: timedelta | None = next_visit_after(visits)
    if pause is None or visits > services.settings.max_revisits:
        return None
    priority = max(page.priority, REVISIT_PRIORITY)
    revisit = replace(page, visits=visits, priority=priority, traceparent="")
    return revisit, services.now() + pause
