"""One article's way through all stages as one trace, from real worker processes to a receiver."""

import json
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from msgspec import structs
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

STAGES = ["discover", "fetch", "parse", "dedupe", "index"]


@contextmanager
def otlp_receiver():
    """A receiver of traces on this machine; gives its address and what it received."""
    spans = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == "/v1/traces"
            request = ExportTraceServiceRequest.FromString(body)
            for resource in request.resource_spans:
                spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()


@pytest.fixture
def receiver():
    with otlp_receiver() as (url, spans):
        yield url, spans


@pytest.fixture
def installation(installation, receiver):
    """The same, with a receiver of traces."""
    return structs.replace(installation, otlp_endpoint=receiver[0])


@pytest.mark.parametrize("broker_url", ["valkey"], indirect=True)
def test_each_article_is_one_trace_from_its_announcement_to_the_index(
    services, receiver, crawl, all_articles
):
    wanted = crawl()
    traces = defaultdict(list)
    for span in receiver[1]:
        traces[span.trace_id].append(span)
    whole = [way_of(spans) for spans in traces.values()]
    articles = all_articles(services)
    assert len(articles) == len(wanted.articles)
    assert whole.count(STAGES) >= len(articles), [way for way in whole if way != STAGES]
    for spans in traces.values():
        if way_of(spans) == STAGES:
            assert_one_way(spans)


def assert_one_way(spans):
    """Each stage's span is a child of that of the stage before."""
    assert len({value_of(span, "presswire.page_id") for span in spans}) == 1
    of_stage = {span.name: span.span_id for span in spans}
    before = dict(zip(STAGES, [None, *STAGES], strict=False))
    for span in spans:
        assert span.parent_span_id == of_stage.get(before[span.name], b"")
        assert span.end_time_unix_nano >= span.start_time_unix_nano


def way_of(spans):
    """The stages of a trace; one that moved others of its cluster was in the index twice."""
    return sorted({span.name for span in spans}, key=STAGES.index)


def value_of(span, name):
    return next(each.value.string_value for each in span.attributes if each.key == name)


def test_while_tracing_is_off_nothing_of_it_is_loaded():
    code = "import json, sys, workers.tasks; print(json.dumps(sorted(sys.modules)))"
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    loaded = json.loads(told.splitlines()[-1])
    # redis-py itself loads OpenTelemetry's metrics wherever they are installed
    assert not [
        name
        for name in loaded
        if name.startswith(("workers.adapters.telemetry", "opentelemetry.exporter"))
    ]
