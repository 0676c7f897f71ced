"""One poll of a feed: its pages into the frontier, and the time of the next poll."""

import random
from datetime import datetime

import msgspec

from schemas.events import Event, FeedDue, PageFound, PageRejected
from schemas.reasons import Reason
from workers.delivery.runner import StageRunner
from workers.discover import websub
from workers.discover.hints import PollHints
from workers.discover.interval import PollResult, PollState, adapt_interval, next_poll_at
from workers.discover.parts import LoggedSession
from workers.discover.poll_log import PollLog
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import FeedStage
from workers.services import Services

DEFAULT_INTERVAL_MINUTES = 60


def poll_feed(runner: StageRunner, stage: FeedStage, due: FeedDue) -> None:
    """Poll a feed and plan its next poll. A feed that fails is kept in quarantine until it works
    again, and polled ever more rarely."""
    try:
        result = _poll(runner, stage, due)
    except TryAgain as later:
        failed = later.counts_as_attempt
        result = PollResult(has_failed=failed, was_deferred=not failed, retry_after=later.after)
    except PermanentFailure as failure:
        runner.quarantine(stage.name, due, failure.reason, failure.detail, 1)
        result = PollResult(has_failed=True)
    except Exception as error:  # noqa: BLE001  a bug must cost one poll, not the worker
        runner.quarantine(stage.name, due, Reason.BUG, repr(error), 1)
        result = PollResult(has_failed=True)
    else:
        runner.services.quarantine.drop(f"{due.page_id}.{stage.name}")
    schedule_next_poll(runner.services, due, result, runner.services.now())


def _poll(runner: StageRunner, stage: FeedStage, due: FeedDue) -> PollResult:
    """Return the result of a poll. What it found until it was put off is in the frontier, too.

    Raises:
        TryAgain: it was put off, or it may work later.
        PermanentFailure: it will not.
    """
    services, log = runner.services, PollLog()
    events: list[Event] = []
    with services.downloader.poll_session(due.page_id) as session:
        try:
            events.extend(stage.run(due, LoggedSession(session, log), services))
        finally:
            pages = [event for event in events if isinstance(event, PageFound)]
            new = services.frontier.add(pages)
        for event in events:
            if not isinstance(event, PageFound):
                runner.dispatch(event, due)
        if log.left_out:  # the next poll goes on with what this one left out
            session.leave_unsettled(log.leads_on)
    is_refused = any(
        isinstance(event, PageRejected) and event.page_id == due.page_id for event in events
    )
    return PollResult(links=len(pages), new_links=new, has_failed=is_refused)


def schedule_next_poll(services: Services, due: FeedDue, result: PollResult, now: datetime) -> None:
    """Adapt the feed's interval to the result of this poll, and set the time of the next."""
    schedule = services.feed_schedule
    raw_hints = schedule.hints(due.page_id)
    hints = msgspec.json.decode(raw_hints, type=PollHints) if raw_hints else PollHints()
    result = msgspec.structs.replace(
        result, min_pause_seconds=hints.min_pause_seconds, skip_hours=hints.skip_hours
    )
    before = _state_of(services, due)
    pause = _websub_pause(services, due, hints, result, now)
    # polls that a hub asks for say nothing of how often to poll without it
    state = PollState(before.interval) if pause else adapt_interval(before, result)
    next_state = PollState(max(state.interval, pause))
    at = next_poll_at(next_state, result, now, random.random())  # noqa: S311  jitter, no secret
    schedule.record_poll(due.page_id, msgspec.json.encode(state), at)


def _state_of(services: Services, due: FeedDue) -> PollState:
    stored = services.feed_schedule.state(due.page_id)
    if stored:
        return msgspec.json.decode(stored, type=PollState)
    outlet = services.outlets.get(due.outlet)
    minutes = outlet.every_minutes if outlet else DEFAULT_INTERVAL_MINUTES
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
