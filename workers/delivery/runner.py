"""One event through one step: what comes out is brought to its place, what fails is kept."""

import traceback
from collections.abc import Callable
from datetime import timedelta

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
    Reason,
    decode,
    encode,
)
from workers.adapters.redis.quarantine import QuarantineEntry
from workers.delivery.infrastructure_errors import INFRASTRUCTURE_ERRORS, as_try_again
from workers.exceptions import PermanentFailure, TryAgain
from workers.pipeline import STEP_OF_EVENT, Step
from workers.services import Services
from workers.urls import host_of

MAX_WAIT_SECONDS = 3600.0
# no pages: the feed clock and the frontier count the first two, a label may come again
UNTRACKED_EVENTS = (FeedDue, HostLeased, ClusterChanged)

Send = Callable[[str, Event], None]


class StageRunner(Struct, frozen=True):
    """`send(step, event)` hands an event to the broker and returns when the broker has it."""

    services: Services
    send: Send

    def run(self, step: Step, event: Event) -> None:
        """The step's work on `event`. Raises nothing that an event can cause."""
        attempt = self.start_attempt(step, event)
        if self.should_skip(step, event, attempt):
            return
        try:
            for out in step.run(event, *self.services.named(step.needs)):
                self.dispatch(out, event)
        except TryAgain as trouble:
            self.schedule_retry(step, event, attempt, trouble)
        except PermanentFailure as hopeless:
            self.quarantine(step.name, event, hopeless.reason, hopeless.detail, attempt)
        except INFRASTRUCTURE_ERRORS as error:
            self.schedule_retry(step, event, attempt, as_try_again(error))
        except Exception as error:  # noqa: BLE001  a bug must cost one page, not the worker
            self.quarantine(step.name, event, Reason.BUG, repr(error), attempt)

    def start_attempt(self, step: Step, event: Event) -> int:
        """The number of this attempt, counted before the work; -1 when the page has since been
        fetched again."""
        if isinstance(event, UNTRACKED_EVENTS):
            return 1
        return self.services.ledger.start_attempt(event, step.name, self.services.now())

    def should_skip(self, step: Step, event: Event, attempt: int) -> bool:
        """True for an event that is not worked on any more: its page has been fetched again, or
        it never came back from as many attempts as are allowed."""
        if 0 <= attempt <= self.services.settings.max_attempts:
            return False
        row = self.services.ledger.row(event.page_id)
        if attempt > 0 and not (row and row.final):
            detail = f"{attempt - 1} attempts, none came back"
            self.quarantine(step.name, event, Reason.TOO_MANY_ATTEMPTS, detail, attempt - 1)
        return True

    def dispatch(self, out: Event, cause: Event | None = None) -> None:
        """Brings `out` where it belongs; the ledger knows before the broker does."""
        now = self.services.now()
        match out:
            case PageFound():
                self.services.frontier.add([out])
            case ArticleIndexed():
                self.services.ledger.finish(out, "indexed", now, cause, document_id=out.document_id)
            case PageRejected():
                state = out.reason.value
                self.services.ledger.finish(out, state, now, cause, detail=out.detail[:500])
            case _:
                self.publish(out)

    def publish(self, event: Event) -> None:
        """Sends `event` to the step that takes it."""
        self._expect(event)
        self.send(STEP_OF_EVENT[type(event)].name, event)

    def restart(self, event: Event) -> bool:
        """As `hand_on`, with fresh attempts, whatever the page had come to. False, and nothing is
        sent, if it has been fetched again since."""
        if not self._expect(event, afresh=True):
            return False
        self.send(STEP_OF_EVENT[type(event)].name, event)
        return True

    def _expect(self, event: Event, *, afresh: bool = False) -> bool:
        if isinstance(event, UNTRACKED_EVENTS):
            return True
        # the archive has the page: from here on a page that got stuck can start again
        restart = encode(event) if isinstance(event, PageFetched) else b""
        step, now = STEP_OF_EVENT[type(event)], self.services.now()
        return self.services.ledger.mark_queued(event, step.name, now, restart, afresh=afresh)

    def schedule_retry(self, step: Step, event: Event, attempt: int, trouble: TryAgain) -> None:
        """Keeps `event` for later, longer with every attempt that counts."""
        doublings = attempt - 1 if trouble.was_tried else 0
        if not trouble.was_tried:
            self.refund_attempt(step, event)
        elif attempt >= self.services.settings.max_attempts:
            self.quarantine(step.name, event, trouble.reason, str(trouble), attempt)
            return
        seconds = min(trouble.after * 2**doublings, MAX_WAIT_SECONDS)
        due = self.services.now() + timedelta(seconds=seconds)
        self.services.delayed_events.put(encode(event), due)
        if not isinstance(event, UNTRACKED_EVENTS):
            self.services.ledger.mark_queued(
                event, step.name, due
            )  # the sweep leaves it alone until then

    def refund_attempt(self, step: Step, event: Event) -> None:
        """The attempt does not count: the trouble was not the event's."""
        if not isinstance(event, UNTRACKED_EVENTS):
            self.services.ledger.refund_attempt(event, step.name)

    def quarantine(
        self, step: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> None:
        """Keeps what failed for good, first in quarantine, then in the ledger."""
        now = self.services.now()
        entry = QuarantineEntry(
            id=f"{event.page_id}.{step}",
            step=step,
            reason=reason.value,
            detail=detail[:2000],
            at=now,
            event=encode(event),
            url=event.url,
            outlet=event.outlet,
            host=host_of(event.url),
            attempts=attempts,
            archive_key=getattr(event, "archive_key", ""),
            traceback=traceback.format_exc()[-8000:] if reason is Reason.BUG else "",
        )
        self.services.quarantine.put(entry)
        if not isinstance(event, UNTRACKED_EVENTS):
            cause = {"reason": reason.value, "detail": entry.detail[:500]}
            self.services.ledger.finish(event, "quarantined", now, event, **cause)

    def decode(self, step: str, message: object) -> Event | None:
        """The event in `message`; None for what is none, which is in quarantine then."""
        try:
            return decode(message)
        except (msgspec.ValidationError, msgspec.DecodeError, TypeError) as error:
            self.quarantine_unreadable(step, message, error)
            return None

    def quarantine_unreadable(self, step: str, message: object, error: Exception) -> None:
        """A message that is no event of ours: an unknown version, a foreign producer."""
        raw = message if isinstance(message, bytes) else msgspec.json.encode(message)
        fields = message if isinstance(message, dict) else {}
        entry = QuarantineEntry(
            id=f"{self.services.digest(raw)}.{step}",
            step=step,
            reason=Reason.BAD_MESSAGE.value,
            detail=str(error)[:2000],
            at=self.services.now(),
            event=raw,
            url=str(fields.get("url", "")),
            outlet=str(fields.get("outlet", "")),
        )
        self.services.quarantine.put(entry)
