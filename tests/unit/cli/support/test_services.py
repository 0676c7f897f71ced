"""A command does not wait for a lost Redis for ever, whatever a worker does."""

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from workers import services
from workers.cli.support.services import REDIS_RETRIES, command_services
from workers.local.ports import free_port
from workers.services import Services
from workers.settings import Settings


@pytest.fixture
def nowhere(monkeypatch):
    url = f"redis://127.0.0.1:{free_port()}/0"
    monkeypatch.setenv("PRESSWIRE_REDIS_URL", url)
    for cached in (services.get_settings, command_services):
        cached.cache_clear()
    yield url
    for cached in (services.get_settings, command_services):
        cached.cache_clear()


def test_a_command_gives_up_on_a_lost_redis(nowhere):
    assert nowhere
    with pytest.raises(RedisConnectionError):
        command_services().redis.ping()


def test_only_a_command_gives_up(nowhere):
    worker = Services(Settings(redis_url=nowhere))

    assert command_services().redis.get_retry().get_retries() == REDIS_RETRIES
    assert worker.redis.get_retry().get_retries() < 0
