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
from workers.adapters.redis.quarantine import Entry
from workers.delivery.infrastructure_errors import SURROUNDINGS, trouble_of
from workers.exceptions import GiveUp, TryAgain
from workers.pipeline import STEP_OF_EVENT, Step
from workers.services import Tools
from workers.urls import host_of

LONGEST_WAIT_SECONDS = 3600.0
# no pages: the feed clock and the frontier count the first two, a label may come again
UNCOUNTED = (FeedDue, HostLeased, ClusterChanged)

Send = Callable[[str, Event], None]


class Delivery(Struct, frozen=True):
    """`send(step, event)` hands an event to the broker and returns when the broker has it."""

    tools: Tools
    send: Send

    def run(self, step: Step, event: Event) -> None:
        """The step's work on `event`. Raises nothing that an event can cause."""
        attempt = self.begin(step, event)
        if self.is_over(step, event, attempt):
            return
        try:
            for out in step.run(event, *self.tools.named(step.needs)):
                self.deliver(out, event)
        except TryAgain as trouble:
            self.wait(step, event, attempt, trouble)
        except GiveUp as hopeless:
            self.quarantine(step.name, event, hopeless.reason, hopeless.detail, attempt)
        except SURROUNDINGS as error:
            self.wait(step, event, attempt, trouble_of(error))
        except Exception as error:  # noqa: BLE001  a bug must cost one page, not the worker
            self.quarantine(step.name, event, Reason.BUG, repr(error), attempt)

    def begin(self, step: Step, event: Event) -> int:
        """The number of this attempt, counted before the work; -1 when the page has since been
        fetched again."""
        if isinstance(event, UNCOUNTED):
            return 1
        return self.tools.ledger.begin(event, step.name, self.tools.now())

    def is_over(self, step: Step, event: Event, attempt: int) -> bool:
        """True for an event that is not worked on any more: its page has been fetched again, or
        it never came back from as many attempts as are allowed."""
        if 0 <= attempt <= self.tools.settings.max_attempts:
            return False
        row = self.tools.ledger.row(event.page_id)
        if attempt > 0 and not (row and row.final):
            detail = f"{attempt - 1} attempts, none came back"
            self.quarantine(step.name, event, Reason.TOO_MANY_ATTEMPTS, detail, attempt - 1)
        return True

    def deliver(self, out: Event, cause: Event | None = None) -> None:
        """Brings `out` where it belongs; the ledger knows before the broker does."""
        now = self.tools.now()
        match out:
            case PageFound():
                self.tools.frontier.add([out])
            case ArticleIndexed():
                self.tools.ledger.end(out, "indexed", now, cause, document_id=out.document_id)
            case PageRejected():
                state = out.reason.value
                self.tools.ledger.end(out, state, now, cause, detail=out.detail[:500])
            case _:
                self.hand_on(out)

    def hand_on(self, event: Event) -> None:
        """Sends `event` to the step that takes it."""
        self._expect(event)
        self.send(STEP_OF_EVENT[type(event)].name, event)

    def start_again(self, event: Event) -> bool:
        """As `hand_on`, with fresh attempts, whatever the page had come to. False, and nothing is
        sent, if it has been fetched again since."""
        if not self._expect(event, afresh=True):
            return False
        self.send(STEP_OF_EVENT[type(event)].name, event)
        return True

    def _expect(self, event: Event, *, afresh: bool = False) -> bool:
        if isinstance(event, UNCOUNTED):
            return True
        # the archive has the page: from here on a page that got stuck can start again
        restart = encode(event) if isinstance(event, PageFetched) else b""
        step, now = STEP_OF_EVENT[type(event)], self.tools.now()
        return self.tools.ledger.expect(event, step.name, now, restart, afresh=afresh)

    def wait(self, step: Step, event: Event, attempt: int, trouble: TryAgain) -> None:
        """Keeps `event` for later, longer with every attempt that counts."""
        doublings = attempt - 1 if trouble.was_tried else 0
        if not trouble.was_tried:
            self.forgive(step, event)
        elif attempt >= self.tools.settings.max_attempts:
            self.quarantine(step.name, event, trouble.reason, str(trouble), attempt)
            return
        seconds = min(trouble.after * 2**doublings, LONGEST_WAIT_SECONDS)
        due = self.tools.now() + timedelta(seconds=seconds)
        self.tools.delays.put(encode(event), due)
        if not isinstance(event, UNCOUNTED):
            self.tools.ledger.expect(event, step.name, due)  # the sweep leaves it alone until then

    def forgive(self, step: Step, event: Event) -> None:
        """The attempt does not count: the trouble was not the event's."""
        if not isinstance(event, UNCOUNTED):
            self.tools.ledger.forgive(event, step.name)

    def quarantine(
        self, step: str, event: Event, reason: Reason, detail: str, attempts: int
    ) -> None:
        """Keeps what failed for good, first in quarantine, then in the ledger."""
        now = self.tools.now()
        entry = Entry(
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
        self.tools.quarantine.put(entry)
        if not isinstance(event, UNCOUNTED):
            cause = {"reason": reason.value, "detail": entry.detail[:500]}
            self.tools.ledger.end(event, "quarantined", now, event, **cause)

    def read(self, step: str, message: object) -> Event | None:
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
        entry = Entry(
            id=f"{self.tools.digest(raw)}.{step}",
            step=step,
            reason=Reason.BAD_MESSAGE.value,
            detail=str(error)[:2000],
            at=self.tools.now(),
            event=raw,
            url=str(fields.get("url", "")),
            outlet=str(fields.get("outlet", "")),
        )
        self.tools.quarantine.put(entry)
