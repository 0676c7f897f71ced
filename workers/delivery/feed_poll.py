"""One poll of a feed: its pages into the frontier, and the time of the next poll."""

import random
from datetime import datetime

import msgspec

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from workers.delivery.runner import StageRunner
from workers.discover import websub
from workers.discover.hints import PollHints
from workers.discover.interval import PollResult, PollState, adapt_interval, next_poll_at
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import FeedStage
from workers.services import Services


def poll_feed(runner: StageRunner, stage: FeedStage, due: FeedDue) -> None:
    """Poll a feed and plan its next poll. A feed that fails is kept in quarantine until it works
    again, and polled ever more rarely."""
    try:
        result = _poll(runner, stage, due)
    except TryAgain as later:
        failed = later.counts_as_attempt
        result = PollResult(has_failed=failed, was_put_off=not failed, retry_after=later.after)
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
    services = runner.services
    with services.downloader.poll_session(due.page_id) as session:
        events = list(stage.run(due, session, services))
        pages = [event for event in events if isinstance(event, PageFound)]
        new = services.frontier.add(pages)
        for event in events:
            if not isinstance(event, PageFound):
                runner.dispatch(event, due)
    is_refused = any(
        isinstance(event, PageRejected) and event.page_id == due.page_id for event in events
    )
    return PollResult(links=len(pages), new=new, has_failed=is_refused)


def schedule_next_poll(services: Services, due: FeedDue, seen: PollResult, now: datetime) -> None:
    """Keeps the feed's rhythm after what this look brought."""
    clock = services.feed_schedule
    outlet = services.outlets.get(due.outlet)
    stored = clock.state(due.page_id)
    first = PollState(60 * outlet.every_minutes if outlet else 3600.0)
    before = msgspec.json.decode(stored, type=PollState) if stored else first
    said = clock.hints(due.page_id)
    hints = msgspec.json.decode(said, type=PollHints) if said else PollHints()
    seen = msgspec.structs.replace(seen, at_least=hints.at_least, skip_hours=hints.skip_hours)
    quiet = _quiet_after(services, due, hints, seen, now)
    # looks that a hub calls for tell nothing of how often to poll
    rhythm = PollState(before.interval) if quiet else adapt_interval(before, seen)
    next_one = PollState(max(rhythm.interval, quiet))
    again = next_poll_at(next_one, seen, now, random.random())  # noqa: S311  jitter, no secret
    clock.record_poll(due.page_id, msgspec.json.encode(rhythm), again)


def _quiet_after(
    services: Services, due: FeedDue, hints: PollHints, seen: PollResult, now: datetime
) -> float:
    """Seconds for which the feed need not be looked at again, after what this look brought; 0 if
    it is to be polled. Keeps the hub that the feed named."""
    if not services.settings.websub_callback:
        return 0.0
    known = services.websub_subscriptions
    known.record_hub(due.page_id, hints.hub, hints.topic, now)
    if seen.has_failed or seen.was_put_off:
        return 0.0
    if seen.new:
        known.take_credit(due.page_id)
    standing = known.status(due.page_id)
    return websub.polling_pause(standing.until, standing.credit, now)
