"""What is counted of the work of all workers, for `presswire metrics`: with which labels
and bounds. `adapters/redis/counters.py` adds them up."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from schemas.page import StoredPage
from workers.adapters.redis.counters import LONG_SECONDS
from workers.metric_names import (
    FETCH_TO_INDEX,
    OUTLET_PAGES,
    REJECTED,
    RESPONSES,
    STAGE_EVENTS,
    STAGE_SECONDS,
)
from workers.services import Services

# of outlets with a label of their own; ingested pages name any number of others
MAX_OUTLETS = 500
OTHER_OUTLETS = "other"


@contextmanager
def measured(services: Services, stage: str) -> Iterator[None]:
    """Time the work on one message of `stage`, and hand over all that was counted meanwhile."""
    begun = perf_counter()
    try:
        yield
    finally:
        services.counters.observe(STAGE_SECONDS, stage, seconds=perf_counter() - begun)
        services.counters.flush()


def count_events(services: Services, stage: str, outcome: str, number: int = 1) -> None:
    """Count events of `stage` that ended so: "done", "retried", "quarantined"; of discover polls
    also "failed" and "deferred"."""
    if number:
        services.counters.count(STAGE_EVENTS, stage, outcome, by=number)


def count_rejection(services: Services, stage: str, reason: str) -> None:
    """Count a page that `stage` rejects."""
    services.counters.count(REJECTED, stage, reason)


def count_page_end(services: Services, outlet: str, state: str) -> None:
    """Count a page of `outlet` that ended as `state`."""
    services.counters.count(OUTLET_PAGES, _label_of(services, outlet), state)


def count_response(services: Services, outlet: str, page: StoredPage | None) -> None:
    """Count the response to a request for a page by its status' class; "none" if there was none,
    or it was refused unread."""
    status = f"{page.status // 100}xx" if page else "none"
    services.counters.count(RESPONSES, _label_of(services, outlet), status)


def observe_fetch_to_index(services: Services, seconds: float) -> None:
    """Record how long an article took from its fetch to the index."""
    services.counters.observe(FETCH_TO_INDEX, seconds=seconds, bounds=LONG_SECONDS)


def _label_of(services: Services, outlet: str) -> str:
    known = services.outlets
    return outlet if len(known) <= MAX_OUTLETS and outlet in known else OTHER_OUTLETS
