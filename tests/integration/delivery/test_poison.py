"""A message of fifty events, some of which kill what works on them: the others come through."""

import time

import pytest

from workers import urls
from workers.adapters.redis.page_ledger import PageLedger
from workers.adapters.redis.quarantine import Quarantine

PREFIX = "poisoned"
HOME = "https://gazette.example"
HARMLESS = [f"{HOME}/{number}" for number in range(46)]
REASONS = {
    "kill": "too_many_attempts",
    "hang": "too_many_attempts",
    "raise": "bug",
    "swell": "bug",
}
PATIENCE_SECONDS = 200

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(params=["valkey", "rabbitmq"])
def broker_url(request, redis_url):
    if request.param == "rabbitmq":
        return request.getfixturevalue("rabbitmq_url")
    return redis_url


def test_poison_in_a_message_ends_alone_whichever_way_it_kills(
    broker_url, stage_process, clean_redis
):
    stage = stage_process("poisoned_stage", PREFIX, broker_url, max_attempts=2)
    poison = [f"{HOME}/{word}" for word in REASONS]
    assert stage.run("send", *HARMLESS[:20], *poison, *HARMLESS[20:]) == (0, "")
    ledger = PageLedger(clean_redis, PREFIX)
    end = time.monotonic() + PATIENCE_SECONDS
    while ledger.in_flight() and time.monotonic() < end:
        assert stage.run("drain") == (0, "")
    assert ledger.counts() == {"not_an_article": 46, "quarantined": 4}, stage.log.read_text()
    entries = Quarantine(clean_redis, PREFIX).entries()
    assert {entry.url.rpartition("/")[2]: entry.reason for entry in entries} == REASONS
    assert all(ledger.row(urls.page_id(url)).attempts["poisoned"] <= 2 for url in HARMLESS)
