"""Child processes end with their parent, however it ends."""

import os
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest

from workers.local.errors import LocalStackError
from workers.local.ports import free_port, port_or_free
from workers.local.processes import running

# starts a grandchild, writes both process ids, and stays
STUBBORN = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(sys.argv[1], "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""
# what a shell starts in the background ignores SIGINT, and so would the parent
PARENT = """
import signal, sys, time
from pathlib import Path
from workers.local.processes import running
signal.signal(signal.SIGINT, signal.default_int_handler)
command = [sys.executable, "-c", sys.argv[1], sys.argv[2]]
with running("stubborn", command, Path(sys.argv[3]), {}):
    time.sleep(600)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:  # noqa: PTH123  a kernel file
        return stat.read().rpartition(")")[2].split()[0] != "Z"


def wait_for(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_dead_parent_leaves_no_process_behind(tmp_path, how):
    pids = tmp_path / "pids"
    command = [sys.executable, "-c", PARENT, STUBBORN, str(pids), str(tmp_path / "log")]
    parent = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    children = [int(pid) for pid in pids.read_text().split()]
    assert all(is_alive(pid) for pid in children)
    parent.send_signal(how)
    parent.wait(30)
    wait_for(lambda: not any(is_alive(pid) for pid in children), 40)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")
def test_a_guard_that_is_killed_takes_its_command_along(tmp_path):
    pids = tmp_path / "pids"
    command = [sys.executable, "-c", STUBBORN, str(pids)]
    with running("stubborn", command, tmp_path / "log", {}) as process:
        wait_for(lambda: pids.exists() and len(pids.read_text().split()) == 2)
        child, grandchild = (int(pid) for pid in pids.read_text().split())
        psutil.Process(child).parent().kill()
        wait_for(lambda: not is_alive(child))
        assert process.exit_code == -signal.SIGKILL
        os.kill(grandchild, signal.SIGKILL)


def test_a_command_that_ends_too_early_is_told_with_its_last_words(tmp_path):
    command = [sys.executable, "-c", "print('no such key: colour'); raise SystemExit(3)"]
    log = tmp_path / "log"
    with (
        running("server", command, log, {}) as process,
        pytest.raises(LocalStackError, match=r"(?s)server has ended.*no such key: colour") as told,
    ):
        process.wait_until(lambda: False, 20)
    assert str(log) in str(told.value).replace("\n", " ")


def test_a_port_that_is_taken_is_named_with_its_option():
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(LocalStackError, match=rf"port {port} is taken.*--redis-port"):
            port_or_free(port, "--redis-port")
    assert port_or_free(0, "--redis-port") != 0
