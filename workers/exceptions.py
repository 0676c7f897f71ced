"""What a tool or a step may raise: the two exceptions say what to do, not what went wrong."""

from schemas.events import Reason


class TryAgain(Exception):
    """A passing trouble; the same event may work after `after` seconds. `reason` is how it ends
    when it does not pass; `was_tried` is false when nothing was asked yet, so that the attempt does
    not count."""

    def __init__(
        self,
        detail: str,
        after: float = 30.0,
        reason: Reason = Reason.TOO_MANY_ATTEMPTS,
        *,
        was_tried: bool = True,
    ) -> None:
        super().__init__(detail)
        self.after = after
        self.reason = reason
        self.was_tried = was_tried


class PermanentFailure(Exception):
    """Hopeless; the event goes to quarantine under `reason`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
