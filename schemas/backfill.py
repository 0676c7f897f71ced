"""What a backfill is asked for, what it reads, and what has come of it, as they are stored."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from schemas.poll import FailedPart, LeftOut

SourceKind = Literal["robots", "sitemap", "archive", "warc"]
BackfillState = Literal["running", "stopped", "finished"]


class BackfillPlan(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The history of `outlet` from `since` to before `until`. `archives` are patterns of archive
    pages, `warcs` paths or addresses of WARC files."""

    outlet: str
    since: datetime
    until: datetime
    started: datetime
    archives: tuple[str, ...] = ()
    warcs: tuple[str, ...] = ()


class BackfillSource(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A robots.txt, sitemap, archive page or WARC file that is still to be read, wholly or from
    `offset` (bytes) on. The newest is read first, by `date`. `number` counts the pages on which an
    archive page goes on, from 1, and `before` stands for the links of the page before; in a WARC
    file `number` counts the pages at `offset` from 1. `attempts` are those that failed. With
    `is_guess` nobody has said that there is one."""

    url: str
    kind: SourceKind
    date: datetime | None = None
    attempts: int = 0
    number: int = 1
    before: str = ""
    offset: int = 0
    is_guess: bool = False


class BackfillReport(Struct, frozen=True, kw_only=True):
    """What a backfill has done so far.

    Of its sources, `sources_read` are over and `sources_left` are not. Each link that was found in
    time and is the outlet's own is `waiting`, or was `known` already (to a poll, or from another
    source), or is `new`: then it is one of `open`, or has ended, which `ends` counts by how.
    `rate` is the number of pages that end in a second, 0 if that is not known yet.
    """

    plan: BackfillPlan
    state: BackfillState
    finished: datetime | None = None
    sources_read: int = 0
    sources_left: int = 0
    sources_failed: int = 0
    failed: tuple[FailedPart, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    links: int = 0
    waiting: int = 0
    known: int = 0
    new: int = 0
    open: int = 0
    ends: dict[str, int] = {}
    rate: float = 0.0

    @property
    def done(self) -> int:
        """The number of new pages that have ended."""
        return sum(self.ends.values())

    @property
    def left(self) -> int:
        """The number of pages that are known and have not ended; there may be more in sources that
        have not been read."""
        return self.waiting + self.open

    @property
    def seconds_left(self) -> float | None:
        """In how many seconds what is left has ended at the present rate, with as many links in
        each source that is not read as in those that were; None if nothing tells yet."""
        if self.rate <= 0 or (self.sources_left and not self.sources_read):
            return None
        new_share = self.new / (self.new + self.known) if self.new + self.known else 1.0
        in_each = self.links / self.sources_read if self.sources_read else 0.0
        expected = self.open + new_share * (self.waiting + in_each * self.sources_left)
        return expected / self.rate
