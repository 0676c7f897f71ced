"""What goes into quarantine is counted in the index, whatever becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.index import naming
from workers.adapters.redis.quarantine import Entry
from workers.delivery.runner import Delivery
from workers.periodic import ticks
from workers.services import Tools
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def delivery(search, redis_url, clean_redis):  # noqa: ARG001  an empty server
    url = search.client.transport.node_pool.get().base_url
    tools = Tools(Settings(elasticsearch_url=url, redis_url=redis_url, prefix=search.prefix))
    yield Delivery(tools, lambda *_: None)
    tools.search.client.close()
    tools.redis.close()


def fail(delivery, name, minute, **more):
    entry = Entry(
        id=f"{name}.parse",
        step="parse",
        reason="no_body",
        detail="nothing but adverts",
        at=NOON + timedelta(minutes=minute),
        event=b"{}",
        outlet="eastmarch-courier",
        **more,
    )
    delivery.tools.quarantine.put(entry)
    return entry


def noted(delivery):
    client, index = delivery.tools.search.client, naming.quarantine(delivery.tools.settings.prefix)
    client.indices.refresh(index=index)
    hits = client.search(index=index, size=100, sort=[{"at": "asc"}])["hits"]["hits"]
    return [hit["_source"] for hit in hits]


def test_failures_are_noted_once_with_what_dashboards_ask_for(delivery):
    fail(delivery, "a", 1)
    fail(delivery, "b", 2, attempts=3, url="https://eastmarch-courier.example/b")

    ticks.note_failures(delivery)
    ticks.note_failures(delivery)
    fail(delivery, "c", 2)
    ticks.note_failures(delivery)

    rows = noted(delivery)
    assert len(rows) == 3
    assert {row["reason"] for row in rows} == {"no_body"}
    assert {row["attempts"] for row in rows} == {0, 3}


def test_an_entry_that_is_dropped_or_fails_again_stays_counted(delivery):
    entry = fail(delivery, "a", 1)
    ticks.note_failures(delivery)
    delivery.tools.quarantine.drop(entry.id)
    fail(delivery, "a", 9)
    ticks.note_failures(delivery)

    assert len(noted(delivery)) == 2


def test_an_index_that_is_down_notes_later(delivery):
    fail(delivery, "a", 1)
    down = Tools(
        Settings(
            elasticsearch_url="http://127.0.0.1:9",
            redis_url=delivery.tools.settings.redis_url,
            prefix=delivery.tools.settings.prefix,
        )
    )

    assert ticks.note_failures(Delivery(down, lambda *_: None)) == 0
    down.search.client.close()
    down.redis.close()
    ticks.note_failures(delivery)

    assert len(noted(delivery)) == 1
