"""What an adapter or a step may raise: the two exceptions say what to do, not what went wrong."""

from schemas.events import Event
from schemas.reasons import Reason


class TryAgain(Exception):
    """A temporary error: the same event may succeed after `after` seconds. `reason` is what it
    goes to quarantine under if it never does. An attempt that began nothing, or that failed by no
    fault of the event, does not count: `counts_as_attempt` is false."""

    def __init__(
        self,
        detail: str,
        after: float = 30.0,
        reason: Reason = Reason.TOO_MANY_ATTEMPTS,
        *,
        counts_as_attempt: bool = True,
    ) -> None:
        super().__init__(detail)
        self.after = after
        self.reason = reason
        self.counts_as_attempt = counts_as_attempt


class PermanentFailure(Exception):
    """An error that no further attempt will mend: the event goes to quarantine under `reason`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail


class TooCostlyError(Exception):
    """A piece of work was ended as it took more time or memory than it may."""


class Refusal(PermanentFailure):
    """The host gives the page to nobody like us for now: 403, a challenge, 404 in the minute of
    publication, an expired certificate. A page counts as rejected from its first refusal on, but
    is asked for again, first in `after` seconds. `patience` says how many further attempts it
    gets: 0.5 means half of the usual ones."""

    def __init__(
        self, reason: Reason, detail: str, after: float = 300.0, patience: float = 1.0
    ) -> None:
        super().__init__(reason, detail)
        self.after = after
        self.patience = patience


# how one event of a batch ended: with an event of its own, an error, or nothing further to do
Outcome = Event | TryAgain | PermanentFailure | None
