"""Traces of articles through all stages: spans by OTLP over HTTP. Off unless an endpoint is set.

An event carries the W3C `traceparent` of the span that it came of. Spans are recorded when their
work is over, so that many events may be worked on at once.
"""

import secrets
import time
from collections.abc import Mapping
from importlib.metadata import version

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

EXPORT_MILLISECONDS = 1000
FLUSH_MILLISECONDS = 3000
SAMPLED = TraceFlags(TraceFlags.SAMPLED)


def new_traceparent(parent: str = "") -> str:
    """Return the `traceparent` of a new span: in the trace of `parent`, if that is one, else in a
    trace of its own."""
    context = parse_traceparent(parent)
    trace_id = context.trace_id if context else secrets.randbits(128) or 1
    return f"00-{trace_id:032x}-{secrets.randbits(64) or 1:016x}-01"


def parse_traceparent(text: str) -> SpanContext | None:
    """Return the span that `text` names by W3C's Trace Context, or None if it names none."""
    parts = text.split("-")
    try:
        trace_id, span_id = int(parts[1], 16), int(parts[2], 16)
    except (IndexError, ValueError):
        return None
    context = SpanContext(trace_id, span_id, is_remote=True, trace_flags=SAMPLED)
    is_whole = len(parts[1]) == 32 and len(parts[2]) == 16  # noqa: PLR2004  hex digits, by W3C
    return context if is_whole and context.is_valid else None


class Tracer:
    """Sends spans in batches from a thread of its own, made in the process that uses it; a receiver
    that is away costs spans, never work."""

    def __init__(self, endpoint: str) -> None:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=5)
        self._processor = BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_MILLISECONDS)
        self._resource = Resource.create({"service.name": "presswire"})
        self._scope = InstrumentationScope("presswire", version("presswire"))

    def record(  # noqa: PLR0913  one span, one call
        self,
        name: str,
        begun: int,
        attributes: Mapping[str, str],
        error: str = "",
        *,
        own: str,
        parent: str,
    ) -> None:
        """Record the span `own` (a `traceparent`), a child of `parent` unless that is empty, which
        began at `begun` (nanoseconds since 1970) and ends now; with `error` it failed of that."""
        self._processor.on_end(
            ReadableSpan(
                name,
                context=parse_traceparent(own),
                parent=parse_traceparent(parent),
                resource=self._resource,
                attributes={key: value for key, value in attributes.items() if value},
                kind=SpanKind.CONSUMER,
                status=Status(StatusCode.ERROR, error) if error else Status(StatusCode.OK),
                start_time=begun,
                end_time=time.time_ns(),
                instrumentation_scope=self._scope,
            )
        )

    def close(self) -> None:
        """Send what is left."""
        self._processor.force_flush(FLUSH_MILLISECONDS)
        self._processor.shutdown()  # type: ignore[no-untyped-call]  # OpenTelemetry's
