"""Child processes: each with its log, on a leash, stopped in order."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Protocol

from workers.local.errors import LocalStackError

STOP_SECONDS = 40.0
GRACE_SECONDS = 25.0
POLL_SECONDS = 0.1
SHOWN_LINES = 5


class Leash(Protocol):
    """The process that guards a command, as a `Popen` has it."""

    @property
    def stdin(self) -> IO[bytes] | None: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...
    def wait(self, timeout: float | None = None) -> int: ...


# starts a command, whose output goes to a file, with an environment and the seconds that it gets to
# end by itself
Launch = Callable[[Sequence[str], Path, Mapping[str, str], float], Leash]


def launch(
    command: Sequence[str], log: Path, environment: Mapping[str, str], grace_seconds: float
) -> Leash:
    """Return the guard of a command that has been started."""
    guard = (sys.executable, "-m", "workers.local.process_guard", str(grace_seconds))
    with log.open("ab") as output:
        return subprocess.Popen(
            [*guard, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment,
            start_new_session=True,  # Ctrl-C is ours to handle, in order
        )


class ServerProcess:
    """A command that runs; its output goes to `log`."""

    def __init__(  # noqa: PLR0913, PLR0917  what a process is made of
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        environment: Mapping[str, str],
        grace_seconds: float = GRACE_SECONDS,
        launch: Launch = launch,
    ) -> None:
        """`grace_seconds` is what it gets to end by itself when it is stopped."""
        self.name = name
        self.log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        whole = {**os.environ, **environment}
        self._start = partial(launch, command, log, whole, grace_seconds)
        self._leash = self._start()

    def restart(self) -> None:
        """Ends the command if it runs, and starts it again, with the same log."""
        self.stop()
        self._leash = self._start()

    @property
    def is_running(self) -> bool:
        """Whether the command has not ended yet."""
        return self._leash.poll() is None

    @property
    def exit_code(self) -> int | None:
        """The command's exit code, or None while it runs; 128 and the number of a signal."""
        return self._leash.poll()

    def terminate(self) -> None:
        """Asks the command to end; returns at once."""
        with contextlib.suppress(OSError):
            self._leash.terminate()

    def stop(self) -> None:
        """Ends the command and waits for it."""
        self.terminate()
        try:
            self._leash.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._leash.kill()
            self._leash.wait()
        if self._leash.stdin:
            self._leash.stdin.close()

    def wait_until(self, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until `is_ready` returns True.

        Raises:
            LocalStackError: the command ended before, or `seconds` have passed; the message has the
                end of the log.
        """
        end = time.monotonic() + seconds
        while not is_ready():
            if not self.is_running:
                raise LocalStackError(f"{self.name} has ended: {self._last_words()}")
            if time.monotonic() > end:
                raise LocalStackError(
                    f"{self.name} is not ready after {seconds:.0f} s: {self._last_words()}"
                )
            time.sleep(POLL_SECONDS)

    def _last_words(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        shown = "\n  ".join(lines[-SHOWN_LINES:])
        return f"its log {self.log} ends with\n  {shown}"


# told of each process of a server that is started
Started = Callable[[ServerProcess], object]


def ignore(_process: ServerProcess) -> None:
    """Nobody has to be told of this process."""


@contextmanager
def running(
    name: str,
    command: Sequence[str],
    log: Path,
    environment: Mapping[str, str],
    started: Started = ignore,
) -> Iterator[ServerProcess]:
    """Run `command` for the length of the block; `started` is told of the process.

    Yields:
        the process.
    """
    process = ServerProcess(name, command, log, environment)
    started(process)
    try:
        yield process
    finally:
        process.stop()
