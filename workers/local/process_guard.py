"""Runs one command as a process group, and ends the group when the holder of the leash is gone.

    python -m workers.local.process_guard SECONDS COMMAND [ARGUMENT ...]

SECONDS is what the command gets to end by itself.

The holder keeps the other end of this program's standard input: however the holder dies, SIGKILL
included, the pipe closes. SIGTERM here does the same in good order. If this program itself gets
SIGKILL, Linux sends SIGTERM to the command.
"""

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Protocol

ORPHANS_GRACE_SECONDS = 2.0
SIGNAL_CODE = 128  # a shell says so that a signal has ended a command
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1  # prctl(2)


class Child(Protocol):
    """What is guarded, as a `Popen` has it."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


def main(grace_seconds: float, command: list[str]) -> int:
    """Run `command` until it ends or the parent is gone.

    Returns:
        its exit code.
    """
    return keep(lambda: _start(command), sys.stdin.fileno(), grace_seconds)


def _start(command: list[str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509  there are no threads here
    )


def keep(start: Callable[[], Child], leash: int, grace_seconds: float) -> int:
    """Start a child and guard it until it ends, this process gets SIGTERM, or the other end of the
    pipe `leash` is closed.

    Returns:
        its exit code.
    """
    is_let_go = []
    signals, signals_in = os.pipe()
    os.set_blocking(signals_in, False)
    signal.set_wakeup_fd(signals_in)
    signal.signal(signal.SIGTERM, lambda *_: is_let_go.append(True))
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    child = start()
    while child.poll() is None and not is_let_go:
        readable, _, _ = select.select([leash, signals], [], [])
        if signals in readable:
            os.read(signals, 1024)
        if leash in readable and not os.read(leash, 1024):
            break
    _end(child, grace_seconds)
    code = child.wait()
    return code if code >= 0 else SIGNAL_CODE - code


def die_with_parent() -> None:
    """Let this process get SIGTERM when its parent dies, where the system has such a thing."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(child: Child, grace_seconds: float) -> None:
    """SIGTERM to the command itself; SIGKILL to what is left of its group some seconds later."""
    child.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(grace_seconds)
    end = time.monotonic() + ORPHANS_GRACE_SECONDS
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < end:
            os.killpg(child.pid, 0)
            time.sleep(POLL_SECONDS)
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), sys.argv[2:]))
