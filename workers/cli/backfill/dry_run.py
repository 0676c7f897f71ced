"""What a backfill would read: some of its sources are looked at, and nothing is stored."""

from collections import Counter, deque
from datetime import timedelta

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.outlet import Outlet
from workers.adapters.frontier.backfills import SourceResult, source_id
from workers.cli.support.terminal import SafeTable, display, say
from workers.delivery.backfill import read
from workers.discover.history.reading import first_sources
from workers.exceptions import TryAgain
from workers.services import Services

MAX_READ = 12


class DryRun:
    """Reads `MAX_READ` sources, the first ones first, and counts."""

    def __init__(self, services: Services, outlet: Outlet, plan: BackfillPlan) -> None:
        self._session = services.downloader.history_session()
        self._rules = (outlet, plan)
        self._parsers = services.parsers
        self._queue = deque(first_sources(plan, outlet))
        self._known = {source_id(source) for source in self._queue}
        self.table = SafeTable("source", "address", "links", "names", "problem")
        self.left_out: Counter[str] = Counter()
        self.links = 0
        self.number_read = 0

    def run(self) -> int:
        """Return the number of sources that were not read."""
        while self._queue and self.number_read < MAX_READ:
            source = self._queue.popleft()
            self.number_read += 1
            if source.kind == "warc":
                self.table.add_row(source.kind, source.url, "", "", "not read in a dry run")
                continue
            try:
                self._add(source, read(source, self._session, self._rules, self._parsers))
            except TryAgain as later:
                self.table.add_row(source.kind, source.url, "", "", str(later))
        return len(self._queue)

    def _add(self, source: BackfillSource, result: SourceResult) -> None:
        new = [each for each in result.sources if source_id(each) not in self._known]
        self._known.update(source_id(each) for each in new)
        # those of an index first: what they hold is what a person wants to see
        self._queue.extendleft(reversed(new))
        self.links += len(result.pages)
        for left in result.left_out:
            self.left_out[left.why] += left.number
        problem = f"{result.failure.reason}: {result.failure.detail}" if result.failure else ""
        numbers = (str(len(result.pages)), str(len(result.sources)))
        self.table.add_row(source.kind, source.url, *numbers, problem)


def show_dry_run(services: Services, outlet: Outlet, plan: BackfillPlan) -> None:
    """Print what a backfill would read, as far as a few sources tell."""
    say(f"{outlet.id}: {plan.since:%Y-%m-%d} to {plan.until:%Y-%m-%d}")
    run = DryRun(services, outlet, plan)
    unread = run.run()
    display(run.table)
    say(
        f"{run.links:,} links in {run.number_read} sources; {unread:,} more sources are known and "
        "were not read"
    )
    for why, number in run.left_out.most_common():
        say(f"left out: {number:,} {why}")
    interval = outlet.politeness.min_interval_seconds
    if run.links and interval:
        pause = timedelta(seconds=round(interval * run.links / outlet.politeness.max_concurrency))
        say(f"to fetch these links takes {pause} at least: {interval:g} s between requests")
    say("nothing was stored; without --dry-run the backfill begins")
