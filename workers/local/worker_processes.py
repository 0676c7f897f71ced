"""The workers of one machine: a Celery worker for each stage, one for the ticks, and beat."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workers.celery_app.topology import TICK
from workers.local.processes import ServerProcess
from workers.pipeline import STAGES, Pool

POOLS: Mapping[str, Pool] = {TICK: Pool("solo")} | {stage.name: stage.pool for stage in STAGES}
APP = "workers.tasks"


def worker_command(stage: str, prefix: str, app: str = APP) -> list[str]:
    """Return the command that starts a worker of `stage` (or of the ticks)."""
    pool = POOLS[stage]
    return [
        *(*_celery(app), "worker", "-Q", f"{prefix}.{stage}", "-n", f"{stage}@%h"),
        *("-P", pool.kind, "-c", str(pool.size), "--prefetch-multiplier", str(pool.prefetch)),
        *("-l", "WARNING", "--without-gossip", "--without-mingle"),
    ]


def beat_command(app: str = APP) -> list[str]:
    """Return the command that starts beat."""
    return [*_celery(app), "beat", "-l", "WARNING"]


def _celery(app: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "-A", app)


@contextmanager
def worker_processes(
    environment: Mapping[str, str], logs: Path
) -> Iterator[dict[str, ServerProcess]]:
    """Start every worker, and beat, with their logs in the folder `logs`. At the end all are asked
    to stop at the same time, and finish what they have begun.

    Yields:
        the processes by name.
    """
    prefix = environment.get("PRESSWIRE_PREFIX", "presswire")
    commands = {stage: worker_command(stage, prefix) for stage in POOLS} | {"beat": beat_command()}
    workers: dict[str, ServerProcess] = {}
    try:
        for name, command in commands.items():
            workers[name] = ServerProcess(name, command, logs / f"{name}.log", environment)
        yield workers
    finally:
        for worker in workers.values():
            worker.terminate()
        for worker in workers.values():
            worker.stop()
