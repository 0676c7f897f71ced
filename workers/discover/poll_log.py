"""What one poll notes on its way: parts read, parts that failed, and what was left out."""

from datetime import datetime

from schemas.poll import FailedPart, LeftOut, PollReport
from schemas.reasons import Reason
from workers.exceptions import TryAgain

MAX_NAMED = 20  # parts that a report names; more are counted
MAX_DETAIL_LENGTH = 200


class PollLog:
    """Collects what a `PollReport` says. `leads_on` are the pages that led to others: an index of
    sitemaps, a home page that names a feed. That such a page is unchanged says nothing of those.
    `temporary` is the last failure of a part that may pass."""

    def __init__(self) -> None:
        self.parts_requested = 0
        self.parts_read = 0
        self.parts_unchanged = 0
        self.failed: list[FailedPart] = []
        self.left_out: list[LeftOut] = []
        self.temporary: TryAgain | None = None
        self.leads_on: set[str] = set()
        self.own = 0
        self.foreign = 0
        self.advertisements = 0
        self.foreign_example = ""

    def add_failure(self, url: str, reason: Reason, detail: str) -> None:
        """Note a part that could not be read."""
        self.failed.append(FailedPart(url, reason.value, detail[:MAX_DETAIL_LENGTH]))

    def add_left_out(self, url: str, number: int, why: str) -> None:
        """Note that a bound kept `number` links or parts at `url` from being read."""
        if number > 0:
            self.left_out.append(LeftOut(url, number, why))

    def add_rejected(self, url: str, *, is_own: bool) -> None:
        """Note a link that is foreign or, on the outlet's own domain, paid for."""
        self.advertisements += is_own
        self.foreign += not is_own
        self.foreign_example = self.foreign_example or ("" if is_own else url)

    @property
    def has_failed(self) -> bool:
        """Whether no link was found and each part failed that was requested."""
        is_barren = not (self.own or self.foreign or self.advertisements)
        return is_barren and 0 < self.parts_requested <= len(self.failed)

    def report(self, at: datetime) -> PollReport:
        """Return the report of the poll so far."""
        return PollReport(
            at=at,
            parts_read=self.parts_read,
            parts_unchanged=self.parts_unchanged,
            failed=tuple(self.failed[:MAX_NAMED]),
            number_failed=len(self.failed),
            left_out=tuple(self.left_out[:MAX_NAMED]),
            links=self.own + self.foreign + self.advertisements,
            own=self.own,
            foreign=self.foreign,
            advertisements=self.advertisements,
            foreign_example=self.foreign_example,
        )
