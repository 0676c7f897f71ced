"""Archived pages through the pipeline again, beside live traffic, at a bounded rate."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from msgspec import Struct

from schemas.events import PageFetched
from workers.delivery.runner import StageRunner

MAX_WAITING = 1000
PAUSE_SECONDS = 0.5


class ReplayWindow(Struct, frozen=True):
    """Which pages: fetched from `start` to before `end`, of `outlet` unless it is empty."""

    start: datetime
    end: datetime
    outlet: str = ""


def replay(
    runner: StageRunner, window: ReplayWindow, rate: float, waiting: Callable[[], int]
) -> Iterator[PageFetched]:
    """Send the archived pages of `window` to parse with fresh attempts, unless they have been
    fetched again since: at most `rate` pages a second, and none while more than `MAX_WAITING`
    messages are `waiting()`.

    Yields:
        each page that was sent.
    """
    for fetched in runner.services.archive.fetched(window.start, window.end, window.outlet):
        while waiting() > MAX_WAITING:
            time.sleep(PAUSE_SECONDS)  # noqa: TID251  a command, not a worker
        if not runner.restart(fetched):
            continue
        yield fetched
        time.sleep(1 / rate)  # noqa: TID251  same
