"""CPU time by part of an installation, from the processes that a process has started (Linux)."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct

from workers import pipeline

PROC = Path("/proc")
STAGES = tuple(stage.name for stage in pipeline.STAGES)
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
# part → what its command line has; a group names the part
_PARTS = (
    (re.compile(r"^\[celeryd: (\w+)@"), ""),  # the title that Celery gives a worker
    (re.compile(r" worker .*-Q \S*?\.(\w+)"), ""),
    (re.compile(r"celery.* beat\b"), "beat"),
    (re.compile(r"org\.elasticsearch|cli\.name=server"), "elasticsearch"),
    (re.compile(r"beam\.smp"), "rabbitmq"),
    (re.compile(r"web_server"), "web"),
    (re.compile(r"scrapy_peer"), "peer"),
)


class Process(Struct, frozen=True):
    """A process: its parent, its command line, and the CPU seconds that it has used, its threads'
    and ended children's included."""

    pid: int
    parent: int
    command: str
    seconds: float


def part_of(command: str, servers: Mapping[str, str]) -> str | None:
    """Return the part of the installation that a command line belongs to, or None. `servers` is
    what the command line of a server has → its name."""
    for sign, name in servers.items():
        if sign in command:
            return name
    for pattern, name in _PARTS:
        if found := pattern.search(command):
            return name or found[1]
    return None


def used(root: int, servers: Mapping[str, str]) -> dict[str, float]:
    """Return the CPU seconds by part that the descendants of the process `root` have used."""
    seconds: dict[str, float] = {}
    for process in descendants(root, _processes()):
        if "process_guard" not in process.command and (part := part_of(process.command, servers)):
            seconds[part] = seconds.get(part, 0.0) + process.seconds
    return seconds


def machine_seconds() -> float:
    """Return the CPU seconds that all cores together have not been idle."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(
        int, (PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / TICKS_A_SECOND


def descendants(root: int, processes: Iterable[Process]) -> list[Process]:
    """Return those of `processes` that `root` has started, and theirs."""
    children: dict[int, list[Process]] = {}
    for process in processes:
        children.setdefault(process.parent, []).append(process)
    found, pids = list[Process](), [root]
    while pids:
        some = children.get(pids.pop(), [])
        found += some
        pids += [process.pid for process in some]
    return found


def _processes() -> Iterator[Process]:
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has ended
            continue
        command = b" ".join(words).decode("utf-8", "replace")
        ticks = sum(map(int, fields[11:15]))
        yield Process(int(folder.name), int(fields[1]), command, ticks / TICKS_A_SECOND)
