"""The workers of one machine: a Celery worker for each stage, one for the ticks, and beat."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workers.celery_app.topology import TICK
from workers.local.processes import ServerProcess
from workers.pipeline import STAGES, Pool

POOLS: Mapping[str, Pool] = {TICK: Pool("solo")} | {stage.name: stage.pool for stage in STAGES}
_CELERY = (sys.executable, "-m", "celery", "-A", "workers.tasks")


def worker_command(stage: str, prefix: str, name: str = "") -> list[str]:
    """How a worker of `stage` is started; several of one stage need a `name` each."""
    pool = POOLS[stage]
    return [
        *(*_CELERY, "worker", "-Q", f"{prefix}.{stage}", "-n", f"{name or stage}@%h"),
        *("-P", pool.kind, "-c", str(pool.size), "--prefetch-multiplier", str(pool.prefetch)),
        *("-l", "WARNING", "--without-gossip", "--without-mingle"),
    ]


def beat_command() -> list[str]:
    """How beat is started."""
    return [*_CELERY, "beat", "-l", "WARNING"]


@contextmanager
def worker_processes(
    environment: Mapping[str, str], logs: Path
) -> Iterator[dict[str, ServerProcess]]:
    """Every worker, and beat, with their logs in the folder `logs`; all are asked to stop at the
    same time at the end, and finish what they have under way."""
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
