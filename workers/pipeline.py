"""THE FLOW: which event wakes which step, what the step needs, and where events end."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from schemas.events import (
    ArticleClustered,
    ArticleParsed,
    ClusterChanged,
    Event,
    FeedDue,
    HostLeased,
    PageFetched,
)
from workers.dedupe.step import dedupe
from workers.discover.step import discover
from workers.fetch.step import fetch
from workers.index.step import index
from workers.parse.step import parse

# how often the broker hands one message out before it gives up on it
DELIVERY_LIMIT = 20


class Step(Struct, frozen=True):
    """One stage: `run(event, *tools)` yields events. Its name is that of its folder, queue, Celery
    task and worker pool. A batch step takes a list of events, and answers each; discover takes the
    feed's poll session after the event; fetch takes the pages of its lease one by one, and gives
    the end of each."""

    takes: tuple[type[Event], ...]
    run: Callable[..., Any]
    needs: tuple[str, ...]
    is_batch: bool = False

    @property
    def name(self) -> str:
        """One word, everywhere."""
        return self.run.__name__


STEPS = (
    Step((FeedDue,), discover, needs=("outlets", "feed_schedule")),
    Step((HostLeased,), fetch, needs=("downloader", "archive")),
    Step((PageFetched,), parse, needs=("archive", "outlets")),
    Step((ArticleParsed,), dedupe, needs=("fingerprints",)),
    Step(
        (ArticleClustered, ClusterChanged), index, needs=("search", "outlets", "now"), is_batch=True
    ),
)

STEP_OF_EVENT = {event: step for step in STEPS for event in step.takes}
STEP_BY_NAME = {step.name: step for step in STEPS}
