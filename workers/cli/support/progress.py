"""How far the pages under way have come, while one waits for them."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workers.services import Services

STALLED_SECONDS = 300.0


def wait_until_ended(services: Services, title: str, is_over: Callable[[], bool]) -> bool:
    """Show a line of progress until `is_over` returns True.

    Returns:
        False if nothing has moved for five minutes.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as shown:
        line = shown.add_task(title, total=None)
        last: dict[str, int] = {}
        since = time.monotonic()
        while not is_over():
            counts = services.ledger.counts()
            if counts != last:
                last, since = counts, time.monotonic()
            if time.monotonic() - since > STALLED_SECONDS:
                return False
            total = sum(counts.values())
            shown.update(line, completed=total - services.ledger.in_flight(), total=total)
            time.sleep(0.3)  # noqa: TID251  a person watches
        total = sum(services.ledger.counts().values())
        shown.update(line, completed=total, total=total)
    return True
