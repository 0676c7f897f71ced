"""The workers of one machine: a Celery worker for each stage, one for the ticks, and beat."""

import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from workers.celery_app.topology import TICK
from workers.local.errors import LocalStackError
from workers.local.forking import fork_module
from workers.local.processes import Launch, ServerProcess, launch
from workers.pipeline import RELATE, STAGES, Pool
from workers.settings import load

POOLS: Mapping[str, Pool] = {TICK: Pool("solo")} | {stage.name: stage.pool for stage in STAGES}
APP = "workers.tasks"
# what a worker has begun comes again, so that it may be killed; few pages take longer
WORKER_GRACE_SECONDS = 6.0
MAX_RESTARTS = 5
RESTART_WINDOW_SECONDS = 600.0
WATCH_SECONDS = 0.5
# only Flower hears it, and takes a worker for offline after two minutes
HEARTBEAT_SECONDS = 30


def worker_command(stage: str, prefix: str, app: str = APP, number: int = 1) -> list[str]:
    """Return the command that starts a worker of `stage` (or of the ticks); `number` tells it from
    its neighbours on the same machine."""
    pool = POOLS[stage]
    name = f"{stage}@%h" if number == 1 else f"{stage}@{number}.%h"
    return [
        *(*_celery(app), "worker", "-Q", f"{prefix}.{stage}", "-n", name),
        *("-P", pool.kind, "-c", str(pool.size), "--prefetch-multiplier", str(pool.prefetch)),
        *("-l", "WARNING", "--without-gossip", "--without-mingle"),
        *("--heartbeat-interval", str(HEARTBEAT_SECONDS)),
    ]


def stages_of(environment: Mapping[str, str]) -> list[str]:
    """Return the stages (and the ticks) that need a worker with these settings."""
    is_related = load(environment).relate_events
    return [stage for stage in POOLS if is_related or stage != RELATE]


def beat_command(app: str = APP) -> list[str]:
    """Return the command that starts beat."""
    return [*_celery(app), "beat", "-l", "WARNING"]


def _celery(app: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", app)


class WorkerProcesses(dict[str, ServerProcess]):
    """Processes by name, each with its log in the folder `logs`. `servers` run already: they are
    started again like a worker, and stopped by whoever has started them."""

    def __init__(
        self,
        commands: Mapping[str, list[str]],
        environment: Mapping[str, str],
        logs: Path,
        servers: Sequence[ServerProcess] = (),
        launch: Launch = launch,
    ) -> None:
        super().__init__()
        self._launch = launch
        self._servers = servers
        self._commands = commands
        self._environment = environment
        self._logs = logs
        self._restarts: defaultdict[str, deque[float]] = defaultdict(deque)

    def start(self) -> None:
        """Start all of them."""
        for name in self._commands:
            self[name] = self._start(name)

    def revive(self) -> list[str]:
        """Start again what has ended by itself.

        Returns:
            a sentence for each.

        Raises:
            LocalStackError: one has ended too often.
        """
        watched = (*self._servers, *self.values())
        return [self._revive(process) for process in watched if not process.is_running]

    def stop(self) -> None:
        """Ask all to stop at the same time, and wait until they have."""
        for worker in self.values():
            worker.terminate()
        for worker in self.values():
            worker.stop()

    def _start(self, name: str) -> ServerProcess:
        log = self._logs / f"{name}.log"
        command, environment = self._commands[name], self._environment
        return ServerProcess(name, command, log, environment, WORKER_GRACE_SECONDS, self._launch)

    def _revive(self, process: ServerProcess) -> str:
        """Start a process again.

        Returns:
            what has happened.

        Raises:
            LocalStackError: it has ended too often.
        """
        ended = f"{process.name} has ended with exit code {process.exit_code}"
        log, recent, now = process.log, self._restarts[process.name], time.monotonic()
        while recent and recent[0] < now - RESTART_WINDOW_SECONDS:
            recent.popleft()
        if len(recent) >= MAX_RESTARTS:
            raise LocalStackError(
                f"{ended}, for the {MAX_RESTARTS + 1}th time in {RESTART_WINDOW_SECONDS / 60:.0f} "
                f"minutes, and is not started again; its log is {log}"
            )
        recent.append(now)
        process.restart()
        return f"{ended} and is started again ({len(recent)} of {MAX_RESTARTS}); its log is {log}"


@contextmanager
def worker_processes(
    environment: Mapping[str, str],
    logs: Path,
    servers: Sequence[ServerProcess] = (),
    scale: Mapping[str, int] | None = None,
) -> Iterator[WorkerProcesses]:
    """Start every worker, and beat, with their logs in the folder `logs`. At the end all are asked
    to stop at the same time, and finish what they have begun. `servers` are watched with them.
    `scale` has the number of a stage's workers, where it is more than one.

    Yields:
        the processes by name.
    """
    prefix = environment.get("PRESSWIRE_PREFIX", "presswire")
    commands = {stage: worker_command(stage, prefix) for stage in stages_of(environment)}
    for stage, number in (scale or {}).items():
        for each in range(2, number + 1):
            commands[f"{stage}-{each}"] = worker_command(stage, prefix, number=each)
    commands["beat"] = beat_command()
    workers = WorkerProcesses(commands, environment, logs, servers, fork_module)
    try:
        workers.start()
        yield workers
    finally:
        workers.stop()


def watch(workers: WorkerProcesses, tell: Callable[[str], object]) -> NoReturn:
    """Start again what ends, until this process is asked to stop; `tell` gets a sentence for each.

    Raises:
        LocalStackError: one ends too often.
    """
    while True:
        for sentence in workers.revive():
            tell(sentence)
        time.sleep(WATCH_SECONDS)
