"""One run of the bench: its site, and samples of an installation until all pages have ended."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from workers import clock
from workers.local.benchmark import cpu
from workers.local.benchmark.report import BenchSample
from workers.local.benchmark.site import BenchHost, write_site
from workers.local.errors import LocalStackError
from workers.local.ports import free_port
from workers.local.processes import running
from workers.local.stack import BROKER, REDIS
from workers.services import Services

SAMPLE_SECONDS = 0.5
STALLED_SECONDS = 120.0
PEER = Path(__file__).with_name("scrapy_peer.py")


@contextmanager
def bench_site(folder: Path, pages: Iterator[bytes]) -> Iterator[tuple[int, list[BenchHost]]]:
    """Serve pages on loopback addresses, from files in `folder`.

    Yields:
        the port, and the hosts.
    """
    port = free_port()
    hosts = write_site(folder / "site", port, pages, clock.now())
    addresses = ",".join(host.address for host in hosts)
    command = [sys.executable, "-m", "workers.local.benchmark.web_server"]
    with running(
        "web", [*command, str(folder / "site"), str(port), addresses], folder / "web.log", {}
    ):
        yield port, hosts


def server_names(environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the command lines of our servers have → their names."""
    urls = {"redis": environment[REDIS], "broker": environment[BROKER]}
    return {f":{urlsplit(url).port}": name for name, url in urls.items() if "redis" in url}


def watch(
    services: Services,
    pages: int,
    servers: Mapping[str, str],
    tell: Callable[[BenchSample], object],
) -> list[BenchSample]:
    """Sample the installation that this process has started until all pages have ended.

    Returns:
        the samples; `tell` gets each.

    Raises:
        LocalStackError: nothing has moved for two minutes.
    """
    samples, start, moved = list[BenchSample](), time.monotonic(), time.monotonic()
    while True:
        counts = services.ledger.counts()
        ended = sum(number for state, number in counts.items() if state not in cpu.STAGES)
        sample = BenchSample(
            at=time.monotonic() - start,
            indexed=counts.get("indexed", 0),
            waiting={stage: counts.get(stage, 0) for stage in cpu.STAGES if stage in counts}
            | {"fetch": services.frontier.depth()["pages"]},
            used=cpu.used(os.getpid(), servers),
            machine=cpu.machine_seconds(),
        )
        if not samples or _state(samples[-1]) != _state(sample):
            moved = time.monotonic()
        elif time.monotonic() - moved > STALLED_SECONDS:
            raise LocalStackError(f"{pages - ended} of {pages} pages have not moved for minutes")
        samples.append(sample)
        tell(sample)
        if ended >= pages:
            return samples
        time.sleep(SAMPLE_SECONDS)


def _state(sample: BenchSample) -> tuple[int, Mapping[str, int]]:
    return sample.indexed, sample.waiting


def run_peer(
    python: str, elasticsearch: str, port: int, hosts: Sequence[BenchHost], processes: int
) -> tuple[int, float]:
    """Run the peer on the same site and index server, in so many processes.

    Returns:
        the number of articles, and the seconds of the slowest process.

    Raises:
        LocalStackError: a process has failed.
    """
    names = [f"{host.address}:{port}" for host in hosts]
    shares = [",".join(names[number::processes]) for number in range(processes)]
    started = [
        subprocess.Popen(
            [python, PEER, elasticsearch, f"bench-peer-{number}", share],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number, share in enumerate(shares)
        if share
    ]
    ends = [(process, *process.communicate()) for process in started]
    for process, _, error in ends:
        if process.returncode:
            raise LocalStackError(f"the peer has failed: {error.strip().splitlines()[-1]}")
    results = [said.split() for _, said, _ in ends]
    return sum(int(count) for count, _ in results), max(float(seconds) for _, seconds in results)
