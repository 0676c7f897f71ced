"""`presswire health`, as containers call it: a real worker, beat's ticks."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from workers.adapters.redis.heartbeats import Heartbeats
from workers.local.worker_processes import worker_command

PRESSWIRE = Path(sys.executable).with_name("presswire")
PREFIX = "health-test"
START_SECONDS = 120

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def environment(redis_url, clean_redis):  # noqa: ARG001  the server must be empty
    given = {"PREFIX": PREFIX, "BROKER_URL": redis_url, "REDIS_URL": redis_url}
    return {**os.environ, **{f"PRESSWIRE_{name}": value for name, value in given.items()}}


@pytest.fixture
def health(environment, tmp_path):
    """Runs the command: exit code and what it says."""

    def run(name):
        command = [PRESSWIRE, "health", name]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.fixture
def dedupe_worker(environment, tmp_path):
    command = worker_command("dedupe", PREFIX)
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(
            command, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    yield worker
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    worker.wait()


def test_a_worker_is_well_while_it_consumes_its_queue_and_not_after(health, dedupe_worker):
    assert health("parse")[0] == 1  # takes as long as a worker needs to start
    deadline = time.monotonic() + START_SECONDS
    while (answer := health("dedupe"))[0] and time.monotonic() < deadline:
        assert "does not answer" in answer[1]
    assert answer == (0, "dedupe is well\n")
    os.killpg(dedupe_worker.pid, signal.SIGKILL)
    dedupe_worker.wait()
    code, said = health("dedupe")
    assert code == 1
    assert "does not answer" in said


def test_beat_is_well_while_its_ticks_are_worked_on(health, clean_redis):
    assert health("beat") == (1, "Error: no tick lease has ever been worked on\n")
    pulse, now = Heartbeats(clean_redis, PREFIX), datetime.now(UTC)
    pulse.beat(["lease"], now - timedelta(minutes=10))
    code, said = health("beat")
    assert (code, said.startswith("Error: no tick lease for 6")) == (1, True)
    pulse.beat(["lease"], datetime.now(UTC))
    assert health("beat") == (1, "Error: no tick dead has ever been worked on\n")
    pulse.beat(["dead"], datetime.now(UTC))
    assert health("beat") == (0, "beat is well\n")


def test_a_broker_that_is_gone_is_one_clear_line(environment, tmp_path):
    gone = {**environment, "PRESSWIRE_BROKER_URL": "redis://127.0.0.1:1/0"}
    command = [PRESSWIRE, "health", "parse"]
    done = subprocess.run(
        command, env=gone, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
