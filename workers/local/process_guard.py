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

ORPHANS_GRACE_SECONDS = 2.0
SIGNAL_CODE = 128  # a shell says so that a signal has ended a command
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1  # prctl(2)


def main(grace_seconds: float, command: list[str]) -> int:
    """Run `command` until it ends or the parent is gone.

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
    child = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_dying_with_parent(),  # noqa: PLW1509  there are no threads here
    )
    while child.poll() is None and not is_let_go:
        readable, _, _ = select.select([0, signals], [], [])
        if signals in readable:
            os.read(signals, 1024)
        if 0 in readable and not os.read(0, 1024):
            break
    _end(child, grace_seconds)
    return child.returncode if child.returncode >= 0 else SIGNAL_CODE - child.returncode


def _dying_with_parent() -> Callable[[], object] | None:
    """Return what a child calls to get SIGTERM when its parent dies; None where the system has no
    such thing."""
    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(child: "subprocess.Popen[bytes]", grace_seconds: float) -> None:
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
