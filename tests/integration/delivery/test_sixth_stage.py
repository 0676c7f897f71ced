"""A stage is added by one row with its pool, and one function: queue, task, worker, dead letters,
health check and metrics follow."""

import time

import pytest

from workers import urls
from workers.adapters.redis.page_ledger import PageLedger

PREFIX = "sixth"
URL = "https://gazette.example/summary"
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.timeout(300)


def test_an_event_goes_through_a_sixth_stage_on_a_real_broker(stage_process, clean_redis):
    stage = stage_process("sixth_stage", PREFIX)
    assert stage.run("send", URL) == (0, "")
    ledger = PageLedger(clean_redis, PREFIX)
    end = time.monotonic() + PATIENCE_SECONDS
    while not (row := ledger.row(urls.page_id(URL))).final and time.monotonic() < end:
        time.sleep(0.1)
    assert (row.state, row.detail) == ("not_an_article", f"summarised for {PREFIX}"), (
        stage.log.read_text()
    )
    assert "summarise" in ledger.last_work(), "what the metric of the last work shows"
    assert stage.run("health", "summarise") == (0, "summarise is well\n")
