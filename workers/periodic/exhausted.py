"""What waits in vain: messages that the broker gave up on, pages that no fetch reached, articles
for a stage that is off.

`workers.celery_app.dead_queue` drains the broker's dead queue into `settle_dead_letter`, and that
of the stage relate into `hand_on_unrelated`; the tick calls `quarantine_exhausted`."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.events import Event, FeedDue, HostLeased, PageFound, RelateDue
from schemas.reasons import Reason
from workers.delivery.failures import UNTRACKED_EVENTS
from workers.delivery.runner import StageRunner
from workers.pipeline import DELIVERY_LIMIT, stage_taking
from workers.relate.step import leave_unrelated

# sent again by their schedules in Redis, when a claim or a lease ends
RESENT_BY_SCHEDULE = (FeedDue, HostLeased)


def settle_dead_letter(runner: StageRunner, event: Event, headers: Mapping[str, Any]) -> None:
    """Send an event that the broker gave up on again, or quarantine it. The broker counts how often
    a message was handed out, the ledger how often the work began: an event that only sat beside the
    one that killed its worker goes on.

    Raises:
        TryAgain: the broker does not take it.
    """
    if isinstance(event, RESENT_BY_SCHEDULE):
        return
    services = runner.services
    stage = stage_taking(type(event)).name
    (attempts,) = services.ledger.attempts([event], stage)
    if not isinstance(event, UNTRACKED_EVENTS) and attempts < services.settings.max_attempts:
        runner.publish(event)
        return
    deaths = headers.get("x-death") or [{}]
    detail = f"the broker gave up: {deaths[0].get('reason', 'rejected')}"
    runner.quarantine(stage, event, Reason.TOO_MANY_ATTEMPTS, detail, attempts or DELIVERY_LIMIT)


def hand_on_unrelated(runner: StageRunner, events: Sequence[Event]) -> None:
    """Send articles that wait for the stage relate on without an event in the news.

    Raises:
        TryAgain: the broker does not take them.
    """
    runner.publish_all(
        [leave_unrelated(each) if isinstance(each, RelateDue) else each for each in events]
    )


def quarantine_exhausted(runner: StageRunner) -> int:
    """Quarantine the pages whose fetch used up its attempts.

    Returns:
        their number.
    """
    frontier = runner.services.frontier
    pages = frontier.exhausted()
    for page in pages:
        quarantine_page(runner, page)
        frontier.acknowledge_exhausted(page)
    return len(pages)


def quarantine_page(runner: StageRunner, page: PageFound) -> None:
    """Quarantine a page that could not be fetched."""
    attempts = runner.services.settings.max_attempts
    last = runner.services.ledger.row(page.page_id)
    detail = f"{attempts} attempts; the last: {last.detail if last else 'its worker died'}"
    runner.quarantine("fetch", page, Reason.TOO_MANY_ATTEMPTS, detail, attempts)
