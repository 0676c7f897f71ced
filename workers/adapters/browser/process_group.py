"""The processes of a browser: what memory they take, and how they are ended, all of them."""

import ctypes
import os
import signal
import time
from contextlib import suppress
from functools import cache

import psutil

REAP_SECONDS = 5.0
POLL_SECONDS = 0.02
_PR_SET_CHILD_SUBREAPER = 36
_PROFILE_OPTION = "--user-data-dir="


class ProcessGroup:
    """The processes that began with `pid`, the leader of a group of its own."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.profile = _profile_of(pid)

    def pids(self) -> list[int]:
        """Return the ids of those that are there, ended ones that nobody has reaped too."""
        return [pid for pid in psutil.pids() if _group_of(pid) == self.pid]

    def memory_bytes(self) -> int:
        """Return the memory of all, what they share counted once (PSS)."""
        return sum(_memory_of(pid) for pid in self.pids())

    def kill(self) -> None:
        """End all, and wait until none is left, not even as a zombie."""
        end = time.monotonic() + REAP_SECONDS
        while (left := self.pids()) and time.monotonic() < end:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            for pid in left:
                _reap(pid)
            time.sleep(POLL_SECONDS)  # noqa: TID251  in a thread of its own, moments


@cache
def adopt_orphans() -> None:
    """Have processes whose parent dies become ours, not those of process 1: in a container that may
    be a program that reaps none, and a zombie stays for each of them."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap_adopted() -> None:
    """Reap the browser's helpers that left its group, and have ended with it."""
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if child.status() == psutil.STATUS_ZOMBIE and child.name().startswith("chrom"):
                _reap(child.pid)


def kill_child(pid: int) -> None:
    """End one process at once; who started it reaps it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Return whether there is a process of this id."""
    return bool(psutil.pid_exists(pid))


def child_pids() -> set[int]:
    """Return the ids of our children."""
    return {child.pid for child in psutil.Process().children()}


def _profile_of(pid: int) -> str:
    """Return the folder of the browser's profile, or an empty string."""
    with suppress(psutil.Error):
        for argument in psutil.Process(pid).cmdline():
            if argument.startswith(_PROFILE_OPTION):
                return str(argument).removeprefix(_PROFILE_OPTION)
    return ""


def _group_of(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def _memory_of(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_full_info().pss)
    except psutil.Error:
        return 0


def _reap(pid: int) -> None:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
