"""Archived pages through the pipeline again, beside live traffic, at a bounded rate."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from msgspec import Struct

from schemas.events import PageFetched
from workers.adapters.archive.archive import Archive
from workers.dedupe.identity import document_id, story_keys
from workers.delivery.runner import StageRunner

MAX_WAITING = 1000
PAUSE_SECONDS = 0.5


class ReplayWindow(Struct, frozen=True):
    """Which pages: fetched from `start` to before `end`, of `outlet` unless it is empty; and only
    those with one of the `story_keys`, unless that is None."""

    start: datetime
    end: datetime
    outlet: str = ""
    story_keys: frozenset[str] | None = None

    def pages(self, archive: Archive) -> Iterator[PageFetched]:
        """Yield the archived pages of the window."""
        for fetched in archive.fetched(self.start, self.end, self.outlet):
            if self.story_keys is None or not self.story_keys.isdisjoint(_keys_of(fetched)):
                yield fetched


def shared_story_keys(pages: Iterable[PageFetched]) -> frozenset[str]:
    """Return the story keys that pages with different addresses have in common."""
    first: dict[str, str] = {}
    shared = set()
    for page in pages:
        name = document_id(page.final_url, None)
        for key in _keys_of(page):
            if first.setdefault(key, name) != name:
                shared.add(key)
    return frozenset(shared)


def _keys_of(page: PageFetched) -> tuple[str, ...]:
    return story_keys(page.final_url)


def send_again(
    runner: StageRunner, pages: Iterable[PageFetched], rate: float, waiting: Callable[[], int]
) -> Iterator[PageFetched]:
    """Send archived pages to parse with fresh attempts, unless they have been fetched again since:
    at most `rate` pages a second, and none while more than `MAX_WAITING` messages are `waiting()`.

    Yields:
        each page that was sent.
    """
    for fetched in pages:
        while waiting() > MAX_WAITING:
            time.sleep(PAUSE_SECONDS)  # noqa: TID251  a command, not a worker
        if not runner.restart(fetched):
            continue
        yield fetched
        time.sleep(1 / rate)  # noqa: TID251  same
