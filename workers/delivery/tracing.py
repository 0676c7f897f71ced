"""One article's way through the stages as a trace; nothing at all while tracing is off."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from schemas.events import Event, PageFound
from workers.services import Services

if TYPE_CHECKING:
    from workers.adapters.telemetry import Tracer

AnEvent = TypeVar("AnEvent", bound=Event)
MAX_ERROR_LENGTH = 300


def now() -> int:
    """Return the present moment in nanoseconds since 1970."""
    return time.time_ns()


def trace_results(
    services: Services, stage: str, event: Event, begun: int, results: Sequence[AnEvent]
) -> Sequence[AnEvent]:
    """Record that `stage` has worked on `event` since `begun`.

    Returns:
        the `results`, as children of that span where they are of the same page.
    """
    if services.tracer is None:
        return results
    own = _record(services.tracer, stage, event, begun)
    return [
        replace(each, traceparent=own) if each.page_id == event.page_id else each
        for each in results
    ]


def trace_failure(services: Services, stage: str, event: Event, begun: int, error: object) -> None:
    """Record that `stage` failed of `error` with `event`."""
    if services.tracer is not None:
        told = str(error)[:MAX_ERROR_LENGTH] or repr(error)
        _record(services.tracer, stage, event, begun, told)


def begin_traces(services: Services, pages: Sequence[PageFound]) -> Sequence[PageFound]:
    """Return `pages`, each with a trace of its own."""
    if services.tracer is None:
        return pages
    from workers.adapters.telemetry import new_traceparent  # noqa: PLC0415  optional

    return [replace(page, traceparent=new_traceparent()) for page in pages]


def trace_found(services: Services, stage: str, pages: Sequence[PageFound], begun: int) -> None:
    """Record the first span of each of `pages` that waits in the frontier under the trace that it
    was given: it is new, or was announced anew with a better priority."""
    if services.tracer is None:
        return
    for page in pages:
        waiting = services.frontier.page(page.page_id)
        if waiting is not None and waiting.traceparent == page.traceparent:
            services.tracer.record(stage, begun, _attributes(page), own=page.traceparent, parent="")


def _record(tracer: "Tracer", stage: str, event: Event, begun: int, error: str = "") -> str:
    from workers.adapters.telemetry import new_traceparent  # noqa: PLC0415  optional

    own = new_traceparent(event.traceparent)
    parent = event.traceparent
    tracer.record(stage, begun, _attributes(event), error, own=own, parent=parent)
    return own


def _attributes(event: Event) -> dict[str, str]:
    return {
        "presswire.page_id": event.page_id,
        "presswire.outlet": event.outlet,
        "presswire.document_id": getattr(event, "document_id", ""),
        "url.full": event.url,
    }
