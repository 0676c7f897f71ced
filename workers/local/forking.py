"""Python modules run in processes that are forked from one that has imported what they need.

A worker's start is nearly all imports: forked, it takes a tenth of the CPU time. The server that
forks is Python's own (`multiprocessing`); it has neither threads nor connections.
"""

import atexit
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import forkserver, process, util
from pathlib import Path

from setproctitle import setproctitle

from workers.local import process_guard
from workers.local.processes import Leash, launch

PRELOADED = "workers.local.preloaded"
_SERVER = multiprocessing.get_context("forkserver")
_FORK = multiprocessing.get_context("fork")


class ForkedProcess:
    """A child of `multiprocessing` that is used like a `subprocess.Popen`."""

    stdin = None

    def __init__(self, child: process.BaseProcess) -> None:
        child.start()
        self._child = child
        # at its exit Python waits for children: they have to be asked to end before
        util.Finalize(self, _terminate, (child,), exitpriority=1)

    @property
    def pid(self) -> int:
        return self._child.pid or 0

    def poll(self) -> int | None:
        """Return the exit code, as a `Popen` does, or None while it runs."""
        return self._child.exitcode

    def terminate(self) -> None:
        """Send SIGTERM."""
        self._child.terminate()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._child.kill()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end.

        Returns:
            the exit code.

        Raises:
            subprocess.TimeoutExpired: it has not come within `timeout` seconds.
        """
        self._child.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self._child.name, timeout or 0.0)
        return code


def preload() -> None:
    """Start the server that forks, which imports what workers need meanwhile."""
    for number in (0, 1, 2):  # where one is closed, a pipe of the server would take its place
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    _SERVER.set_forkserver_preload([PRELOADED])
    forkserver.ensure_running()


def fork_module(
    command: Sequence[str], log: Path, environment: Mapping[str, str], grace_seconds: float
) -> Leash:
    """Run `python -m MODULE …` as `process_guard` would, without a Python of its own; its output
    goes to `log`, `environment` is the whole of its environment. Where the server that forks has no
    place for its socket, or has lost it, the module is started as any command is.

    Returns:
        the guard's process.
    """
    try:
        preload()
        arguments = (list(command), str(log), dict(environment), str(Path.cwd()), grace_seconds)
        return ForkedProcess(_SERVER.Process(target=_guard, args=arguments))
    except OSError:
        return launch(command, log, environment, grace_seconds)


def _guard(
    command: list[str], log: str, environment: dict[str, str], folder: str, grace_seconds: float
) -> None:
    """Be the guard of `command`, in a process that the server has forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle, in order
    os.setsid()
    process_guard.die_with_parent()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    with Path(log).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    setproctitle(f"presswire process_guard {log}")
    parent = multiprocessing.parent_process()
    leash = parent.sentinel if parent else 0
    sys.exit(process_guard.keep(lambda: _fork(command), leash, grace_seconds))


def _fork(command: list[str]) -> ForkedProcess:
    """Return the guard's one child. A SIGTERM waits until the child can be ended by it."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        return ForkedProcess(_FORK.Process(target=_run, args=(command,), name="MainProcess"))
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def _run(command: list[str]) -> None:
    """Become `python -m MODULE …`."""
    os.setsid()
    process_guard.die_with_parent()
    signal.set_wakeup_fd(-1)
    for each in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(each, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    setproctitle(" ".join(command))
    _, _, module, *arguments = command
    sys.argv = [module, *arguments]
    sys.path[:0] = [str(Path.cwd()), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001  children of `multiprocessing` leave them out


def _terminate(child: process.BaseProcess) -> None:
    with suppress(OSError, ValueError):
        child.terminate()
