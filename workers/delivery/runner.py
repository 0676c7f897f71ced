"""One event through one stage: its results are dispatched, and what fails is retried or kept in
quarantine."""

import traceback
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from schemas.events import (
    ArticleIndexed,
    ClusterChanged,
    Event,
    FeedDue,
    HostLeased,
    PageFetched,
    PageFound,
    PageRejected,
    decode,
    encode,
)
from schemas.reasons import Reason
from workers.adapters.redis.quarantine import QuarantineEntry, entry_id
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.delivery.retry import retry_delay
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import STAGES, EventT, StageBase, StreamStage, stage_taking
from workers.services import Services
from workers.urls import host_of

MAX_DETAIL_LENGTH = 2000
MAX_LEDGER_DETAIL_LENGTH = 500
MAX_TRACEBACK_LENGTH = 8000
# not rows of the ledger: the feed schedule and the frontier count the attempts of the first two,
# and a label may be written twice
UNTRACKED_EVENTS = (FeedDue, HostLeased, ClusterChanged)

AnyStage = StageBase[Any]
Send = Callable[[str, Event], None]


class StageRunner(Struct, frozen=True):
    """Runs events through stages. `send(stage, event)` hands an event to the queue of a stage and
    returns when the broker has it."""

    services: Services
    send: Send

    def run(self, stage: StreamStage[EventT], event: EventT) -> None:
        """Run the step of `stage` on `event`. Raises nothing that an event can cause."""
        attempt = self.start_attempt(stage, event)
        if self.should_skip(stage, event, attempt):
            return
        try:
            for result in stage.run(event, self.services):
                self.dispatch(result, event)
        except TryAgain as error:
            self.schedule_retry(stage, event, attempt, error)
        except PermanentFailure as failure:
            self.quarantine(stage.name, event, failure.reason, failure.detail, attempt)
        except INFRASTRUCTURE_ERRORS as error:
            self.schedule_retry(stage, event, attempt, as_try_again(error))
        except Exception as error:  # noqa: BLE001  a bug must cost one page, not the worker
            self.quarantine(stage.name, event, Reason.BUG, repr(error), attempt)

    def start_attempt(self, stage: AnyStage, event: Event) -> int:
        """Return the number of this attempt, which is counted before the work; -1 if the page has
        been fetched again since."""
        if isinstance(event, UNTRACKED_EVENTS):
            return 1
        return self.services.ledger.start_attempt(event, stage.name, self.services.now())

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

    def dispatch(self, result: Event, cause: Event | None = None) -> None:
        """Bring `result`, which came of `cause`, to the frontier, to the ledger or to the next
        stage.

        Raises:
            TryAgain: the broker does not take it.
        """
        match result:
            case PageFound():
                self.services.frontier.add([result])
            case ArticleIndexed(document_id=document_id):
                self._finish(result, "indexed", cause, document_id=document_id)
            case PageRejected(reason=reason):
                detail = result.detail[:MAX_LEDGER_DETAIL_LENGTH]
                self._finish(result, reason.value, cause, detail=detail)
                if isinstance(cause, PageFound | PageFetched) and cause.page_id == result.page_id:
                    self.services.rejected.put(self._entry(result.step, cause, reason, detail, 0))
            case _:
                self.publish(result)

    def _finish(self, result: Event, state: str, cause: Event | None, **fields: str) -> None:
        """Note the end of a page. What it failed of before, under an earlier announcement or in an
        earlier attempt, is over."""
        services = self.services
        if services.ledger.finish(result, state, services.now(), cause, **fields):
            services.quarantine.drop_page(result.page_id, (stage.name for stage in STAGES))

    def publish(self, event: Event) -> None:
        """Send `event` to the stage that takes it; the ledger knows before the broker does.

        Raises:
            TryAgain: the broker does not take it.
        """
        self._mark_queued(event)
        self.send(stage_taking(type(event)).name, event)

    def restart(self, event: Event) -> bool:
        """Send `event` as `publish` does, but with fresh attempts, even if its page has ended.

        Returns:
            False if the page has been fetched again since; nothing is sent then.

        Raises:
            TryAgain: the broker does not take it.
        """
        if not self._mark_queued(event, afresh=True):
            return False
        self.send(stage_taking(type(event)).name, event)
        return True

    def _mark_queued(self, event: Event, *, afresh: bool = False) -> bool:
        if isinstance(event, UNTRACKED_EVENTS):
            return True
        # the archive has the page: from here on a page that got stuck can start again
        restart = encode(event) if isinstance(event, PageFetched) else b""
        stage, now = stage_taking(type(event)), self.services.now()
        return self.services.ledger.mark_queued(event, stage.name, now, restart, afresh=afresh)

    def schedule_retry(self, stage: AnyStage, event: Event, attempt: int, error: TryAgain) -> None:
        """Keep `event` for later, longer with every attempt that counts; after the last one it
        goes to quarantine."""
        if not error.counts_as_attempt:
            self.refund_attempt(stage, event)
        elif attempt >= self.services.settings.max_attempts:
            self.quarantine(stage.name, event, error.reason, str(error), attempt)
            return
        due = self.services.now() + retry_delay(error, attempt)
        self.services.delayed_events.put(encode(event), due)
        if not isinstance(event, UNTRACKED_EVENTS):
            # the sweep leaves it alone until then
            self.services.ledger.mark_queued(event, stage.name, due)

    def refund_attempt(self, stage: AnyStage, event: Event) -> None:
        """Take back the attempt that was counted, as the error was not the event's."""
        if not isinstance(event, UNTRACKED_EVENTS):
            self.services.ledger.refund_attempt(event, stage.name)

    def quarantine(
        self, stage: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> None:
        """Keep an event that failed for good, first in quarantine, then in the ledger."""
        entry = self._entry(stage, event, reason, detail, attempts)
        self.services.quarantine.put(entry)
        if not isinstance(event, UNTRACKED_EVENTS):
            fields = {"reason": reason.value, "detail": entry.detail[:MAX_LEDGER_DETAIL_LENGTH]}
            self.services.ledger.finish(event, "quarantined", entry.at, event, **fields)

    def _entry(
        self, stage: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> QuarantineEntry:
        return QuarantineEntry(
            id=entry_id(event.page_id, stage),
            step=stage,
            reason=reason.value,
            detail=detail[:MAX_DETAIL_LENGTH],
            at=self.services.now(),
            event=encode(event),
            url=event.url,
            outlet=event.outlet,
            host=host_of(event.url),
            attempts=attempts,
            archive_key=getattr(event, "archive_key", ""),
            traceback=_current_traceback() if reason is Reason.BUG else "",
        )

    def decode(self, sender: str, message: object) -> Event | None:
        """Return the event in `message`, or None if the message is invalid (it is in quarantine
        then, under the name of `sender`: a stage or a periodic task)."""
        try:
            return decode(message)
        except (msgspec.ValidationError, msgspec.DecodeError, TypeError) as error:
            self.quarantine_unreadable(sender, message, error)
            return None

    def decode_for(self, stage: StageBase[EventT], message: object) -> EventT | None:
        """Return the event in `message`, or None if it is no event that `stage` takes (it is in
        quarantine then)."""
        event = self.decode(stage.name, message)
        if event is None or isinstance(event, stage.takes):
            return event
        error = TypeError(f"{stage.name} takes no {type(event).__name__}")
        self.quarantine_unreadable(stage.name, message, error)
        return None

    def quarantine_unreadable(self, sender: str, message: object, error: Exception) -> None:
        """Keep a message that is no event: of an unknown version, or of a foreign producer."""
        raw = message if isinstance(message, bytes) else msgspec.json.encode(message)
        fields = message if isinstance(message, dict) else {}
        entry = QuarantineEntry(
            id=f"{self.services.digest(raw)}.{sender}",
            step=sender,
            reason=Reason.BAD_MESSAGE.value,
            detail=str(error)[:MAX_DETAIL_LENGTH],
            at=self.services.now(),
            event=raw,
            url=str(fields.get("url", "")),
            outlet=str(fields.get("outlet", "")),
        )
        self.services.quarantine.put(entry)


def _current_traceback() -> str:
    return traceback.format_exc()[-MAX_TRACEBACK_LENGTH:]
