"""The whole pipeline as it runs in production: real servers, real worker processes."""

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from msgspec import structs

from workers.local.fleet import fleet
from workers.local.valkey import valkey
from workers.settings import Settings
from workers.wiring import Tools

_numbers = itertools.count()


@pytest.fixture(params=["valkey", "rabbitmq"])
def broker_url(request, tmp_path) -> Iterator[str]:
    """Each of the two brokers."""
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    with valkey(tmp_path / "broker") as url:
        yield f"{url}/0"


@pytest.fixture
def installation(broker_url, elasticsearch_url, tmp_path) -> Iterator[Settings]:
    """Settings of an installation of its own: empty, and thrown away after the test."""
    with valkey(tmp_path / "redis") as redis_url:
        given = Settings(
            broker_url=broker_url,
            redis_url=f"{redis_url}/1",
            elasticsearch_url=elasticsearch_url,
            prefix=f"flow-{os.getpid()}-{next(_numbers)}",
            archive=str(tmp_path / "archive"),
            outlets=str(tmp_path / "outlets"),
            allow_networks="127.0.0.0/8",
        )
        yield given
        search = Tools(given).search
        for name in search.client.indices.get(index=f"{given.prefix}-*").body:
            search.client.indices.delete(index=name)
        search.client.close()


@pytest.fixture
def environment_of() -> Callable[[Settings], dict[str, str]]:
    """The settings that are not the default, as environment variables."""

    def variables(given: Settings) -> dict[str, str]:
        default = structs.asdict(Settings())
        return {
            f"PRESSWIRE_{name.upper()}": str(value)
            for name, value in structs.asdict(given).items()
            if value != default[name]
        }

    return variables


@pytest.fixture
def run_workers(installation, environment_of, tmp_path):
    """Runs the whole fleet; shows the workers' logs if the test fails inside."""

    @contextmanager
    def run() -> Iterator[dict]:
        logs = tmp_path / "logs"
        try:
            with fleet(environment_of(installation), logs) as workers:
                yield workers
        except BaseException:
            for log in sorted(logs.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")  # noqa: T201
            raise

    return run


@pytest.fixture
def all_articles():
    """Every document of an installation, by address."""

    def read(tools: Tools) -> dict[str, dict]:
        tools.search.refresh()
        hits = tools.search.search({"size": 1000})["hits"]["hits"]
        return {hit["_source"]["url"]: hit["_source"] for hit in hits}

    return read
