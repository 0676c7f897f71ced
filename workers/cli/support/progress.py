"""A progress bar for commands that wait until pages have gone through the pipeline."""

import time
from collections.abc import Callable, Iterable

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workers.cli.support.terminal import make_console
from workers.services import Services

STALLED_SECONDS = 300.0
STALLED = "nothing has moved for five minutes; do the workers run?"


def wait_for_pages(services: Services, page_ids: Iterable[str]) -> bool:
    """Show a progress bar until the pages have ended.

    Returns:
        False if nothing moved for STALLED_SECONDS, else True.
    """
    waiting = set(page_ids)

    def is_over() -> bool:
        for page_id in list(waiting):
            row = services.ledger.row(page_id)
            if row is not None and not row.final:
                return False
            waiting.discard(page_id)
        return True

    return wait_until_ended(services, "parse, dedupe, index", is_over)


def wait_until_ended(services: Services, title: str, is_over: Callable[[], bool]) -> bool:
    """Show a progress bar until `is_over` returns True.

    Returns:
        False if nothing moved for STALLED_SECONDS, else True.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=make_console(to_stderr=True)) as progress:
        line = progress.add_task(title, total=None)
        last: dict[str, int] = {}
        since = time.monotonic()
        while not is_over():
            counts = services.ledger.counts()
            if counts != last:
                last, since = counts, time.monotonic()
            if time.monotonic() - since > STALLED_SECONDS:
                return False
            total = sum(counts.values())
            progress.update(line, completed=total - services.ledger.in_flight(), total=total)
            time.sleep(0.3)  # noqa: TID251  a person watches
        total = sum(services.ledger.counts().values())
        progress.update(line, completed=total, total=total)
    return True
