"""Any number of fetch workers are one polite crawler, as the hosts' own logs show."""

import asyncio
import json
import subprocess
import sys
import time
from itertools import pairwise
from threading import Lock

import pytest

from schemas.events import PageFound
from schemas.outlet import Politeness
from tests.integration.adapters.http.hostile import page
from workers import urls
from workers.adapters.frontier.frontier import Frontier

MANY = 16
SECONDS = 120.0  # at most: it ends with the last page
INTERVAL = 0.3
ASKED_PAUSE = 3.0


class Log:
    """When requests came to one host, and how many were under way at once."""

    def __init__(self, host, busy_at=0):
        self.rows, self.most, self._now, self._lock = [], 0, 0, Lock()
        self._busy_at = busy_at
        host.other = self._answer
        host.answers.clear()

    async def _answer(self, _reader, writer, path):
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
            self.rows.append((time.time(), path))
            is_busy = len(self.rows) == self._busy_at
        await asyncio.sleep(0.03)
        busy = page(b"<p>Later", "429 Later", Retry_After=str(int(ASKED_PAUSE)))
        robots = page(b"", "404 None")
        writer.write(busy if is_busy else robots if path == "/robots.txt" else page())
        with self._lock:
            self._now -= 1


@pytest.fixture
def run(redis_url, clean_redis, tmp_path):
    """Runs that many workers on the hosts' pages for a few seconds."""

    def start(workers, hosts, politeness, pages=8):
        frontier = Frontier(clean_redis, "t")
        for host in hosts:
            addresses = [f"{host.home}/{n}" for n in range(pages)]
            frontier.add(
                PageFound(page_id=urls.page_id(url), outlet=host.home, url=url, found_in=url)
                for url in addresses
            )
        given = {
            "workers": workers,
            "seconds": SECONDS,
            "interval": politeness.min_interval_seconds,
            "concurrency": politeness.max_concurrency,
            "homes": [f"{host.home}/" for host in hosts],
            "settings": {
                "redis_url": redis_url,
                "prefix": "t",
                "archive": str(tmp_path),
                "allow_networks": "127.0.0.0/8",
                "max_revisits": 0,
            },
        }
        command = [
            sys.executable,
            "-m",
            "tests.integration.adapters.http.fetch_worker",
            json.dumps(given),
        ]
        subprocess.run(command, check=True)

    return start


def test_no_request_of_many_workers_comes_before_its_time(run, host_at):
    hosts = [host_at() for _ in range(3)]
    calm, second, busy = Log(hosts[0]), Log(hosts[1]), Log(hosts[2], busy_at=3)
    run(MANY, hosts, Politeness(INTERVAL))
    for log in (calm, second, busy):
        moments = [moment for moment, _ in log.rows]
        assert len(moments) >= 9  # robots.txt and the pages
        assert min(b - a for a, b in pairwise(moments)) >= INTERVAL
        assert log.most == 1
    told = busy.rows[2][0]
    assert busy.rows[3][0] - told >= ASKED_PAUSE
    for log in (calm, second):
        paths = [path for _, path in log.rows]
        assert len(paths) == len(set(paths)), "a page was fetched twice"


def test_no_host_is_asked_over_its_concurrency_by_many_workers(run, host_at):
    hosts = [host_at() for _ in range(2)]
    logs = [Log(host) for host in hosts]
    run(MANY, hosts, Politeness(0.0, 3), pages=60)
    assert {log.most for log in logs} <= {2, 3}
