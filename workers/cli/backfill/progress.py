"""A backfill's walk, shown to a person until all of its pages have ended."""

import time
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from schemas.backfill import BackfillPlan, BackfillReport
from schemas.outlet import Outlet
from workers.celery_app.publishing import send
from workers.cli.backfill.view import describe_rest
from workers.cli.support.terminal import make_console, say
from workers.delivery.backfill import StepOutcome, Walker
from workers.delivery.runner import StageRunner
from workers.services import Services
from workers.terminal_text import safe_lines

PAUSE_SECONDS = 0.5
LINE_SECONDS = 60.0  # between two lines where there is no terminal to draw on
_WORDS: dict[StepOutcome, str] = {
    "read": "reads sources",
    "yielded": "lets fresh pages go first",
    "full": "waits: enough links wait to be fetched",
    "waiting": "waits for sources, until hosts permit them",
    "over": "all sources are read; fetches pages",
    "stopped": "stopped",
}


class BackfillDisplay:
    """Draws a bar on a terminal; writes a line a minute elsewhere."""

    def __init__(self, services: Services, plan: BackfillPlan) -> None:
        self._services = services
        self._plan = plan
        self._console = make_console(to_stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._bar = Progress(*columns, TimeElapsedColumn(), console=self._console)
        self._line = self._bar.add_task(plan.outlet, total=None)
        self._written = time.monotonic()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def update(self, outcome: StepOutcome) -> BackfillReport | None:
        """Return the report of how far the backfill is, which is shown; None if it is gone."""
        now = self._services.now()
        report = self._services.backfills.report(self._plan.outlet, now)
        if report is None:
            return None
        what = "" if report.state == "finished" else f"{_WORDS[outcome]}; "
        words = f"{self._plan.outlet}: {what}{describe_rest(report, now)}"
        total = report.new + report.waiting
        self._bar.update(self._line, description=words, completed=report.done, total=total)
        if not self._console.is_terminal and time.monotonic() - self._written >= LINE_SECONDS:
            self._written = time.monotonic()
            say(f"{report.done:,} of {total:,}; {words}", to_stderr=True)
        return report

    def update_now_and_then(self) -> None:
        """Show how far the backfill is, if that was not done just now."""
        if time.monotonic() - self._drawn >= PAUSE_SECONDS:
            self._drawn = time.monotonic()
            self.update("read")

    def show_problem(self, words: str) -> None:
        """Print a line above the bar."""
        self._console.print(safe_lines(words), soft_wrap=True)


def walk(services: Services, plan: BackfillPlan, outlet: Outlet, *, wait: bool) -> None:
    """Read all sources of a backfill; with `wait`, stay until its pages have ended as well. It ends
    early if somebody stops the backfill."""
    with BackfillDisplay(services, plan) as display:
        runner = StageRunner(services, send)
        walker = Walker(runner, plan, outlet, display.show_problem)
        walker.on_progress = display.update_now_and_then
        _walk(walker, display, wait=wait)


def _walk(walker: Walker, display: BackfillDisplay, *, wait: bool) -> None:
    with walker.alive():
        while True:
            outcome = walker.step()
            report = display.update(outcome)
            is_finished = report is None or report.state == "finished"
            if outcome == "stopped" or is_finished or (outcome == "over" and not wait):
                return
            if outcome != "read":
                time.sleep(PAUSE_SECONDS)  # noqa: TID251  a command, not a worker
