"""Many events through a batch step, each with an end of its own."""

from collections.abc import Sequence

from schemas.events import ArticleIndexed, Event, Reason
from workers.delivery.stages import UNCOUNTED, Delivery
from workers.outcomes import GiveUp, TryAgain
from workers.pipeline import Step

Outcome = ArticleIndexed | TryAgain | GiveUp | None


def run_batch(delivery: Delivery, step: Step, events: Sequence[Event]) -> list[bool]:
    """For each event, whether its message is done with; what is not must come again.

    An event whose last attempt never came back may have killed its worker: it goes alone, so that
    it cannot use up its neighbours' attempts.
    """
    tries = delivery.tools.ledger.tries(events, step.name)
    fresh = [at for at, number in enumerate(tries) if number <= 0]
    done = dict(zip(fresh, _together(delivery, step, [events[at] for at in fresh]), strict=True))
    for at, event in enumerate(events):
        if at not in done:
            (done[at],) = _together(delivery, step, [event])
    return [done[at] for at in range(len(events))]


def _together(delivery: Delivery, step: Step, events: Sequence[Event]) -> list[bool]:
    """While the whole request fails (the index is down), every message stays: the queue grows,
    intake sees it and stops."""
    attempts = [delivery.begin(step, event) for event in events]
    over = {
        at
        for at, (event, attempt) in enumerate(zip(events, attempts, strict=True))
        if attempt < 0 or _is_used_up(delivery, step, event, attempt)
    }
    rest = [event for at, event in enumerate(events) if at not in over]
    settled = iter(_run(delivery, step, rest) if rest else [])
    return [at in over or next(settled) for at in range(len(events))]


def _is_used_up(delivery: Delivery, step: Step, event: Event, attempt: int) -> bool:
    try:
        delivery.check_attempts(attempt)
    except GiveUp as hopeless:
        delivery.quarantine(step.name, event, hopeless.reason, hopeless.detail, attempt)
        return True
    return False


def _run(delivery: Delivery, step: Step, events: list[Event]) -> list[bool]:
    outcomes: list[Outcome]
    try:
        outcomes = list(step.run(events, *delivery.tools.named(step.needs)))
    except TryAgain as trouble:
        outcomes = [trouble] * len(events)
    except Exception as error:  # noqa: BLE001  one article's bug must not cost its neighbours
        if len(events) > 1:
            return [_run(delivery, step, [event])[0] for event in events]
        delivery.quarantine(step.name, events[0], Reason.BUG, repr(error), 1)
        return [True]
    return [
        _settle(delivery, step, event, outcome)
        for event, outcome in zip(events, outcomes, strict=True)
    ]


def _settle(delivery: Delivery, step: Step, event: Event, outcome: Outcome) -> bool:
    match outcome:
        case TryAgain():
            if not isinstance(event, UNCOUNTED):
                delivery.tools.ledger.forgive(event, step.name)
            return False
        case GiveUp():
            delivery.quarantine(step.name, event, outcome.reason, outcome.detail, 1)
        case ArticleIndexed():
            delivery.deliver(outcome, event)
    return True
