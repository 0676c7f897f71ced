"""Many events through a batch step, each with an end of its own."""

from collections.abc import Sequence

from schemas.events import ArticleIndexed, Event, Reason
from workers.delivery.stages import Delivery
from workers.outcomes import GiveUp, TryAgain
from workers.pipeline import Step

Outcome = ArticleIndexed | TryAgain | GiveUp | None


def run_batch(delivery: Delivery, step: Step, events: Sequence[Event]) -> list[bool]:
    """For each event, whether its message is done with; what is not must come again.

    While the whole request fails (the index is down), every message stays: the queue grows,
    intake sees it and stops.
    """
    try:
        outcomes: list[Outcome] = list(step.run(events, *delivery.tools.named(step.needs)))
    except TryAgain:
        return [False] * len(events)
    except Exception as error:  # noqa: BLE001  one article's bug must not cost its neighbours
        if len(events) > 1:
            return [run_batch(delivery, step, [event])[0] for event in events]
        delivery.quarantine(step.name, events[0], Reason.BUG, repr(error), 1)
        return [True]
    return [
        _settle(delivery, step, event, outcome)
        for event, outcome in zip(events, outcomes, strict=True)
    ]


def _settle(delivery: Delivery, step: Step, event: Event, outcome: Outcome) -> bool:
    match outcome:
        case TryAgain():
            return False
        case GiveUp():
            delivery.quarantine(step.name, event, outcome.reason, outcome.detail, 1)
        case ArticleIndexed():
            delivery.deliver(outcome, event)
    return True
