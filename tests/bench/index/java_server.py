"""An Elasticsearch of a benchmark's own, with wanted flags of Java, and what its parts use."""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from workers.local.elasticsearch import elasticsearch

TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
PARTS = {"C1 CompilerThre": "C1", "C2 CompilerThre": "C2", "GC Thread": "GC", "G1 ": "GC"}


class JavaServer(Struct, frozen=True):
    """A server: its address and its place in /proc."""

    url: str
    process: Path

    def used(self) -> Counter[str]:
        """Return the CPU seconds so far by part; `rest` is what works for requests."""
        parts: Counter[str] = Counter(rest=0)
        for thread in (self.process / "task").iterdir():
            name = (thread / "comm").read_text()
            if part := next((part for start, part in PARTS.items() if name.startswith(start)), ""):
                parts[part] += _seconds(thread / "stat")
        parts["rest"] = _seconds(self.process / "stat") - parts.total()
        return parts

    def spent(self, before: Counter[str], number: int) -> Counter[str]:
        """Return the CPU milliseconds since `before` for one of `number`, by part."""
        now = self.used()
        return Counter({part: (now[part] - before[part]) * 1000 / number for part in now})


@contextmanager
def java_server(flags: str) -> Iterator[JavaServer]:
    """Run a server whose ES_JAVA_OPTS are `flags`; empty: Presswire's own."""
    if flags:
        os.environ["ES_JAVA_OPTS"] = flags
    else:
        os.environ.pop("ES_JAVA_OPTS", None)
    with tempfile.TemporaryDirectory(prefix="presswire-bench-", dir="/var/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)  # root's server runs as another user
        with elasticsearch(folder) as url:
            yield JavaServer(url, _java_process(folder))


def told(parts: Counter[str]) -> str:
    """Return the sum and its parts."""
    return f"{parts.total():.1f} ({', '.join(f'{k} {v:.1f}' for k, v in parts.items())})"


def _java_process(folder: Path) -> Path:
    for place in Path("/proc").glob("[0-9]*"):
        try:
            command = (place / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
        if str(folder).encode() in command and b"org.elasticsearch.bootstrap" in command:
            return place
    raise LookupError(folder)


def _seconds(stat: Path) -> float:
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * TICK_SECONDS
