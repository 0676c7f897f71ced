"""One look at a feed: its pages into the frontier, and the moment of the next look."""

import random
from datetime import datetime

import msgspec

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from workers.delivery.runner import StageRunner
from workers.discover import websub
from workers.discover.hints import PollHints
from workers.discover.interval import PollResult, PollState, adapt_interval, next_poll_at
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import Step
from workers.services import Services


def poll_feed(runner: StageRunner, step: Step, due: FeedDue) -> None:
    """A feed that fails is kept in quarantine until it works again, and asked ever more rarely."""
    try:
        seen = _look(runner, step, due)
    except TryAgain as trouble:
        failed = trouble.was_tried
        if not failed:
            runner.services.web.put_off()
        seen = PollResult(has_failed=failed, was_put_off=not failed, retry_after=trouble.after)
    except PermanentFailure as hopeless:
        runner.quarantine(step.name, due, hopeless.reason, hopeless.detail, 1)
        seen = PollResult(has_failed=True)
    except Exception as error:  # noqa: BLE001  a bug must cost one look, not the worker
        runner.quarantine(step.name, due, Reason.BUG, repr(error), 1)
        seen = PollResult(has_failed=True)
    else:
        runner.services.quarantine.drop(f"{due.page_id}.{step.name}")
    schedule_next_poll(runner.services, due, seen, runner.services.now())


def _look(runner: StageRunner, step: Step, due: FeedDue) -> PollResult:
    runner.services.web.begin(due.page_id)
    outs = list(step.run(due, *runner.services.named(step.needs)))
    pages = [out for out in outs if isinstance(out, PageFound)]
    new = runner.services.frontier.add(pages)
    for out in outs:
        if not isinstance(out, PageFound):
            runner.dispatch(out, due)
    runner.services.web.settle()
    is_refused = any(isinstance(out, PageRejected) and out.page_id == due.page_id for out in outs)
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
