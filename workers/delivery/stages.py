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
    encode,
)
from workers.adapters.quarantine import Entry
from workers.outcomes import GiveUp, TryAgain
from workers.pipeline import STEP_OF_EVENT, Step
from workers.urls import host_of
from workers.wiring import Tools

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
        if attempt < 0:
            return
        try:
            self.check_attempts(attempt)
            for out in step.run(event, *self.tools.named(step.needs)):
                self.deliver(out, event)
        except TryAgain as trouble:
            self.wait(step, event, attempt, trouble)
        except GiveUp as hopeless:
            self.quarantine(step.name, event, hopeless.reason, hopeless.detail, attempt)
        except Exception as error:  # noqa: BLE001  a bug must cost one page, not the worker
            self.quarantine(step.name, event, Reason.BUG, repr(error), attempt)

    def begin(self, step: Step, event: Event) -> int:
        """The number of this attempt, counted before the work; -1 when the page has since been
        fetched again."""
        if isinstance(event, UNCOUNTED):
            return 1
        return self.tools.ledger.begin(event, step.name, self.tools.now())

    def check_attempts(self, attempt: int) -> None:
        """Raises GiveUp for an event that never came back from as many attempts as are allowed."""
        if attempt > self.tools.settings.max_attempts:
            raise GiveUp(Reason.TOO_MANY_ATTEMPTS, f"{attempt - 1} attempts, none came back")

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
        step = STEP_OF_EVENT[type(event)]
        if not isinstance(event, UNCOUNTED):
            # the archive has the page: from here on a page that got stuck can start again
            restart = encode(event) if isinstance(event, PageFetched) else b""
            self.tools.ledger.expect(event, step.name, self.tools.now(), restart)
        self.send(step.name, event)

    def wait(self, step: Step, event: Event, attempt: int, trouble: TryAgain) -> None:
        """Keeps `event` for later, longer with every attempt."""
        if attempt >= self.tools.settings.max_attempts:
            self.quarantine(step.name, event, Reason.TOO_MANY_ATTEMPTS, str(trouble), attempt)
            return
        seconds = min(trouble.after * 2 ** (attempt - 1), LONGEST_WAIT_SECONDS)
        due = self.tools.now() + timedelta(seconds=seconds)
        self.tools.delays.put(encode(event), due)
        if not isinstance(event, UNCOUNTED):
            self.tools.ledger.expect(event, step.name, due)  # the sweep leaves it alone until then

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

    def quarantine_unreadable(self, step: str, message: object, error: Exception) -> None:
        """A message that is no event of ours: an unknown version, a foreign producer."""
        raw = msgspec.json.encode(message)
        fields = message if isinstance(message, dict) else {}
        entry = Entry(
            id=f"{self.tools.digest(raw)}.{step}",
            step=step,
            reason=Reason.BAD_MESSAGE.value,
            detail=str(error),
            at=self.tools.now(),
            event=raw,
            url=str(fields.get("url", "")),
            outlet=str(fields.get("outlet", "")),
        )
        self.tools.quarantine.put(entry)
