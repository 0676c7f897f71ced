"""What becomes of an event that fails, or cannot be read: it waits, or is kept in quarantine."""

import logging
import traceback
from typing import Any, Generic, NamedTuple

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from schemas.events import (
    ClusterChanged,
    Event,
    FeedDue,
    HostLeased,
    NewsEventChanged,
    decode,
    encode,
    messages_in,
)
from schemas.reasons import Reason
from workers.adapters.redis.quarantine import QuarantineEntry, entry_id
from workers.delivery import measures
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.delivery.retry import retry_delay
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import EventT, StageBase
from workers.services import Services
from workers.urls import host_of

MAX_DETAIL_LENGTH = 2000
MAX_LEDGER_DETAIL_LENGTH = 500
MAX_TRACEBACK_LENGTH = 8000
# not rows of the ledger: the feed schedule and the frontier count the attempts of the first two,
# and a label may be written twice
UNTRACKED_EVENTS = (FeedDue, HostLeased, ClusterChanged, NewsEventChanged)

AnyStage = StageBase[Any]


log = logging.getLogger(__name__)


class Attempt(NamedTuple, Generic[EventT]):
    """An event on which a stage has begun for the `number`th time."""

    event: EventT
    number: int


class FailureHandler(Struct, frozen=True):
    """Ends the attempts that failed."""

    services: Services

    def fail(self, stage: AnyStage, attempt: Attempt[Any], error: Exception) -> None:
        """End an attempt that failed: its event is tried again later, or put into quarantine."""
        match error:
            case TryAgain():
                self.schedule_retry(stage, attempt.event, attempt.number, error)
            case PermanentFailure():
                self.quarantine(
                    stage.name, attempt.event, error.reason, error.detail, attempt.number
                )
            case _ if isinstance(error, INFRASTRUCTURE_ERRORS):
                self.schedule_retry(stage, attempt.event, attempt.number, as_try_again(error))
            case _:
                self.quarantine_bug(stage, attempt.event, error, attempt.number)

    def schedule_retry(self, stage: AnyStage, event: Event, attempt: int, error: TryAgain) -> None:
        """Keep `event` for later, longer with every attempt that counts; after the last one it
        goes to quarantine."""
        if not error.counts_as_attempt:
            self.refund_attempt(stage, event)
        elif attempt >= self.services.settings.max_attempts:
            self.quarantine(stage.name, event, error.reason, str(error), attempt)
            return
        measures.count_events(self.services, stage.name, "retried")
        log.info("tried again later: %s", error, extra=page_fields(stage.name, event))
        due = self.services.now() + retry_delay(error, attempt)
        self.services.delayed_events.put(encode(event), due)
        if not isinstance(event, UNTRACKED_EVENTS):
            # the sweep leaves it alone until then
            self.services.ledger.mark_queued(event, stage.name, due)

    def refund_attempt(self, stage: AnyStage, event: Event) -> None:
        """Take back the attempt that was counted, as the error was not the event's."""
        if not isinstance(event, UNTRACKED_EVENTS):
            self.services.ledger.refund_attempt(event, stage.name)

    def quarantine_bug(
        self, stage: AnyStage, event: Event, error: Exception, attempts: int
    ) -> None:
        """Keep an event whose work raised what nobody expected, with the traceback."""
        told = "".join(traceback.format_exception(error))[-MAX_TRACEBACK_LENGTH:]
        entry = self.entry_of(stage.name, event, Reason.BUG, repr(error), attempts)
        self._keep(replace(entry, traceback=told), event)

    def quarantine(
        self, stage: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> None:
        """Keep an event that failed for good."""
        self._keep(self.entry_of(stage, event, reason, detail, attempts), event)

    def _keep(self, entry: QuarantineEntry, event: Event) -> None:
        """Quarantine first, then the ledger."""
        self.services.quarantine.put(entry)
        measures.count_events(self.services, entry.step, "quarantined")
        told = {**page_fields(entry.step, event), "reason": entry.reason}
        log.warning("quarantined: %s: %s", entry.reason, entry.detail, extra=told)
        if not isinstance(event, UNTRACKED_EVENTS):
            measures.count_page_end(self.services, event.outlet, "quarantined")
            fields = {"reason": entry.reason, "detail": entry.detail[:MAX_LEDGER_DETAIL_LENGTH]}
            self.services.ledger.finish(event, "quarantined", entry.at, event, **fields)

    def entry_of(
        self, stage: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> QuarantineEntry:
        """Return what is kept of an event for a person to judge."""
        return QuarantineEntry(
            id=self._entry_id(event, stage),
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
        )

    def _entry_id(self, event: Event, stage: str) -> str:
        """Return the id of an entry: one for each page and stage, but a page may bring several
        changes of labels, beside its article."""
        if isinstance(event, ClusterChanged | NewsEventChanged):
            return f"{entry_id(event.page_id, stage)}.{self.services.digest(encode(event))}"
        return entry_id(event.page_id, stage)

    def decode(self, sender: str, message: object) -> Event | None:
        """Return the event in `message`, or None if the message is invalid (it is in quarantine
        then, under the name of `sender`: a stage or a periodic task)."""
        try:
            return decode(message)
        except (msgspec.ValidationError, msgspec.DecodeError, TypeError) as error:
            self.quarantine_unreadable(sender, message, error)
            return None

    def decode_for(self, stage: StageBase[EventT], content: object) -> list[EventT]:
        """Return the events in the `content` of a message, but for those that are none that
        `stage` takes (they are in quarantine then)."""
        return [event for each in messages_in(content) for event in self._decode_one(stage, each)]

    def _decode_one(self, stage: StageBase[EventT], message: object) -> list[EventT]:
        event = self.decode(stage.name, message)
        if event is None:
            return []
        if isinstance(event, stage.takes):
            return [event]
        error = TypeError(f"{stage.name} takes no {type(event).__name__}")
        self.quarantine_unreadable(stage.name, message, error)
        return []

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


def page_fields(stage: str, event: Event) -> dict[str, str]:
    """Return what a log record says of the page that it is about."""
    return {
        "stage": stage,
        "page_id": event.page_id,
        "outlet": event.outlet,
        "url": event.url,
        "trace_id": event.traceparent[3:35],
    }
