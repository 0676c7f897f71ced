"""A hub, an outlet and our site on loopback, with a real Redis between site and tick."""

import asyncio
import hmac
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx
import pytest
import uvicorn
from msgspec.structs import replace

from schemas.events import FeedDue
from schemas.outlet import Outlet, Politeness
from workers import clock, urls
from workers.delivery.feed_poll import poll_feed
from workers.delivery.runner import StageRunner
from workers.outlets import Outlets
from workers.periodic import dispatch
from workers.periodic.websub import request_subscriptions
from workers.pipeline import stage_taking
from workers.services import Services
from workers.settings import Settings
from workers.site.app import create_app
from workers.site.services import connect_site_services

ITEM = "<item><title>A title of its own</title><link>{}/story-{}</link></item>"
FEED = """<rss version="2.0"><channel><title>O</title><link>{}/</link>{}</channel></rss>"""


class Hub(ThreadingHTTPServer):
    """A hub that checks whoever subscribes, and beside it the outlet whose feed it is told of."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answers)
        self.home = f"http://127.0.0.1:{self.server_port}"
        self.names_hub = True
        self.answer = 202
        self.lease = 86_400
        self.confirms = True
        self.asked = []
        self.confirmed = []
        self.stories = []

    def feed(self):
        return FEED.format(self.home, "".join(ITEM.format(self.home, n) for n in self.stories))

    def confirm(self, form, **changed):
        """Asks the subscriber whether it meant it; its answer."""
        query = {
            "hub.mode": "subscribe",
            "hub.topic": form["hub.topic"],
            "hub.challenge": "a <challenge>",
            "hub.lease_seconds": str(self.lease),
        }
        return httpx.get(form["hub.callback"], params=query | changed)

    def push(self, form, *, key=None, **headers):
        """Sends the feed, signed with the subscriber's secret or with another."""
        body = self.feed().encode()
        raw = (key or form["hub.secret"]).encode()
        signature = f"sha256={hmac.new(raw, body, 'sha256').hexdigest()}"
        given = {"X-Hub-Signature": signature} | headers
        return httpx.post(form["hub.callback"], content=body, headers=given)


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path != "/feed":
            self._answer(404)
            return
        links = f'<{self.server.home}/hub>; rel="hub", </feed>; rel="self"'
        self._answer(200, self.server.feed().encode(), links if self.server.names_hub else "")

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(raw).items()}
        self.server.asked.append(form)
        if self.server.answer == 202 and self.server.confirms:
            self.server.confirmed.append(self.server.confirm(form))
        self._answer(self.server.answer)

    def _answer(self, status, body=b"", links=""):
        self.send_response(status)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        if links:
            self.send_header("Link", links)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Desk:
    """Looks and ticks of one feed, at moments that the test chooses."""

    def __init__(self, services, feed):
        self.services = services
        self.feed = feed
        self.runner = StageRunner(services, lambda *_: None)
        self.ahead = timedelta(0)
        services.__dict__["now"] = lambda: clock.now() + self.ahead
        services.feed_schedule.sync([feed], services.now())

    def wait(self, **time):
        self.ahead += timedelta(**time)

    def look(self):
        poll_feed(self.runner, stage_taking(FeedDue), self.feed)

    def look_if_due(self):
        """What tick and worker do; whether the feed was due."""
        is_due = bool(dispatch.send_due_feeds(self.runner))
        if is_due:
            self.look()
        return is_due

    def ask_hubs(self):
        return asyncio.run(request_subscriptions(self.services))

    def is_due(self):
        return self.minutes_left() <= 0

    def minutes_left(self):
        """Until the next look."""
        key = f"{self.services.settings.prefix}:feeds:due"
        return (
            self.services.redis.zscore(key, self.feed.page_id) - self.services.now().timestamp()
        ) / 60


@pytest.fixture
def hub() -> Iterator[Hub]:
    with Hub() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def served(redis_url, tmp_path_factory):
    """Our site, served for all tests; its settings."""
    listening = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = Settings(
        redis_url=redis_url,
        prefix="t",
        archive=str(tmp_path_factory.mktemp("websub") / "archive"),
        allow_networks="127.0.0.1/32",
        site_hosts="press.example",
        websub_callback=address,
    )
    made = connect_site_services(settings)
    server = uvicorn.Server(uvicorn.Config(create_app(made), log_level="warning"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield settings
    server.should_exit = True
    thread.join()
    listening.close()


@pytest.fixture
def site(served, clean_redis):
    """The settings of our site, on an empty Redis."""
    clean_redis.ping()
    return served


@pytest.fixture(scope="module")
def parsers(served):
    """The child processes that read feeds; all desks share them, as starting one takes a while."""
    with Services(served) as services:
        yield services.parsers


@pytest.fixture
def desk_at(site, hub, parsers):
    """Desks with settings that differ from the site's."""
    made = []

    def make(**changed):
        services = Services(replace(site, **changed))
        services.__dict__["parsers"] = parsers
        url = f"{hub.home}/feed"
        politeness = Politeness(min_interval_seconds=0.0)
        outlet = Outlet(
            name="O",
            home=f"{hub.home}/",
            language="en",
            id="o",
            every_minutes=4,
            politeness=politeness,
        )
        services.__dict__["outlets"] = Outlets({"o": outlet})
        made.append(Desk(services, FeedDue(page_id=urls.page_id(url), outlet="o", url=url)))
        return made[-1]

    yield make
    for desk in made:
        del desk.services.__dict__["parsers"]
        desk.services.close()


@pytest.fixture
def desk(desk_at):
    return desk_at()
