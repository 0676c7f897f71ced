"""One poll of a feed: its pages into the frontier, its report, and the time of the next poll."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.events import Event, FeedDue, PageFound, PageRejected
from schemas.poll import PollReport
from workers.adapters.redis.quarantine import entry_id
from workers.delivery import measures, tracing
from workers.delivery.runner import Result, StageRunner
from workers.discover import websub
from workers.discover.hints import MAX_PAUSE_SECONDS, PollHints
from workers.discover.interval import PollResult, PollState, adapt_interval, next_poll_at
from workers.discover.parts import LoggedSession
from workers.discover.poll_log import PollLog, PollMemory, with_habit
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import FeedStage
from workers.services import Services

DEFAULT_INTERVAL_MINUTES = 60
REVISIT_PRIORITY = 5
MIN_REVISIT_PAUSE = timedelta(minutes=10)
MAX_REVISITS_OF_A_POLL = 200
# Dates of a source are its own clock's if so many of its links changed in the last minutes.
CLOCK_DATES = 5
CLOCK_SPAN = timedelta(minutes=10)


def poll_feed(runner: StageRunner, stage: FeedStage, due: FeedDue) -> None:
    """Poll a feed and plan its next poll. A feed that fails is kept in quarantine until it works
    again, and polled ever more rarely."""
    outlet = runner.services.outlets.get(due.outlet)
    if outlet is not None and outlet.paused:  # sent before its file said so
        return
    log = PollLog(_memory_of(runner.services, due))
    failure = ""
    try:
        result = _poll(runner, stage, due, log)
    except TryAgain as later:
        failure = str(later) if later.counts_as_attempt else ""
        result = _put_off(later)
    except PermanentFailure as end:
        failure = str(end)
        runner.quarantine(stage.name, due, end.reason, end.detail, 1)
        result = PollResult(has_failed=True)
    except Exception as error:  # noqa: BLE001  a bug must cost one poll, not the worker
        failure = repr(error)
        runner.quarantine_bug(stage, due, error, 1)
        result = PollResult(has_failed=True)
    else:
        runner.services.quarantine.drop(entry_id(due.page_id, stage.name))
    measures.count_events(runner.services, stage.name, _outcome_of(result))
    if not result.was_deferred:
        _record_report(runner.services, due, log, failure)
    schedule_next_poll(runner.services, due, result, runner.services.now())


def _put_off(later: TryAgain) -> PollResult:
    failed = later.counts_as_attempt
    return PollResult(has_failed=failed, was_deferred=not failed, retry_after=later.after)


def _outcome_of(result: PollResult) -> str:
    if result.was_deferred:
        return "deferred"
    return "failed" if result.has_failed else "done"


def _poll(runner: StageRunner, stage: FeedStage, due: FeedDue, log: PollLog) -> PollResult:
    """Return the result of a poll. What it found until it was put off is in the frontier, too.

    Raises:
        TryAgain: it was put off, or it may work later.
        PermanentFailure: it will not.
    """
    services = runner.services
    services.ledger.note_work(stage.name, services.now())
    events: list[Event] = []
    begun = tracing.now()
    with services.downloader.poll_session(due.page_id) as session:
        try:
            events.extend(stage.run(due, LoggedSession(session, log), services))
        finally:
            found = [event for event in events if isinstance(event, PageFound)]
            pages = tracing.begin_traces(services, found)
            new = services.frontier.add(pages)
            tracing.trace_found(services, stage.name, pages, begun)
        log.new = new
        others = [event for event in events if not isinstance(event, PageFound)]
        runner.dispatch_all([Result(event, due) for event in others])
        _revisit_changed(services, pages, log)
        if log.left_out:  # the next poll goes on with what this one left out
            session.leave_unsettled(log.leads_on)
    services.feed_schedule.record_memory(due.page_id, msgspec.json.encode(log.next_memory()))
    refusals = (event for event in events if isinstance(event, PageRejected))
    refusal = next((event for event in refusals if event.page_id == due.page_id), None)
    log.refusal = f"{refusal.reason.value}: {refusal.detail}" if refusal else ""
    return PollResult(links=len(pages), new_links=new, has_failed=refusal is not None)


def _revisit_changed(services: Services, pages: Sequence[PageFound], log: PollLog) -> None:
    """Let pages be fetched again that have changed, by the date that their source gives, since they
    were fetched last. Each date brings one visit."""
    now = services.now()
    dated = [page for page in pages if page.modified is not None and page.modified <= now]
    if not services.settings.max_revisits or _is_own_clock(dated, now):
        return
    fetched = services.ledger.fetched_at([page.page_id for page in dated])
    changed = [
        (page, page.modified, before)
        for page, before in zip(dated, fetched, strict=True)
        if page.modified and before and page.modified > before
    ]
    changed.sort(key=lambda each: each[1], reverse=True)
    for page, modified, before in changed[:MAX_REVISITS_OF_A_POLL]:
        moment = modified.timestamp()
        log.revisited[page.page_id] = moment
        if log.memory.revisited.get(page.page_id) == moment:
            continue
        revisit = replace(page, visits=1, priority=max(page.priority, REVISIT_PRIORITY))
        services.frontier.reschedule(revisit, max(now, before + MIN_REVISIT_PAUSE))


def _is_own_clock(pages: Sequence[PageFound], now: datetime) -> bool:
    """Return whether most dates are but the moment at which the source was made."""
    recent = [page for page in pages if page.modified and page.modified >= now - CLOCK_SPAN]
    return len(recent) >= CLOCK_DATES and 2 * len(recent) > len(pages)


def _memory_of(services: Services, due: FeedDue) -> PollMemory:
    raw = services.feed_schedule.memory(due.page_id)
    return msgspec.json.decode(raw, type=PollMemory) if raw else PollMemory()


def _record_report(services: Services, due: FeedDue, log: PollLog, failure: str) -> None:
    """Record what a poll has brought, beside what the feed brings usually."""
    before: PollReport | None = services.feed_schedule.report(due.page_id)
    report = replace(log.report(services.now()), failure=(failure or log.refusal)[:500])
    services.feed_schedule.record_report(due.page_id, with_habit(report, before))


def schedule_next_poll(services: Services, due: FeedDue, result: PollResult, now: datetime) -> None:
    """Adapt the feed's interval to the result of this poll, and set the time of the next."""
    schedule = services.feed_schedule
    raw_hints = schedule.hints(due.page_id)
    hints = msgspec.json.decode(raw_hints, type=PollHints) if raw_hints else PollHints()
    longest = _longest_pause(services, due)
    result = replace(
        result,
        min_pause_seconds=min(hints.min_pause_seconds, longest),
        fresh_seconds=min(hints.fresh_seconds, longest),
        skip_hours=hints.skip_hours,
    )
    before = _state_of(services, due)
    pause = _websub_pause(services, due, hints, result, now)
    # polls that a hub asks for say nothing of how often to poll without it
    state = PollState(before.interval) if pause else adapt_interval(before, result)
    next_state = PollState(max(state.interval, pause))
    at = next_poll_at(next_state, result, now, random.random())  # noqa: S311  jitter, no secret
    schedule.record_poll(due.page_id, msgspec.json.encode(state), at)


def _longest_pause(services: Services, due: FeedDue) -> float:
    """Return for how many seconds at most a poll may wait because a feed or a cache says so: what
    an outlet's file sets itself counts more."""
    outlet = services.outlets.get(due.outlet)
    minutes = outlet.every_minutes if outlet else None
    return MAX_PAUSE_SECONDS if minutes is None else 60.0 * minutes


def _state_of(services: Services, due: FeedDue) -> PollState:
    stored = services.feed_schedule.state(due.page_id)
    if stored:
        return msgspec.json.decode(stored, type=PollState)
    outlet = services.outlets.get(due.outlet)
    minutes = outlet.poll_minutes if outlet else DEFAULT_INTERVAL_MINUTES
    return PollState(60.0 * minutes)


def _websub_pause(
    services: Services, due: FeedDue, hints: PollHints, result: PollResult, now: datetime
) -> float:
    """Return for how many seconds the feed need not be polled as its hub pushes, 0 if it must be.
    Records the hub that the feed names."""
    if not services.settings.websub_callback:
        return 0.0
    subscriptions = services.websub_subscriptions
    subscriptions.record_hub(due.page_id, hints.hub, hints.topic, now)
    if result.has_failed or result.was_deferred:
        return 0.0
    if result.new_links:
        subscriptions.take_credit(due.page_id)
    status = subscriptions.status(due.page_id)
    return websub.polling_pause(status.until, status.credit, now)
