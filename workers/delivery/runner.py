"""Events through a stage: their attempts are counted, their results are dispatched; `failures.py`
takes what fails."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from schemas.events import (
    ArticleIndexed,
    Event,
    PageFetched,
    PageFound,
    PageRejected,
    encode,
)
from schemas.reasons import Reason
from workers.adapters.redis.lockstep import run_in_lockstep
from workers.adapters.redis.page_ledger import PageEnd
from workers.delivery import measures, tracing
from workers.delivery.failures import (
    MAX_LEDGER_DETAIL_LENGTH,
    UNTRACKED_EVENTS,
    AnyStage,
    Attempt,
    FailureHandler,
)
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import STAGES, EventT, LockstepStage, StreamStage, stage_taking
from workers.services import Services

Send = Callable[[str, Sequence[Event]], None]
MessageStage = StreamStage[EventT] | LockstepStage[EventT]


class Result(NamedTuple):
    """An event, and the one whose work it came of."""

    event: Event
    cause: Event | None = None


class StageRunner(FailureHandler, frozen=True):
    """Runs events through stages. `send(stage, events)` hands events to the queue of a stage, in
    few messages, and returns when the broker has them."""

    send: Send

    def run(self, stage: MessageStage[EventT], events: Sequence[EventT]) -> None:
        """Run the step of `stage` on each of `events`, which came in one message: what they bring
        is handed on together, what fails ends by itself. Raises nothing that an event can cause."""
        done: list[tuple[Attempt[EventT], list[Result]]] = []
        attempts = self.begin(stage, self._part_suspects(stage, events))
        begun = tracing.now()
        outcomes = self._work(stage, [attempt.event for attempt in attempts])
        for attempt, outcome in zip(attempts, outcomes, strict=True):
            event, name = attempt.event, stage.name
            if isinstance(outcome, Exception):
                tracing.trace_failure(self.services, name, event, begun, outcome)
                self.fail(stage, attempt, outcome)
            else:
                traced = tracing.trace_results(self.services, name, event, begun, outcome)
                done.append((attempt, [Result(each, event) for each in traced]))
            if isinstance(stage, StreamStage):  # the next one begins now; in lockstep all began
                begun = tracing.now()
        self._hand_on(stage, done)

    def _work(
        self, stage: MessageStage[EventT], events: Sequence[EventT]
    ) -> Iterable[Sequence[Event] | Exception]:
        """Return what each of `events` brings, or what it fails of: a bug must cost one page, not
        the worker."""
        match stage:
            case LockstepStage():
                return run_in_lockstep([_start(stage, event, self.services) for event in events])
            case StreamStage():
                return (_run_one(stage, event, self.services) for event in events)

    def _hand_on(
        self, stage: MessageStage[EventT], done: Sequence[tuple[Attempt[EventT], list[Result]]]
    ) -> None:
        try:
            self.dispatch_all([result for _, results in done for result in results])
            if isinstance(stage, LockstepStage):
                brought = ([result.event for result in results] for _, results in done)
                stage.confirm(brought, self.services)
            measures.count_events(self.services, stage.name, "done", len(done))
        except Exception as error:  # noqa: BLE001  same
            if _is_bug(error) and len(done) > 1:
                for each in done:
                    self._hand_on(stage, [each])
                return
            for attempt, _ in done:
                self.fail(stage, attempt, error)

    def find_suspects(self, stage: AnyStage, events: Sequence[EventT]) -> list[EventT]:
        """Return those of `events` on which the stage has begun before: it may be that they have
        killed their worker."""
        tracked = [event for event in events if not isinstance(event, UNTRACKED_EVENTS)]
        attempts = self.services.ledger.attempts(tracked, stage.name)
        return [event for event, begun in zip(tracked, attempts, strict=True) if begun > 0]

    def _part_suspects(
        self, stage: MessageStage[EventT], events: Sequence[EventT]
    ) -> Sequence[EventT]:
        """Send each suspect among several events in a message of its own, where it cannot use up
        its neighbours' attempts.

        Returns:
            the others.
        """
        if len(events) == 1:
            return events
        suspects = self.find_suspects(stage, events)
        for suspect in suspects:
            self.send(stage.name, [suspect])
        parted = set(map(id, suspects))
        return [event for event in events if id(event) not in parted]

    def begin(self, stage: AnyStage, events: Sequence[EventT]) -> list[Attempt[EventT]]:
        """Count an attempt of each event, before the work.

        Returns:
            the attempts that are to be made.
        """
        tracked = [event for event in events if not isinstance(event, UNTRACKED_EVENTS)]
        ledger, now = self.services.ledger, self.services.now()
        numbers = iter(ledger.start_attempts(tracked, stage.name, now))
        attempts = [
            Attempt(event, 1 if isinstance(event, UNTRACKED_EVENTS) else next(numbers))
            for event in events
        ]
        return [each for each in attempts if not self.should_skip(stage, each.event, each.number)]

    def should_skip(self, stage: AnyStage, event: Event, attempt: int) -> bool:
        """Return whether `event` is not worked on any more: its page has been fetched again, or
        none of its allowed attempts came to an end (it is put into quarantine here)."""
        if 0 <= attempt <= self.services.settings.max_attempts:
            return False
        row = self.services.ledger.row(event.page_id)
        if attempt > 0 and not (row and row.final):
            detail = f"{attempt - 1} attempts, none came back"
            self.quarantine(stage.name, event, Reason.TOO_MANY_ATTEMPTS, detail, attempt - 1)
        return True

    def dispatch_all(self, results: Sequence[Result]) -> None:
        """Bring each result to the frontier, to the ledger or to the next stage.

        Raises:
            TryAgain: the broker does not take them.
        """
        found, ends, onward = list[PageFound](), list[PageEnd](), list[Event]()
        for result, cause in results:
            match result:
                case PageFound():
                    found.append(result)
                case ArticleIndexed(document_id=document_id):
                    fields = {"document_id": document_id}
                    ends.append(PageEnd(result, "indexed", cause, fields))
                case PageRejected():
                    ends.append(self._reject(result, cause))
                case _:
                    onward.append(result)
        if found:
            self.services.frontier.add(found)
        self._finish_all(ends)
        self.publish_all(onward)

    def _finish_all(self, ends: Sequence[PageEnd]) -> None:
        """Record the ends of pages. What they failed of before, under an earlier announcement or in
        an earlier attempt, is over."""
        is_current = self.services.ledger.finish_all(ends, self.services.now())
        current = [end for end, is_so in zip(ends, is_current, strict=True) if is_so]
        for end in current:
            measures.count_page_end(self.services, end.event.outlet, end.state)
        pages = [end.event.page_id for end in current]
        self.services.quarantine.drop_pages(pages, [stage.name for stage in STAGES])

    def _reject(self, rejected: PageRejected, cause: Event | None) -> PageEnd:
        """Return the end of a rejected page, which is kept so that a person can send it again."""
        detail = rejected.detail[:MAX_LEDGER_DETAIL_LENGTH]
        measures.count_rejection(self.services, rejected.step, rejected.reason.value)
        if isinstance(cause, PageFound | PageFetched) and cause.page_id == rejected.page_id:
            self.services.rejected.put(
                self.entry_of(rejected.step, cause, rejected.reason, detail, 0)
            )
        return PageEnd(rejected, rejected.reason.value, cause, {"detail": detail})

    def publish(self, event: Event) -> None:
        """Send one event to the stage that takes it; see `publish_all`."""
        self.publish_all([event])

    def publish_all(self, events: Sequence[Event]) -> None:
        """Send events to the stages that take them; the ledger knows before the broker does.

        Raises:
            TryAgain: the broker does not take them.
        """
        by_stage: dict[str, list[Event]] = {}
        for event in events:
            by_stage.setdefault(stage_taking(type(event)).name, []).append(event)
        for stage, group in by_stage.items():
            tracked = [
                (event, _restart_of(event))
                for event in group
                if not isinstance(event, UNTRACKED_EVENTS)
            ]
            self.services.ledger.mark_all_queued(tracked, stage, self.services.now())
            self.send(stage, group)

    def restart(self, event: Event) -> bool:
        """Send `event` as `publish` does, but with fresh attempts, even if its page has ended.

        Returns:
            False if the page has been fetched again since; nothing is sent then.

        Raises:
            TryAgain: the broker does not take it.
        """
        stage = stage_taking(type(event)).name
        if not isinstance(event, UNTRACKED_EVENTS):
            ledger, now = self.services.ledger, self.services.now()
            if not ledger.mark_queued(event, stage, now, _restart_of(event), afresh=True):
                return False
        self.send(stage, [event])
        return True


def _run_one(
    stage: StreamStage[EventT], event: EventT, services: Services
) -> Sequence[Event] | Exception:
    try:
        return list(stage.run(event, services))
    except Exception as error:  # noqa: BLE001  it is the outcome
        return error


async def _start(
    stage: LockstepStage[EventT], event: EventT, services: Services
) -> Sequence[Event]:
    """Return what `event` brings. What goes wrong before the first await is its error too."""
    return await stage.run(event, services)


def _restart_of(event: Event) -> bytes:
    """Return what starts the page again should it get stuck: the archive has it from its fetch
    on."""
    return encode(event) if isinstance(event, PageFetched) else b""


def _is_bug(error: Exception) -> bool:
    return not isinstance(error, (TryAgain, PermanentFailure, *INFRASTRUCTURE_ERRORS))
