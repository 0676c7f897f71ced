"""A progress bar for commands that wait until pages have gone through the pipeline."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workers.services import Services

STALLED_SECONDS = 300.0


def wait_until_ended(services: Services, title: str, is_over: Callable[[], bool]) -> bool:
    """Show a progress bar until `is_over` returns True.

    Returns:
        False if nothing moved for STALLED_SECONDS, else True.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
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
