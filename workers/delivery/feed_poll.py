"""One look at a feed: its pages into the frontier, and the moment of the next look."""

import random
from datetime import datetime

import msgspec

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from workers.delivery.runner import Delivery
from workers.discover import websub
from workers.discover.hints import Hints
from workers.discover.interval import Look, Rhythm, adapted, next_look
from workers.exceptions import GiveUp, TryAgain
from workers.pipeline import Step
from workers.services import Tools


def look(delivery: Delivery, step: Step, due: FeedDue) -> None:
    """A feed that fails is kept in quarantine until it works again, and asked ever more rarely."""
    try:
        seen = _look(delivery, step, due)
    except TryAgain as trouble:
        failed = trouble.was_tried
        if not failed:
            delivery.tools.web.put_off()
        seen = Look(has_failed=failed, was_put_off=not failed, retry_after=trouble.after)
    except GiveUp as hopeless:
        delivery.quarantine(step.name, due, hopeless.reason, hopeless.detail, 1)
        seen = Look(has_failed=True)
    except Exception as error:  # noqa: BLE001  a bug must cost one look, not the worker
        delivery.quarantine(step.name, due, Reason.BUG, repr(error), 1)
        seen = Look(has_failed=True)
    else:
        delivery.tools.quarantine.drop(f"{due.page_id}.{step.name}")
    plan_next_look(delivery.tools, due, seen, delivery.tools.now())


def _look(delivery: Delivery, step: Step, due: FeedDue) -> Look:
    delivery.tools.web.begin(due.page_id)
    outs = list(step.run(due, *delivery.tools.named(step.needs)))
    pages = [out for out in outs if isinstance(out, PageFound)]
    new = delivery.tools.frontier.add(pages)
    for out in outs:
        if not isinstance(out, PageFound):
            delivery.deliver(out, due)
    delivery.tools.web.settle()
    is_refused = any(isinstance(out, PageRejected) and out.page_id == due.page_id for out in outs)
    return Look(links=len(pages), new=new, has_failed=is_refused)


def plan_next_look(tools: Tools, due: FeedDue, seen: Look, now: datetime) -> None:
    """Keeps the feed's rhythm after what this look brought."""
    clock = tools.feed_clock
    outlet = tools.outlets.get(due.outlet)
    stored = clock.state(due.page_id)
    first = Rhythm(60 * outlet.every_minutes if outlet else 3600.0)
    before = msgspec.json.decode(stored, type=Rhythm) if stored else first
    said = clock.hints(due.page_id)
    hints = msgspec.json.decode(said, type=Hints) if said else Hints()
    seen = msgspec.structs.replace(seen, at_least=hints.at_least, skip_hours=hints.skip_hours)
    quiet = _quiet_after(tools, due, hints, seen, now)
    # looks that a hub calls for tell nothing of how often to poll
    rhythm = Rhythm(before.interval) if quiet else adapted(before, seen)
    next_one = Rhythm(max(rhythm.interval, quiet))
    again = next_look(next_one, seen, now, random.random())  # noqa: S311  jitter, no secret
    clock.looked(due.page_id, msgspec.json.encode(rhythm), again)


def _quiet_after(tools: Tools, due: FeedDue, hints: Hints, seen: Look, now: datetime) -> float:
    """Seconds for which the feed need not be looked at again, after what this look brought; 0 if
    it is to be polled. Keeps the hub that the feed named."""
    if not tools.settings.websub_callback:
        return 0.0
    known = tools.subscriptions
    known.want(due.page_id, hints.hub, hints.topic, now)
    if seen.has_failed or seen.was_put_off:
        return 0.0
    if seen.new:
        known.take_credit(due.page_id)
    standing = known.standing(due.page_id)
    return websub.quiet_seconds(standing.until, standing.credit, now)
