"""Modules in forked processes: as if they had been started, and ended with their parent."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from workers.local.forking import fork_module
from workers.local.processes import ServerProcess

WRITTEN = """
import atexit, json, os, signal, subprocess, sys, time
kept = [signal.getsignal(each) is signal.SIG_DFL for each in (signal.SIGTERM, signal.SIGCHLD)]
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
atexit.register(print, "and ended in order", flush=True)
told = {"arguments": sys.argv[1:], "mark": os.environ.get("FORKED_MARK"), "folder": os.getcwd(),
        "session": os.getsid(0), "pid": os.getpid(), "child": child.pid, "signals": kept,
        "settings": [each for each in os.environ if each.startswith("LEFT_OUT")]}
open("told.part", "w").write(json.dumps(told))
os.rename("told.part", "told")
print("the module runs", flush=True)
if len(sys.argv) > 2:
    child.kill()
    raise SystemExit(int(sys.argv[2]))
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from workers.local.forking import fork_module
from workers.local.processes import ServerProcess
if __name__ == "__main__":
    command = [sys.executable, "-m", "told_module", "stays"]
    held = ServerProcess("told", command, Path("log"), {"PYTHONPATH": "."}, 2.0, fork_module)
    while not Path("told").exists():
        time.sleep(0.05)
    if sys.argv[1] == "waits":
        time.sleep(600)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    (tmp_path / "told_module.py").write_text(WRITTEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def forked(folder):
    started = []

    def start(*arguments):
        command = [sys.executable, "-m", "told_module", *arguments]
        environment = {"PYTHONPATH": str(folder), "FORKED_MARK": "here"}
        log = folder / "log"
        started.append(ServerProcess("told", command, log, environment, 2.0, fork_module))
        return started[-1]

    yield start
    for process in started:
        process.stop()


def test_a_forked_module_is_as_one_that_was_started(forked, folder, monkeypatch):
    process = forked("a b", "3")
    monkeypatch.setenv("LEFT_OUT", "set after the start of the server that forks")
    wait_for(lambda: process.exit_code is not None)
    assert process.exit_code == 3
    told = told_in(folder)
    assert told["arguments"] == ["a b", "3"]
    assert (told["mark"], told["folder"]) == ("here", str(folder))
    assert told["session"] == told["pid"]
    assert told["signals"] == [True, True]
    assert told["settings"] == []
    assert (folder / "log").read_text() == "the module runs\nand ended in order\n"


def test_it_is_told_apart_by_its_command_line_and_starts_again(forked, folder):
    process = forked("stays")
    first = told_in(folder)
    assert psutil.Process(first["pid"]).cmdline()[0].split()[1:] == ["-m", "told_module", "stays"]
    (folder / "told").unlink()
    os.kill(first["pid"], signal.SIGKILL)
    wait_for(lambda: process.exit_code == 128 + signal.SIGKILL)
    process.restart()
    second = told_in(folder)
    assert second["pid"] != first["pid"]
    process.stop()
    assert not any(is_alive(told["child"]) for told in (first, second))


@pytest.mark.parametrize("how", ["waits", "leaves"])
def test_a_dead_parent_leaves_nothing_behind(folder, how):
    parent = subprocess.Popen([sys.executable, "-c", PARENT, how])
    told = told_in(folder)
    if how == "waits":
        parent.kill()
    parent.wait(30)
    wait_for(lambda: not is_alive(told["pid"]) and not is_alive(told["child"]))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child")
def test_a_killed_guard_or_server_takes_the_module_along(forked, folder):
    process = forked("stays")
    told = told_in(folder)
    guard = psutil.Process(told["pid"]).parent()
    guard.parent().kill()  # the server that forks: the next start has a new one
    wait_for(lambda: not is_alive(told["pid"]) and not is_alive(guard.pid))
    (folder / "told").unlink()
    process.restart()
    told = told_in(folder)
    psutil.Process(told["pid"]).parent().kill()
    wait_for(lambda: not is_alive(told["pid"]))
    os.kill(told["child"], signal.SIGKILL)


def told_in(folder: Path):
    wait_for((folder / "told").exists)
    return json.loads((folder / "told").read_text())


def is_alive(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for(condition, seconds=30.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
