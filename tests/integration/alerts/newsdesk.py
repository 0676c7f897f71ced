"""Saved searches whose clock the test sets, and real receivers of HTTP and mail."""

import asyncio
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from schemas.saved_search import SavedSearch
from workers.adapters.redis.saved_searches import owner_of_token
from workers.alerts.evaluate import evaluate_saved_searches
from workers.alerts.send import send_due_alerts
from workers.services import Services

# past: a sender in a process of its own goes by the real clock
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
LOOPBACK = "127.0.0.0/8"
A_DAY = 86_400  # seconds


class ClockedTools(Services):
    """Tools whose time the test sets."""

    time = START

    def now(self):
        return self.time


class Receiver(ThreadingHTTPServer):
    """A webhook that keeps what it got; `answer` is its status, `on_post` is called before it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answer, self.on_post, self.location = [], 200, lambda: None, ""
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        """A sender that is killed hangs up: that is the test."""


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        content = self.rfile.read(int(self.headers["content-length"]))
        self.server.got.append((dict(self.headers), content))
        self.server.on_post()
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("location", self.server.location)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Letters:
    """Takes mail in after a `pause`; `refusal` is what it says instead, `goodbye` its last word."""

    def __init__(self):
        self.got, self.refusal, self.goodbye, self.pause = [], "", "221 Bye", 0.0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802  aiosmtpd's name
        await asyncio.sleep(self.pause)
        self.got.append(envelope)
        return self.refusal or "250 OK"

    async def handle_QUIT(self, _server, _session, _envelope):  # noqa: N802  aiosmtpd's name
        return self.goodbye


def new_token(services, **more):
    """Its id."""
    return services.tokens.create("ada", START, **more).split("_")[1]


def save(services, *targets, query="river", name="Rivers", search_id="s1", owner="", **more):
    """A search in Redis; it rings for each article unless told otherwise."""
    saved = SavedSearch(
        id=search_id,
        name=name,
        query=query,
        owner=owner or owner_of_token(new_token(services)),
        created=START,
        notify=targets,
        **{"rings": "article", **more},
    )
    services.saved_searches.put(saved)
    return saved


def look(services, *, later=0):
    """A tick of matching and one of sending, `later` seconds after the start."""
    services.time = START + timedelta(seconds=later)
    found = evaluate_saved_searches(services)
    asyncio.run(send_due_alerts(services))
    return found


def told(receiver):
    return [article["id"] for _, body in receiver.got for article in json.loads(body)["articles"]]


def at(seconds):
    return START + timedelta(seconds=seconds)
