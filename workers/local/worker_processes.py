"""The workers of one machine: a Celery worker for each stage, one for the ticks, and beat."""

import os
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
# what a container of the shipped compose file and manifests may use at most
CONTAINER_CORES = 2
# stands between the stages in the name of a worker that several share
SHARED = "+"


def worker_command(
    stage: str, prefix: str, app: str = APP, number: int = 1, cores: int = CONTAINER_CORES
) -> list[str]:
    """Return the command that starts a worker of `stage` (or of the ticks) on a machine of so many
    cores; `number` tells it from its neighbours there."""
    return _worker_command((stage,), prefix, app, number, cores)


def shared_worker_command(
    stages: Sequence[str], prefix: str, app: str = APP, cores: int = CONTAINER_CORES
) -> list[str]:
    """Return the command that starts one worker of several stages, whose pools are of one kind. It
    has as many processes as the largest of them, and takes ahead what the most careful one does.

    Raises:
        ValueError: these stages cannot share a worker.
    """
    check_shared(stages)
    return _worker_command(stages, prefix, app, 1, cores)


def check_shared(stages: Sequence[str]) -> None:
    """Check that stages can share a worker: their pools are of one kind.

    Raises:
        ValueError: they cannot.
    """
    kinds = {POOLS[stage].kind for stage in stages}
    if kinds not in ({"prefork"}, {"threads"}):
        pools = ", ".join(f"{stage}: {POOLS[stage].kind}" for stage in stages)
        raise ValueError(f"only pools of one kind, prefork or threads, share a worker ({pools})")


def _worker_command(
    stages: Sequence[str], prefix: str, app: str, number: int, cores: int
) -> list[str]:
    pools = [POOLS[stage] for stage in stages]
    host = "%h" if number == 1 else f"{number}.%h"
    size = max(pool.size_on(cores) for pool in pools)
    prefetch = min(pool.prefetch for pool in pools)
    queues = ",".join(f"{prefix}.{stage}" for stage in stages)
    return [
        *(*_celery(app), "worker", "-Q", queues, "-n", f"{SHARED.join(stages)}@{host}"),
        *("-P", pools[0].kind, "-c", str(size), "--prefetch-multiplier", str(prefetch)),
        *("-l", "WARNING", "--without-gossip", "--without-mingle"),
        *("--heartbeat-interval", str(HEARTBEAT_SECONDS)),
    ]


def stages_named(worker: str) -> list[str]:
    """Return the stages of a worker by its name, such as "parse+dedupe@host"."""
    return worker.partition("@")[0].split(SHARED)


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


def worker_commands(
    environment: Mapping[str, str],
    scale: Mapping[str, int],
    shared: Sequence[Sequence[str]],
    cores: int,
) -> dict[str, list[str]]:
    """Return the commands of all workers by name; `scale` and `shared` as in `worker_processes`.

    Raises:
        ValueError: stages of a group cannot share a worker.
    """
    prefix = environment.get("PRESSWIRE_PREFIX", "presswire")
    sharing = {stage for stages in shared for stage in stages}
    commands = {
        stage: worker_command(stage, prefix, cores=cores)
        for stage in stages_of(environment)
        if stage not in sharing
    }
    for stages in shared:
        commands[SHARED.join(stages)] = shared_worker_command(stages, prefix, cores=cores)
    for stage, number in scale.items():
        for each in range(2, number + 1):
            commands[f"{stage}-{each}"] = worker_command(stage, prefix, number=each, cores=cores)
    return commands


@contextmanager
def worker_processes(
    environment: Mapping[str, str],
    logs: Path,
    servers: Sequence[ServerProcess] = (),
    scale: Mapping[str, int] | None = None,
    shared: Sequence[Sequence[str]] = (),
) -> Iterator[WorkerProcesses]:
    """Start every worker, and beat, with their logs in the folder `logs`. At the end all are asked
    to stop at the same time, and finish what they have begun. `servers` are watched with them.
    `scale` has the number of a stage's workers, where it is more than one; the stages of each group
    of `shared` have one worker together.

    Yields:
        the processes by name.

    Raises:
        ValueError: stages of a group cannot share a worker.
    """
    commands = worker_commands(environment, scale or {}, shared, len(os.sched_getaffinity(0)))
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
