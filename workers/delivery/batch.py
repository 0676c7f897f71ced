"""Many messages through a batch stage at once; each of their events has an end of its own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from msgspec import Struct

from schemas.events import ArticleIndexed, Event
from workers.delivery import measures, tracing
from workers.delivery.failures import Attempt
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.delivery.runner import Result, StageRunner
from workers.exceptions import Outcome, TryAgain
from workers.pipeline import BatchStage


class Message(Protocol):
    """A message of the broker, which comes again unless it is acknowledged; `body` is a list of
    events, or one."""

    body: Any

    def acknowledge(self) -> None: ...


class Delivery(Struct):
    """A message, and those of its events that have not come to their end."""

    message: Message
    events: list[Event]

    def settle(self, event: Event) -> None:
        """Take out an event that has come to its end; the last one acknowledges the message."""
        self.events = [each for each in self.events if each is not event]
        self.message.body = self.events
        if not self.events:
            self.message.acknowledge()


def run_batch(runner: StageRunner, stage: BatchStage[Any], messages: Iterable[Message]) -> None:
    """Run the events of `messages` through `stage`, and acknowledge each message whose events have
    come to their end; the others must come again, with the events that are left.

    An event whose last attempt never came back may have killed its worker: it goes alone, so that
    it cannot use up its neighbours' attempts.
    """
    deliveries = _read(runner, stage, messages)
    suspects = _find_suspects(runner, stage, deliveries)
    together, alone = list[Delivery](), list[Delivery]()
    for delivery in deliveries:
        suspected = [event for event in delivery.events if id(event) in suspects]
        if not suspected:
            together.append(delivery)
        elif len(delivery.events) == 1:
            alone.append(delivery)
        else:
            for event in suspected:
                runner.send(stage.name, [event])
                delivery.settle(event)
            together.append(delivery)
    for group in (together, *([delivery] for delivery in alone)):
        _run(runner, stage, group)


def _read(
    runner: StageRunner, stage: BatchStage[Any], messages: Iterable[Message]
) -> list[Delivery]:
    deliveries = []
    for message in messages:
        events = runner.decode_for(stage, message.body)
        if events:
            deliveries.append(Delivery(message, events))
        else:
            message.acknowledge()
    return deliveries


def _find_suspects(
    runner: StageRunner, stage: BatchStage[Any], deliveries: Sequence[Delivery]
) -> frozenset[int]:
    """Return the ids, as objects, of the events that may have killed a worker."""
    events = [event for delivery in deliveries for event in delivery.events]
    return frozenset(map(id, runner.find_suspects(stage, events)))


def _run(runner: StageRunner, stage: BatchStage[Any], deliveries: Sequence[Delivery]) -> None:
    of_event = {id(event): each for each in deliveries for event in each.events}
    events = [event for each in deliveries for event in each.events]
    attempts = runner.begin(stage, events)
    begun = {id(attempt.event) for attempt in attempts}
    for event in events:
        if id(event) not in begun:
            of_event[id(event)].settle(event)
    for event in _work(runner, stage, attempts):
        of_event[id(event)].settle(event)


def _work(
    runner: StageRunner, stage: BatchStage[Any], attempts: Sequence[Attempt[Any]]
) -> Iterator[Event]:
    """Yield the events that have come to their end.

    While the whole request fails (the index is down), none does: every message stays, the queue
    grows, intake sees it and stops.
    """
    if not attempts:
        return
    outcomes: Sequence[Outcome | Exception]
    begun = tracing.now()
    try:
        outcomes = stage.run([attempt.event for attempt in attempts], runner.services)
    except TryAgain as error:
        outcomes = [error] * len(attempts)
    except INFRASTRUCTURE_ERRORS as error:
        outcomes = [as_try_again(error)] * len(attempts)
    except Exception as error:  # noqa: BLE001  one article's bug must not cost its neighbours
        if len(attempts) > 1:
            for attempt in attempts:
                yield from _work(runner, stage, [attempt])
            return
        outcomes = [error]
    _trace(runner, stage, attempts, outcomes, begun)
    yield from _settle(runner, stage, attempts, outcomes)


def _trace(
    runner: StageRunner,
    stage: BatchStage[Any],
    attempts: Sequence[Attempt[Any]],
    outcomes: Sequence[Outcome | Exception],
    begun: int,
) -> None:
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        if isinstance(outcome, Exception):
            tracing.trace_failure(runner.services, stage.name, attempt.event, begun, outcome)
        else:
            tracing.trace_results(runner.services, stage.name, attempt.event, begun, ())


def _settle(
    runner: StageRunner,
    stage: BatchStage[Any],
    attempts: Sequence[Attempt[Any]],
    outcomes: Sequence[Outcome | Exception],
) -> Iterator[Event]:
    """Yield the events whose outcome is an end, once that is recorded."""
    ended, results = list[Event](), list[Result]()
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        match outcome:
            case TryAgain():
                measures.count_events(runner.services, stage.name, "retried")
                runner.refund_attempt(stage, attempt.event)
                continue
            case Exception():
                runner.fail(stage, attempt, outcome)
            case Event():
                results.append(Result(outcome, attempt.event))
        ended.append(attempt.event)
    runner.dispatch_all(results)
    _count(runner, stage, results, sum(not isinstance(each, Exception) for each in outcomes))
    yield from ended


def _count(
    runner: StageRunner, stage: BatchStage[Any], results: Sequence[Result], number: int
) -> None:
    """Count what ended, and how long articles took from their fetch."""
    measures.count_events(runner.services, stage.name, "done", number)
    now = runner.services.now()
    for result in results:
        fetched_at = getattr(result.cause, "fetched_at", None)
        if fetched_at is not None and isinstance(result.event, ArticleIndexed):
            seconds = (now - fetched_at).total_seconds()
            measures.observe_fetch_to_index(runner.services, seconds)
