"""What goes into quarantine is counted in the index, whatever becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.index import naming
from workers.adapters.redis.quarantine import QuarantineEntry
from workers.delivery.runner import StageRunner
from workers.periodic import maintenance
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def runner(search, redis_url, clean_redis):  # noqa: ARG001  an empty server
    url = search.client.transport.node_pool.get().base_url
    given = Settings(elasticsearch_url=url, redis_url=redis_url, prefix=search.prefix)
    with Services(given) as services:
        yield StageRunner(services, lambda *_: None)


def fail(runner, name, minute, **more):
    entry = QuarantineEntry(
        id=f"{name}.parse",
        step="parse",
        reason="no_body",
        detail="nothing but adverts",
        at=NOON + timedelta(minutes=minute),
        event=b"{}",
        outlet="eastmarch-courier",
        **more,
    )
    runner.services.quarantine.put(entry)
    return entry


def noted(runner):
    client, index = (
        runner.services.search.client,
        naming.quarantine(runner.services.settings.prefix),
    )
    client.indices.refresh(index=index)
    hits = client.search(index=index, size=100, sort=[{"at": "asc"}])["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def test_failures_are_noted_once_with_what_dashboards_ask_for(runner):
    fail(runner, "a", 1)
    fail(runner, "b", 2, attempts=3, url="https://eastmarch-courier.example/b")

    maintenance.export_failures(runner)
    maintenance.export_failures(runner)
    fail(runner, "c", 2)
    maintenance.export_failures(runner)

    rows = noted(runner)
    assert len(rows) == 3
    assert {row["reason"] for row in rows} == {"no_body"}
    assert {row["attempts"] for row in rows} == {0, 3}


def test_an_entry_that_is_dropped_or_fails_again_stays_counted(runner):
    entry = fail(runner, "a", 1)
    maintenance.export_failures(runner)
    runner.services.quarantine.drop(entry.id)
    fail(runner, "a", 9)
    maintenance.export_failures(runner)

    assert len(noted(runner)) == 2


def test_an_index_that_is_down_notes_later(runner):
    fail(runner, "a", 1)
    down = Settings(
        elasticsearch_url="http://127.0.0.1:9",
        redis_url=runner.services.settings.redis_url,
        prefix=runner.services.settings.prefix,
    )

    with Services(down) as services:
        assert maintenance.export_failures(StageRunner(services, lambda *_: None)) == 0
    maintenance.export_failures(runner)

    assert len(noted(runner)) == 1
