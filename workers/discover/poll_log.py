"""What one poll notes on its way: parts read, parts that failed, and what was left out."""

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.poll import FailedPart, LeftOut, PollReport
from schemas.reasons import Reason
from workers import urls
from workers.discover.links import Link
from workers.exceptions import TryAgain

PartKind = Literal["feed", "sitemap"]

MAX_RECENT = 50
MAX_REVISITED = 1_000
MAX_LASTMODS = 5_000
RECHECK = timedelta(days=7)
# A date without a time may be that of any zone, and what it dates may change until the day is over.
DAY_IS_OVER = timedelta(hours=36)
HABIT_SHARE = 0.1  # of the newest poll in what is usual
LOW_SHARE = 0.5
MIN_HABIT = 4.0  # of fewer links the half is no sign
MAX_NAMED = 20  # parts that a report names; more are counted
MAX_DETAIL_LENGTH = 200


class PollMemory(Struct, frozen=True, omit_defaults=True):
    """What one poll of a feed notes for the next.

    `lastmods` are the sitemaps that were read to their end: by page id, the date that the index
    gave for them then, and the moment of it (seconds since 1970). `parts` are those that the polled
    page led to, each a kind and an address. `recent` are page ids of the feed's first links,
    `revisited` the pages that were fetched again for a date of theirs.
    """

    lastmods: dict[str, tuple[float, float]] = {}
    parts: tuple[tuple[PartKind, str], ...] = ()
    recent: tuple[str, ...] = ()
    revisited: dict[str, float] = {}

    @property
    def recent_set(self) -> frozenset[str]:
        """The page ids of `recent`."""
        return frozenset(self.recent)


class PollLog:
    """Collects what a `PollReport` says. `leads_on` are the pages that led to others: an index of
    sitemaps, a home page that names a feed. That such a page is unchanged says nothing of those.
    `temporary` is the last failure of a part that may pass. `memory` is what the poll before has
    noted; `lastmods`, `parts`, `recent` and `revisited` are noted for the next."""

    def __init__(self, memory: PollMemory | None = None) -> None:
        self.memory = memory or PollMemory()
        self.lastmods: dict[str, tuple[float, float]] = {}
        self.parts: dict[str, PartKind] = {}
        self.recent: list[str] = []
        self.revisited: dict[str, float] = {}
        self.unchanged: set[str] = set()
        self.parts_requested = 0
        self.parts_read = 0
        self.parts_unchanged = 0
        self.failed: list[FailedPart] = []
        self.left_out: list[LeftOut] = []
        self.temporary: TryAgain | None = None
        self.leads_on: set[str] = set()
        self.own = 0
        self.new = 0
        self.refusal = ""
        self.excluded = 0
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

    def is_spared(self, child: Link, now: datetime) -> bool:
        """Return whether a sitemap need not be asked, as it was read to its end and its date in the
        index is the same since; once in a while it is asked anyway."""
        page_id = urls.page_id(child.url)
        date, read_at = self.memory.lastmods.get(page_id, (0.0, 0.0))
        if child.last_date is None or child.last_date.timestamp() != date:
            return False
        if now.timestamp() - read_at > RECHECK.total_seconds():
            return False
        self.lastmods[page_id] = (date, read_at)
        self.parts_unchanged += 1
        return True

    def add_complete(self, child: Link, now: datetime) -> None:
        """Note that a sitemap was read to its end, if its date tells that it will not change."""
        date = child.last_date
        if date is None or len(self.lastmods) >= MAX_LASTMODS:
            return
        is_day = date == date.replace(hour=0, minute=0, second=0, microsecond=0)
        if date + (DAY_IS_OVER if is_day else timedelta(0)) <= now:
            self.lastmods[urls.page_id(child.url)] = (date.timestamp(), now.timestamp())
            self.parts.pop(child.url, None)

    def keep_lastmods(self) -> None:
        """Take over what the last poll has noted of the sitemaps of an index that has not changed
        since."""
        self.lastmods = dict(self.memory.lastmods)

    def next_memory(self) -> PollMemory:
        """Return what the next poll is to know."""
        revisited = self.memory.revisited | self.revisited
        newest = sorted(revisited.items(), key=lambda each: -each[1])[:MAX_REVISITED]
        return PollMemory(
            lastmods=self.lastmods,
            parts=tuple((kind, url) for url, kind in self.parts.items()),
            # nothing was read of a feed that has not changed
            recent=tuple(self.recent[:MAX_RECENT]) or self.memory.recent,
            revisited=dict(newest),
        )

    def add_rejected(self, url: str, *, is_own: bool) -> None:
        """Note a link that is foreign or, on the outlet's own domain, paid for."""
        self.advertisements += is_own
        self.foreign += not is_own
        self.foreign_example = self.foreign_example or ("" if is_own else url)

    @property
    def has_failed(self) -> bool:
        """Whether no link was found and each part failed that was requested."""
        is_barren = not (self.own or self.excluded or self.foreign or self.advertisements)
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
            links=self.own + self.excluded + self.foreign + self.advertisements,
            own=self.own,
            new=self.new,
            excluded=self.excluded,
            foreign=self.foreign,
            advertisements=self.advertisements,
            foreign_example=self.foreign_example,
        )


def with_habit(report: PollReport, before: PollReport | None) -> PollReport:
    """Return `report` with what the feed brings usually, learned from it and from `before`. A poll
    that failed, or whose every part was unchanged, says nothing of that."""
    usual = before.usual_own if before else 0.0
    fruitless = before.fruitless_polls if before else 0
    if report.failure or not report.parts_read:
        return replace(report, usual_own=usual, fruitless_polls=fruitless)
    learned = report.own if usual == 0.0 else usual + HABIT_SHARE * (report.own - usual)
    return replace(report, usual_own=learned, fruitless_polls=0 if report.own else fruitless + 1)


TROUBLES = ("failed", "parts_failed", "foreign_only", "empty", "below_habit")


def trouble_of(report: PollReport) -> str:
    """Return what is wrong with a feed by its last poll, one of TROUBLES; an empty string if
    nothing is."""
    if report.failure:
        return "failed"
    if report.foreign and not report.own:
        return "foreign_only"
    if report.fruitless_polls:
        return "empty"
    if report.number_failed:
        return "parts_failed"
    # what was left unread because it had not changed is not missing
    is_whole = report.parts_read and not report.parts_unchanged
    is_low = report.own < LOW_SHARE * report.usual_own and report.usual_own >= MIN_HABIT
    return "below_habit" if is_whole and is_low else ""


STATES = ("fine", "not_polled", *TROUBLES)


def state_of(report: PollReport | None) -> str:
    """Return what a feed's last poll was like, one of STATES."""
    return (trouble_of(report) or "fine") if report else "not_polled"


def explain_trouble(report: PollReport) -> str:
    """Return what is wrong with a feed in words for people; an empty string if nothing is."""
    match trouble_of(report):
        case "failed":
            return f"the last poll failed: {report.failure}"
        case "foreign_only":
            example = f", such as {report.foreign_example}" if report.foreign_example else ""
            return f"all {report.foreign} links are foreign{example}"
        case "empty":
            return f"no link of its own was found, {report.fruitless_polls} polls in a row"
        case "parts_failed":
            part = report.failed[0]
            what = f"such as {part.url} ({part.reason}: {part.detail})"
            return f"{report.number_failed} parts could not be read, {what}"
        case "below_habit":
            return f"{report.own} links of its own were found, usually {report.usual_own:.0f}"
    return ""
