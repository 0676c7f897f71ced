"""Workers that end by themselves are started again, up to a bound."""

import os
import signal
import sys
import time

import pytest

from workers.adapters.redis.connection import connect
from workers.local.errors import LocalStackError
from workers.local.valkey import valkey
from workers.local.worker_processes import (
    MAX_RESTARTS,
    POOLS,
    WorkerProcesses,
    stages_of,
    watch,
)

STAY = [sys.executable, "-c", "import time; time.sleep(600)"]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]
WRITE_PID = [
    sys.executable,
    "-c",
    "import os, sys, time; open(sys.argv[1], 'w').write(str(os.getpid())); time.sleep(600)",
]


@pytest.mark.parametrize(
    ("given", "has_worker"), [({}, False), ({"PRESSWIRE_RELATE_EVENTS": "true"}, True)]
)
def test_a_worker_relates_events_only_where_that_is_switched_on(given, has_worker):
    stages = stages_of(given)
    assert ("relate" in stages) is has_worker
    assert {*stages, "relate"} == {*POOLS}


def test_a_worker_that_is_killed_is_told_and_started_again(tmp_path):
    pid = tmp_path / "pid"
    commands = {"parse": [*WRITE_PID, str(pid)], "fetch": STAY}
    workers = WorkerProcesses(commands, {}, tmp_path)
    workers.start()
    try:
        assert workers.revive() == []
        wait_for(lambda: pid.exists() and pid.read_text())
        first, fetch = int(pid.read_text()), workers["fetch"]
        pid.unlink()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: not workers["parse"].is_running)
        (told,) = workers.revive()
        assert told.startswith("parse has ended with exit code 137 and is started again (1 of 5)")
        wait_for(lambda: pid.exists() and pid.read_text())
        assert int(pid.read_text()) != first
        assert workers["fetch"] is fetch
    finally:
        workers.stop()


def test_a_server_that_is_killed_is_told_and_started_again_with_what_it_knew(tmp_path):
    servers = []
    with valkey(tmp_path / "redis", started=servers.append) as url:
        workers = WorkerProcesses({}, {}, tmp_path, servers)
        client = connect(url, retries=0)
        client.set("known", 1)
        os.kill(client.info()["process_id"], signal.SIGKILL)
        wait_for(lambda: not servers[0].is_running)
        (told,) = workers.revive()
        assert told.startswith("redis has ended with exit code 137 and is started again (1 of 5)")
        client.close()
        patient = connect(url)
        assert patient.get("known") == b"1"
        patient.close()
        assert workers.revive() == []


def test_one_that_ends_again_and_again_ends_the_watch(tmp_path):
    workers = WorkerProcesses({"parse": FAIL, "fetch": STAY}, {}, tmp_path)
    told = []
    workers.start()
    try:
        with pytest.raises(LocalStackError, match="parse has ended with exit code 3, for the 6th"):
            watch(workers, told.append)
        assert len(told) == MAX_RESTARTS
        assert workers["fetch"].is_running
    finally:
        workers.stop()


def wait_for(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
