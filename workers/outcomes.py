"""What a tool or a step may raise: the two exceptions say what to do, not what went wrong."""

from schemas.events import Reason


class TryAgain(Exception):
    """A passing trouble; the same event may work after `after` seconds."""

    def __init__(self, detail: str, after: float = 30.0) -> None:
        super().__init__(detail)
        self.after = after


class GiveUp(Exception):
    """Hopeless; the event goes to quarantine under `reason`."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason.value}: {detail}")
        self.reason = reason
        self.detail = detail
