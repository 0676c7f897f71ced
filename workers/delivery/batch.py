"""Many messages through a batch stage at once, each with an end of its own."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct

from schemas.events import Event
from schemas.reasons import Reason
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.delivery.runner import StageRunner
from workers.exceptions import Outcome, PermanentFailure, TryAgain
from workers.pipeline import BatchStage


class Message(Protocol):
    """A message of the broker, which comes again unless it is acknowledged."""

    @property
    def body(self) -> object: ...
    def acknowledge(self) -> None: ...


class Delivery(Struct):
    """A message's event, with the number of the attempt that has begun."""

    event: Event
    acknowledge: Callable[[], None]
    attempt: int = 0


def run_batch(runner: StageRunner, stage: BatchStage[Any], messages: Iterable[Message]) -> None:
    """Run the events of `messages` through `stage`, and acknowledge each message whose event has
    come to its end; the others must come again.

    An event whose last attempt never came back may have killed its worker: it goes alone, so that
    it cannot use up its neighbours' attempts.
    """
    deliveries = _decode(runner, stage, messages)
    attempts = runner.services.ledger.attempts([each.event for each in deliveries], stage.name)
    together, alone = list[Delivery](), list[Delivery]()
    for delivery, attempt in zip(deliveries, attempts, strict=True):
        (alone if attempt > 0 else together).append(delivery)
    for batch in (together, *([delivery] for delivery in alone)):
        _run(runner, stage, [each for each in batch if _has_begun(runner, stage, each)])


def _decode(
    runner: StageRunner, stage: BatchStage[Any], messages: Iterable[Message]
) -> list[Delivery]:
    deliveries = []
    for message in messages:
        event = runner.decode_for(stage, message.body)
        if event is None:
            message.acknowledge()
        else:
            deliveries.append(Delivery(event, message.acknowledge))
    return deliveries


def _has_begun(runner: StageRunner, stage: BatchStage[Any], delivery: Delivery) -> bool:
    """Count the attempt.

    Returns:
        False if the event is not worked on any more.
    """
    delivery.attempt = runner.start_attempt(stage, delivery.event)
    if not runner.should_skip(stage, delivery.event, delivery.attempt):
        return True
    delivery.acknowledge()
    return False


def _run(runner: StageRunner, stage: BatchStage[Any], batch: Sequence[Delivery]) -> None:
    """While the whole request fails (the index is down), every message stays: the queue grows,
    intake sees it and stops."""
    if not batch:
        return
    outcomes: Sequence[Outcome]
    try:
        outcomes = stage.run([delivery.event for delivery in batch], runner.services)
    except TryAgain as error:
        outcomes = [error] * len(batch)
    except INFRASTRUCTURE_ERRORS as error:
        outcomes = [as_try_again(error)] * len(batch)
    except Exception as error:  # noqa: BLE001  one article's bug must not cost its neighbours
        if len(batch) > 1:
            for delivery in batch:
                _run(runner, stage, [delivery])
            return
        (delivery,) = batch
        runner.quarantine(stage.name, delivery.event, Reason.BUG, repr(error), delivery.attempt)
        delivery.acknowledge()
        return
    for delivery, outcome in zip(batch, outcomes, strict=True):
        _settle(runner, stage, delivery, outcome)


def _settle(
    runner: StageRunner, stage: BatchStage[Any], delivery: Delivery, outcome: Outcome
) -> None:
    event = delivery.event
    match outcome:
        case TryAgain():
            runner.refund_attempt(stage, event)
            return
        case PermanentFailure():
            runner.quarantine(stage.name, event, outcome.reason, outcome.detail, delivery.attempt)
        case Event():
            runner.dispatch(outcome, event)
    delivery.acknowledge()
