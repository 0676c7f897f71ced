"""A WARC file as a source of a backfill: the outlet's own pages in it go into the archive and on to
parse, without a fetch."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.poll import LeftOut
from workers import clock, url_rules, urls
from workers.adapters.archive.warc_reader import BadRecord, WarcPages
from workers.adapters.frontier.backfills import WarcNotes
from workers.delivery.ingest import ingest_page
from workers.delivery.runner import StageRunner
from workers.discover import selection
from workers.discover.history.reading import ADVERTISEMENTS, EXCLUDED
from workers.discover.history.window import HistoryWindow
from workers.discover.links import Link

NOTED_AT_ONCE = 500  # pages that are left out or known, between two notes of how far the file is
BAD_RECORD = "WARC records that cannot be read"
CUT = "pages that are cut short in their WARC file"


class WarcWalk:
    """Reads one WARC file for a walker. `source` says how far it has been noted: from there on it
    is read when the walk goes on, whoever dies meanwhile."""

    def __init__(
        self,
        runner: StageRunner,
        rules: tuple[Outlet, BackfillPlan],
        source: BackfillSource,
        walker: str,
    ) -> None:
        self._runner = runner
        self._outlet, self._plan = rules
        self._walker = walker
        self._domains = url_rules.own_domains(self._outlet)
        self._window = HistoryWindow(self._plan.since, self._plan.until)
        self._left: dict[str, LeftOut] = {}
        self._known = 0
        self._is_first = True
        self._on_problem: Callable[[str], object] = str
        self.source = source

    def read(self, may_go_on: Callable[[], bool], on_problem: Callable[[str], object]) -> bool:
        """Read the file. `may_go_on` is asked before each page that is sent: it waits until there
        is room, and says whether the backfill still runs. `on_problem` is told of each record that
        cannot be read.

        Returns:
            False if the file is not to be read on now.

        Raises:
            OSError: the file cannot be read.
            TryAgain: it may work later.
            PermanentFailure: the file is on a server that does not give it.
        """
        self._on_problem = on_problem
        at = self.source
        with closing(self._open()) as file:
            for at, page in self._pages(file):
                if not self._take(at, page, may_go_on):
                    return False
        return self._note(at)

    def _open(self) -> BinaryIO:
        if urls.url_error(self.source.url):
            return Path(self.source.url).open("rb")
        return self._runner.services.downloader.history_session().open(self.source.url)

    def _pages(self, file: BinaryIO) -> Iterator[tuple[BackfillSource, StoredPage]]:
        """Yield the outlet's own pages that have not been noted, each with the source as it is
        after the page."""
        start, noted = self.source.offset, self.source.number - 1
        number, before = 0, start
        pages = WarcPages(file, Path(self.source.url), self._report, self._is_own)
        for offset, page in pages.read(start):
            number = number + 1 if offset == before else 1
            before = offset
            if offset == start and number <= noted:
                continue
            yield replace(self.source, offset=offset, number=number + 1, attempts=0), page

    def _take(self, at: BackfillSource, page: StoredPage, may_go_on: Callable[[], bool]) -> bool:
        """Send a page to parse, or count why not.

        Returns:
            False if the file is not to be read on now.
        """
        if reason := self._reason_to_leave(page):
            self._leave(reason, page.url)
            return self._note_now_and_then(at)
        page_id = urls.page_id(page.url)
        fetched_at = clock.to_milliseconds(page.fetched_at)
        version = self._runner.services.ledger.version(page_id)
        # by a walker that died before it could note that
        is_sent = version == fetched_at and self._is_first
        self._is_first = False
        if version is not None and version >= fetched_at and not is_sent:
            self._known += 1
            return self._note_now_and_then(at)
        if not is_sent:
            if not may_go_on():
                return False
            ingest_page(self._runner, page, "html", self._outlet.id)
        return self._note(at, page_id)

    def _reason_to_leave(self, page: StoredPage) -> str:
        if page.is_cut:
            return CUT
        if selection.is_advertisement(page.url):
            return ADVERTISEMENTS
        if not url_rules.is_wanted(self._outlet, page.url):
            return EXCLUDED
        return self._window.reason_to_leave(Link(page.url, modified=page.fetched_at))

    def _is_own(self, url: str) -> bool:
        """Return whether a record is read; one whose address is none, so that it is reported."""
        return bool(urls.url_error(url)) or selection.is_own(url, self._domains)

    def _report(self, bad: BadRecord) -> None:
        words = f"{self.source.url}, record at byte {bad.offset:,}: {bad.reason}"
        self._leave(BAD_RECORD, words)
        self._on_problem(words)

    def _leave(self, why: str, example: str) -> None:
        before = self._left.get(why) or LeftOut(example, 0, why)
        self._left[why] = replace(before, number=before.number + 1)

    def _note_now_and_then(self, at: BackfillSource) -> bool:
        number = self._known + sum(left.number for left in self._left.values())
        return number < NOTED_AT_ONCE or self._note(at)

    def _note(self, at: BackfillSource, new: str = "") -> bool:
        """Record what came of the pages since the last note.

        Returns:
            False if the file is not the walker's any more.
        """
        services = self._runner.services
        left = list(self._left.values())
        notes = WarcNotes(source=at, new=new, known=self._known, left_out=left)
        now = services.now()
        if not services.backfills.record(self._plan.outlet, self._walker, notes, now):
            return False
        self.source, self._known, self._left = at, 0, {}
        return True
