"""Many events through a batch step, each with an end of its own."""

from collections.abc import Sequence

from schemas.events import ArticleIndexed, Event, Reason
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.delivery.runner import StageRunner
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import Step

Outcome = ArticleIndexed | TryAgain | PermanentFailure | None
Tried = tuple[Event, int]  # with the number of the attempt


def run_batch(runner: StageRunner, step: Step, events: Sequence[Event]) -> list[bool]:
    """For each event, whether its message is done with; what is not must come again.

    An event whose last attempt never came back may have killed its worker: it goes alone, so that
    it cannot use up its neighbours' attempts.
    """
    tries = runner.services.ledger.attempts(events, step.name)
    fresh = [at for at, number in enumerate(tries) if number <= 0]
    done = dict(zip(fresh, _together(runner, step, [events[at] for at in fresh]), strict=True))
    for at, event in enumerate(events):
        if at not in done:
            (done[at],) = _together(runner, step, [event])
    return [done[at] for at in range(len(events))]


def _together(runner: StageRunner, step: Step, events: Sequence[Event]) -> list[bool]:
    """While the whole request fails (the index is down), every message stays: the queue grows,
    intake sees it and stops."""
    attempts = [runner.start_attempt(step, event) for event in events]
    numbered = list(enumerate(zip(events, attempts, strict=True)))
    over = {at for at, (event, attempt) in numbered if runner.should_skip(step, event, attempt)}
    rest = [pair for at, pair in numbered if at not in over]
    settled = iter(_run(runner, step, rest) if rest else [])
    return [at in over or next(settled) for at, _ in numbered]


def _run(runner: StageRunner, step: Step, tried: list[Tried]) -> list[bool]:
    events = [event for event, _ in tried]
    outcomes: list[Outcome]
    try:
        outcomes = list(step.run(events, *runner.services.named(step.needs)))
    except TryAgain as trouble:
        outcomes = [trouble] * len(events)
    except INFRASTRUCTURE_ERRORS as error:
        outcomes = [as_try_again(error)] * len(events)
    except Exception as error:  # noqa: BLE001  one article's bug must not cost its neighbours
        if len(tried) > 1:
            return [_run(runner, step, [each])[0] for each in tried]
        runner.quarantine(step.name, events[0], Reason.BUG, repr(error), tried[0][1])
        return [True]
    return [
        _settle(runner, step, each, outcome) for each, outcome in zip(tried, outcomes, strict=True)
    ]


def _settle(runner: StageRunner, step: Step, tried: Tried, outcome: Outcome) -> bool:
    event, attempt = tried
    match outcome:
        case TryAgain():
            runner.refund_attempt(step, event)
            return False
        case PermanentFailure():
            runner.quarantine(step.name, event, outcome.reason, outcome.detail, attempt)
        case ArticleIndexed():
            runner.dispatch(outcome, event)
    return True
