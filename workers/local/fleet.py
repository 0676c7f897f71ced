"""The workers of one machine: a Celery worker for each stage, one for the ticks, and beat."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from workers.local.processes import Process, Processes

# stage → pool, processes or threads, messages taken ahead of each
POOLS: Mapping[str, tuple[str, int, int]] = {
    "tick": ("solo", 1, 1),
    "discover": ("threads", 2, 1),
    "fetch": ("threads", 8, 1),
    "parse": ("prefork", 2, 4),
    "dedupe": ("prefork", 1, 8),
    "index": ("solo", 1, 1000),
}


def worker_command(stage: str, prefix: str) -> list[str]:
    """How a worker of `stage` is started."""
    pool, number, ahead = POOLS[stage]
    return [
        *(sys.executable, "-m", "celery", "-A", "workers.tasks", "worker"),
        *("-Q", f"{prefix}.{stage}", "-n", f"{stage}@%h", "-l", "WARNING"),
        *("-P", pool, "-c", str(number), "--prefetch-multiplier", str(ahead)),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat_command() -> list[str]:
    """How beat is started."""
    return [sys.executable, "-m", "celery", "-A", "workers.tasks", "beat", "-l", "WARNING"]


@contextmanager
def fleet(processes: Processes, environment: Mapping[str, str], folder: Path) -> Iterator[None]:
    """Every worker, and beat, with their logs in `folder`; stopped in order at the end."""
