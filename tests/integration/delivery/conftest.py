"""Deliveries with steps of the tests' own: real Redis, and a broker that is a list."""

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec import json

from schemas.article import Article
from schemas.events import ArticleClustered, PageFetched
from workers.celery_app.messages import bodies_of
from workers.delivery.runner import StageRunner
from workers.pipeline import BatchStage, Pool, StreamStage
from workers.services import Services
from workers.settings import Settings

_numbers = itertools.count(1)


@pytest.fixture
def make_tools(clean_redis, redis_url, tmp_path):
    assert clean_redis.dbsize() == 0
    made = []

    def make(**settings):
        given = Settings(
            redis_url=redis_url, prefix="test", archive=str(tmp_path / "archive"), **settings
        )
        made.append(Services(given))
        return made[-1]

    yield make
    for services in made:
        services.close()


class Broker(list):
    """What was handed to the broker: (step, event); `messages` has the bodies."""

    def __init__(self):
        super().__init__()
        self.messages = []

    def send(self, step, events):
        self.messages.extend(json.decode(body) for body in bodies_of(events, 50))
        self.extend((step, event) for event in events)


@pytest.fixture
def sent():
    return Broker()


@pytest.fixture
def runner(make_tools, sent):
    return StageRunner(
        make_tools(max_attempts=3),
        sent.send,
    )


@pytest.fixture
def fetched(runner):
    def build(**fields):
        number = next(_numbers)
        url = f"https://gazette.example/{number}"
        given = {
            "page_id": f"{number:016x}",
            "outlet": "gazette",
            "url": url,
            "archive_key": f"2026-03-01/a.warc.gz:{number}:10",
            "final_url": url,
            "fetched_at": runner.services.now(),
        }
        return PageFetched(**(given | fields))

    return build


@pytest.fixture
def judged(fetched):
    def build(title="A title"):
        page = fetched()
        return ArticleClustered(
            page_id=page.page_id,
            outlet=page.outlet,
            url=page.url,
            archive_key=page.archive_key,
            fetched_at=page.fetched_at,
            article=Article(url=page.url, title=title, blocks=()),
            document_id=page.page_id,
            cluster_id=page.page_id,
        )

    return build


@pytest.fixture
def stage_of():
    """A stage that does what the function says."""

    def build(run, name="parse", takes=PageFetched):
        return StreamStage(
            name=name, takes=(takes,), pool=Pool("solo"), run=lambda event, _services: run(event)
        )

    return build


@pytest.fixture
def batch_stage_of():
    """A stage that does with many events what the function says."""

    def build(run):
        return BatchStage(
            name="index",
            takes=(ArticleClustered,),
            pool=Pool("solo"),
            run=lambda events, _services: run(events),
        )

    return build


class StageProcess:
    """A worker of a stage that a module beside this file adds to the pipeline."""

    def __init__(self, module, environment, log):
        self._module, self._environment, self.log = module, environment, log

    def run(self, *words):
        """A word of the module; its exit code and what it says."""
        command = [sys.executable, "-m", self._module, *words]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def start(self):
        with self.log.open("wb") as output:
            command = [sys.executable, "-m", self._module, "work"]
            return subprocess.Popen(
                command,
                env=self._environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )


@pytest.fixture
def stage_process(redis_url, clean_redis, tmp_path):  # noqa: ARG001  the server must be empty
    """Starts the worker of a module's stage, with all that belongs to it under `prefix`."""
    started = []

    def build(module, prefix, broker_url=redis_url, **settings):
        given = {"prefix": prefix, "broker_url": broker_url, "redis_url": redis_url, **settings}
        path = os.pathsep.join([str(Path(__file__).parent), str(Path.cwd())])
        environment = {
            **os.environ,
            **{f"PRESSWIRE_{name.upper()}": str(value) for name, value in given.items()},
            "PYTHONPATH": path,
        }
        process = StageProcess(module, environment, tmp_path / "log")
        started.append(process.start())
        return process

    yield build
    for worker in started:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
