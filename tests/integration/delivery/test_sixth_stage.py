"""A stage is added by one row with its pool, and one function: queue, task, worker, dead letters,
health check and metrics follow."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workers import urls
from workers.adapters.redis.page_ledger import PageLedger

HERE = Path(__file__).parent
PREFIX = "sixth"
URL = "https://gazette.example/summary"
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def environment(redis_url, clean_redis):  # noqa: ARG001  the server must be empty
    given = {"PREFIX": PREFIX, "BROKER_URL": redis_url, "REDIS_URL": redis_url}
    path = os.pathsep.join([str(HERE), str(Path.cwd())])
    return {
        **os.environ,
        **{f"PRESSWIRE_{name}": value for name, value in given.items()},
        "PYTHONPATH": path,
    }


@pytest.fixture
def run(environment):
    """Runs a word of `sixth_stage`; its exit code and what it says."""

    def build(*words):
        command = [sys.executable, "-m", "sixth_stage", *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return build


@pytest.fixture
def log(environment, tmp_path):
    """The log of its worker, which runs."""
    path = tmp_path / "log"
    command = [sys.executable, "-m", "sixth_stage", "work"]
    with path.open("wb") as output:
        worker = subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    yield path
    os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def test_an_event_goes_through_a_sixth_stage_on_a_real_broker(run, log, clean_redis):
    assert run("send", URL) == (0, "")
    ledger = PageLedger(clean_redis, PREFIX)
    end = time.monotonic() + PATIENCE_SECONDS
    while not (row := ledger.row(urls.page_id(URL))).final and time.monotonic() < end:
        time.sleep(0.1)
    assert (row.state, row.detail) == ("not_an_article", f"summarised for {PREFIX}"), (
        log.read_text()
    )
    assert "summarise" in ledger.last_work(), "what the metric of the last work shows"
    assert run("health", "summarise") == (0, "summarise is well\n")
