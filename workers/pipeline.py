"""THE FLOW: which event wakes which stage, what its step needs, and who runs it."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from schemas.events import (
    ArticleClustered,
    ArticleParsed,
    ClusterChanged,
    Event,
    FeedDue,
    HostLeased,
    NewsEventChanged,
    PageFetched,
    PageFound,
    RelateDue,
    RenderDue,
    moves_in,
)
from workers.dedupe.step import dedupe
from workers.discover.parts import PollSession
from workers.discover.step import discover
from workers.exceptions import Outcome
from workers.fetch.step import FetchResult, fetch
from workers.index.step import IndexEvent, index
from workers.parse.step import parse
from workers.relate.step import relate
from workers.render.step import render
from workers.services import Services

# how often the broker hands one message out before it gives up on it
DELIVERY_LIMIT = 20
RENDER = "render"
RELATE = "relate"
# pages that may wait for a browser, beyond which none are fetched that may need one
MAX_WAITING_FOR_RENDER = 1000

EventT = TypeVar("EventT", bound=Event)


class Pool(Struct, frozen=True):
    """The workers of a stage: Celery's kind of pool, its processes or threads, how many messages
    each of them takes ahead, and how many events one message brings at most: they have to be done
    within the hard limit of a task. A stage that works the processor has one process for every
    `cores_each` cores, where that is more than `size`."""

    kind: Literal["prefork", "threads", "solo"]
    size: int = 1
    prefetch: int = 1
    events: int = 50
    cores_each: int | None = None

    def size_on(self, cores: int) -> int:
        """Return the number of processes or threads on a machine of so many cores."""
        return max(self.size, cores // self.cores_each) if self.cores_each else self.size


class StageBase(Struct, Generic[EventT], frozen=True, kw_only=True):
    """What every row has. The name is also that of the stage's folder, queue, Celery task and
    worker. The class of a row says who runs it and what its `run` takes and gives."""

    name: str
    takes: tuple[type[EventT], ...]
    pool: Pool


class StreamStage(StageBase[EventT], Generic[EventT], frozen=True, kw_only=True):
    """One event in, its events out. A message brings several, each with an end of its own
    (`StageRunner.run`)."""

    run: Callable[[EventT, Services], Iterable[Event]]


class LockstepStage(StageBase[EventT], Generic[EventT], frozen=True, kw_only=True):
    """As a `StreamStage`; what the events of a message ask of Redis travels together
    (`adapters.redis.lockstep`). `confirm` gets what each event brought once the broker has it."""

    run: Callable[[EventT, Services], Coroutine[Any, Any, Sequence[Event]]]
    confirm: Callable[[Iterable[Sequence[Event]], Services], None] = lambda *_: None


class FeedStage(StageBase[FeedDue], frozen=True, kw_only=True):
    """One poll of a feed, which always ends with the time of the next (`delivery.feed_poll`)."""

    run: Callable[[FeedDue, PollSession, Services], Iterable[Event]]


class LeaseStage(StageBase[HostLeased], frozen=True, kw_only=True):
    """The pages of one host, one after the other, each with its own result (`delivery.lease`)."""

    run: Callable[[PageFound, Services], FetchResult]


class BatchStage(StageBase[EventT], Generic[EventT], frozen=True, kw_only=True):
    """Many events at once, one outcome for each, in the same order (`delivery.batch`)."""

    run: Callable[[Sequence[EventT], Services], Sequence[Outcome]]


Stage = StreamStage[Any] | LockstepStage[Any] | FeedStage | LeaseStage | BatchStage[Any]

STAGES = (
    FeedStage(
        name="discover",
        takes=(FeedDue,),
        pool=Pool("threads", size=16),
        run=lambda due, session, services: discover(
            due, session, services.outlets, services.feed_schedule, services.parsers
        ),
    ),
    LeaseStage(
        name="fetch",
        takes=(HostLeased,),
        pool=Pool("threads", size=32),
        run=lambda found, services: fetch(
            found, services.downloader, services.archive, services.outlets
        ),
    ),
    StreamStage(
        name=RENDER,
        takes=(RenderDue,),
        pool=Pool("prefork", events=1),  # each process has a browser of its own
        run=lambda due, services: render(due, services.browser, services.archive, services.outlets),
    ),
    StreamStage(
        name="parse",
        takes=(PageFetched,),
        pool=Pool("prefork", prefetch=4, cores_each=1),
        run=lambda fetched, services: parse(fetched, services.archive, services.outlets),
    ),
    LockstepStage(
        name="dedupe",
        takes=(ArticleParsed,),
        pool=Pool("prefork", prefetch=8, cores_each=4),
        run=lambda parsed, services: dedupe(
            parsed, services.fingerprints, services.outlets, services.relates_events
        ),
        confirm=lambda brought, services: services.fingerprint_store.confirm(moves_in(brought)),
    ),
    LockstepStage(
        name=RELATE,
        takes=(RelateDue,),
        pool=Pool("prefork", prefetch=8, cores_each=4),
        run=lambda due, services: relate(due, services.news_events, services.now),
        confirm=lambda brought, services: services.news_event_store.confirm(moves_in(brought)),
    ),
    BatchStage[IndexEvent](
        name="index",
        takes=(ArticleClustered, ClusterChanged, NewsEventChanged),
        pool=Pool("solo", prefetch=200),
        run=lambda events, services: index(events, services.search, services.outlets, services.now),
    ),
)


def stage_taking(event_type: type[Event]) -> Stage:
    """Return the stage that takes events of this type.

    Raises:
        LookupError: no stage takes them.
    """
    for stage in STAGES:
        if event_type in stage.takes:
            return stage
    raise LookupError(f"no stage takes {event_type.__name__}")
