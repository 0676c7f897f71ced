"""What workers log: safe for a terminal, and as JSON for programs."""

import json
import logging
from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched
from workers.celery_app.log_filter import JsonFormatter, SafeText
from workers.delivery.failures import page_fields


@pytest.fixture
def fetched_page():
    return PageFetched(
        page_id="ab",
        outlet="gazette",
        url="https://gazette.example/1",
        archive_key="2026-03-01/a.warc.gz:0:1",
        final_url="https://gazette.example/1",
        fetched_at=datetime(2026, 3, 1, tzinfo=UTC),
        traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    )


def logged(message, *args, exc_info=None, **extra):
    record = logging.LogRecord("workers.delivery", logging.WARNING, "", 1, message, args, exc_info)
    vars(record).update(extra)
    SafeText().filter(record)
    return json.loads(JsonFormatter().format(record))


def test_a_record_is_one_object_with_what_it_says():
    told = logged("%d pages", 3)
    assert told.pop("time").startswith("20")
    assert told == {"level": "WARNING", "logger": "workers.delivery", "message": "3 pages"}


def test_a_record_about_a_page_names_it_its_outlet_and_its_trace(fetched_page):
    told = logged("quarantined", **page_fields("parse", fetched_page))
    assert told["page_id"] == "ab"
    assert (told["stage"], told["outlet"], told["url"]) == ("parse", "gazette", fetched_page.url)
    assert told["trace_id"] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_a_traceback_is_a_field_and_its_escape_sequences_are_gone():
    try:
        int("\x1b[31mred")
    except ValueError as error:
        told = logged("failed", exc_info=(ValueError, error, error.__traceback__))
    assert "ValueError" in told["traceback"]
    assert "\x1b" not in told["traceback"]


def test_a_line_break_of_a_stranger_makes_no_second_record():
    record = logging.LogRecord("x", logging.ERROR, "", 1, "one\ntwo\u2028three", (), None)
    assert len(JsonFormatter().format(record).splitlines()) == 1
