"""The whole pipeline as it runs in production: real servers, real worker processes."""

import itertools
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec import structs

from tests.cleanup import delete_installation
from workers.cli.demo import is_quiet
from workers.delivery.runner import StageRunner
from workers.local.newsstand.expected import Expected, build_expected
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.local.valkey import valkey
from workers.local.worker_processes import worker_processes
from workers.periodic.dispatch import sync_feeds
from workers.services import Services
from workers.settings import Settings

LONGEST_SECONDS = 240
_numbers = itertools.count()


@pytest.fixture(params=["valkey", "rabbitmq"])
def broker_url(request, tmp_path) -> Iterator[str]:
    """Each of the two brokers."""
    if request.param == "rabbitmq":
        yield request.getfixturevalue("rabbitmq_url")
        return
    with valkey(tmp_path / "broker") as url:
        yield f"{url}/0"


def wait_until_quiet(services: Services) -> None:
    """Every feed looked at, nothing under way."""
    end = time.monotonic() + LONGEST_SECONDS
    while not is_quiet(services):
        assert time.monotonic() < end, (services.frontier.depth(), services.ledger.counts())
        time.sleep(0.3)


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
        with Services(given) as services:
            delete_installation(services.search)


@pytest.fixture
def services(installation) -> Iterator[Services]:
    """The services of the installation."""
    with Services(installation) as made:
        yield made


@pytest.fixture
def empty_twin(installation) -> Iterator[Settings]:
    """Settings of a second installation on the same archive, with nothing in it yet."""
    given = structs.replace(
        installation,
        prefix=f"twin-{installation.prefix}",
        redis_url=f"{installation.redis_url.removesuffix('/1')}/2",
    )
    yield given
    with Services(given) as services:
        delete_installation(services.search)


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
def run_workers(environment_of, tmp_path):
    """Runs the whole fleet; shows the workers' logs if the test fails inside."""

    @contextmanager
    def run(given: Settings, shared=()) -> Iterator[dict]:
        logs = tmp_path / "logs" / given.prefix
        try:
            with worker_processes(environment_of(given), logs, shared=shared) as workers:
                yield workers
        except BaseException:
            for log in sorted(logs.glob("*.log")):
                print(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}")  # noqa: T201
            raise

    return run


@pytest.fixture
def crawl(installation, services, run_workers):
    """Crawls the newsstand to its end; answers what is expected of it. The stages of each group of
    `shared` have one worker together."""

    def to_the_end(shared=()) -> Expected:
        with newsstand() as site:
            write_outlets(Path(installation.outlets), site.port)
            services.search.bootstrap()
            sync_feeds(StageRunner(services, lambda *_: None))
            with run_workers(installation, shared):
                wait_until_quiet(services)
            return build_expected(site.editions)

    return to_the_end


@pytest.fixture
def all_articles():
    """Every document of an installation, by address."""

    def read(services: Services) -> dict[str, dict]:
        services.search.refresh()
        hits = services.search.search({"size": 1000})["hits"]["hits"]
        return {hit["_source"]["url"]: hit["_source"] for hit in hits}

    return read
