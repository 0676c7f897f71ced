"""Hosts that say what a test tells them to, and the whole way of a page to its end."""

import asyncio
import ssl
import threading
from datetime import timedelta

import pytest
import trustme

from schemas.events import FeedDue, HostLeased, PageFound
from schemas.outlet import Outlet, Politeness
from workers import urls
from workers.delivery.feed_poll import poll_feed
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import StageRunner
from workers.outlets import Outlets
from workers.pipeline import stage_taking
from workers.services import Services
from workers.settings import Settings

NO_PAUSES = Politeness(0.0)
NO_ROBOTS = b"HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Host:
    """One origin. `answers` maps a path to bytes, or to `async def (reader, writer, path)`; what
    is not in it is answered by `other`. Requests are noted in `asked`."""

    def __init__(self, loop, tls=None):
        self.answers = {"/robots.txt": NO_ROBOTS}
        self.other = b"HTTP/1.1 404 None\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        self.asked = []
        self.tls = tls
        self._loop = loop
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self._server = asyncio.run_coroutine_threadsafe(start, loop).result()
        self.port = self._server.sockets[0].getsockname()[1]
        self.name = "localhost" if tls else "127.0.0.1"

    @property
    def home(self):
        return f"{'https' if self.tls else 'http'}://{self.name}:{self.port}"

    async def _serve(self, reader, writer):
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # a TLS greeting
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            self.asked.append((path, head))
            answer = self.answers.get(path, self.other)
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer, path)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def stop(self):
        self._loop.call_soon_threadsafe(self._server.close)


@pytest.fixture(scope="session")
def server_loop():
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def host_at(server_loop):
    """Makes hosts: `host_at()`, or `host_at(tls=certificate)`."""
    hosts = []

    def make(tls=None):
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.configure_cert(context)
        hosts.append(Host(server_loop, context))
        return hosts[-1]

    yield make
    for host in hosts:
        host.stop()


@pytest.fixture
def host(host_at):
    return host_at()


class Station:
    """A fetch worker and what came of its work."""

    def __init__(self, settings, politeness):
        self.services = Services(settings)
        self.sent = []
        self.runner = StageRunner(
            self.services, lambda step, events: self.sent.extend((step, each) for each in events)
        )
        self._politeness = politeness

    def knows(self, *hosts, **fields):
        """Each host is an outlet's; `fields` are of all their files."""
        found = {}
        for n, host in enumerate(hosts):
            found[f"o{n}"] = Outlet(
                name="O",
                home=f"{host.home}/",
                language="en",
                id=f"o{n}",
                politeness=self._politeness,
                **fields,
            )
        self.services.__dict__["outlets"] = Outlets(found)
        return self

    def fetch(self, url, **fields):
        """The end of the page at `url`: its state, with its reason if it is in quarantine."""
        page = PageFound(page_id=urls.page_id(url), outlet="o0", url=url, found_in=url, **fields)
        self.services.frontier.add([page])
        self.work()
        return self.end_of(page)

    def work(self, pause=timedelta(0)):
        """Works off whatever is due, once."""
        moment = self.services.now() + timedelta(seconds=1) + pause
        while leased := self.services.frontier.lease(moment, "w", 100.0):
            fetch_lease(self.runner, stage_taking(HostLeased), leased)

    def look(self, url, kind="feed"):
        due = FeedDue(page_id=urls.page_id(url), outlet="o0", url=url, kind=kind)
        poll_feed(self.runner, stage_taking(FeedDue), due)
        return self.end_of(due)

    def end_of(self, event):
        for entry in self.services.quarantine.entries():
            if entry.url == event.url:
                return entry.reason, entry.detail
        row = self.services.ledger.row(event.page_id)
        return (row.state, row.detail) if row else ("", "")


@pytest.fixture
def station(redis_url, clean_redis, tmp_path, authority):
    """Makes stations on an empty Redis."""
    made = []

    def make(politeness=NO_PAUSES, **changed):
        clean_redis.ping()
        authority.cert_pem.write_to_path(tmp_path / "ca.pem")
        given = {
            "redis_url": redis_url,
            "prefix": "t",
            "archive": str(tmp_path / "archive"),
            "allow_networks": "127.0.0.1/32",
            "web_ca_file": str(tmp_path / "ca.pem"),
            "request_timeout_seconds": 1.0,
            "max_attempts": 1,
            "max_revisits": 0,
        }
        made.append(Station(Settings(**(given | changed)), politeness))
        return made[-1]

    yield make
    for each in made:
        each.services.close()
