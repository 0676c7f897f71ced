"""Alerts on real servers."""

import pytest
from aiosmtpd.controller import Controller

from tests.integration.alerts.newsdesk import LOOPBACK, ClockedTools, Letters, Receiver
from workers.local.ports import free_port
from workers.settings import Settings


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.shutdown()
    made.server_close()


@pytest.fixture
def letters():
    handler = Letters()
    handler.port = free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port)
    controller.start()
    yield handler
    controller.stop()


@pytest.fixture
def make_tools(search, redis_url, clean_redis):  # noqa: ARG001  an empty server
    made = []

    def make(**more):
        url = search.client.transport.node_pool.get().base_url
        given = {"elasticsearch_url": url, "redis_url": redis_url, "prefix": search.prefix}
        made.append(ClockedTools(Settings(**given, **{"allow_networks": LOOPBACK, **more})))
        return made[-1]

    yield make
    for services in made:
        services.search.client.close()
        services.redis.close()


@pytest.fixture
def services(make_tools):
    return make_tools()


@pytest.fixture
def publish(put, story):
    """Puts stories into the index as if they had been indexed at a moment."""

    def publish_at(moment, *names, **more):
        put(*(story(name, fetched_at=moment, **more) for name in names))

    return publish_at
