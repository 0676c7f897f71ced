"""The newsstand: a small web of the bundled newsrooms on loopback addresses."""

import gzip
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from msgspec import Struct

from workers import clock
from workers.local.errors import LocalStackError
from workers.local.newsstand import newsrooms, rendering
from workers.local.newsstand.edition import Edition, edition
from workers.local.newsstand.rendering import Rendered

_TRIES = 20
_WAIT_SECONDS = 5.0


class Asked(Struct, frozen=True):
    """One request: `at` is in seconds of the monotonic clock."""

    outlet: str
    path: str
    status: int
    at: float
    agent: str


class Room:
    """What one newsroom answers, until `take` brings another edition."""

    def __init__(self, first: Edition) -> None:
        self.take(first)

    def take(self, given: Edition) -> None:
        """From now on answer out of `given`; a page that differs has a new date and ETag."""
        before = getattr(self, "answers", {})
        dates: dict[str, datetime] = getattr(self, "dates", {})
        self.edition = given
        self.answers = rendering.pages_of(given)
        self.missing = rendering.not_found(given)
        now = clock.now().replace(microsecond=0)
        self.dates = {
            path: dates[path] if before.get(path) == answer else now
            for path, answer in self.answers.items()
        }


class Newsstand:
    """The running web. `asked` grows with every request."""

    def __init__(self, port: int, now: datetime) -> None:
        self.port = port
        self.now = now
        self.asked: list[Asked] = []
        self.rooms = {each.id: Room(edition(each, port, now)) for each in newsrooms.newsrooms()}

    @property
    def editions(self) -> tuple[Edition, ...]:
        """What is on sale at the moment."""
        return tuple(room.edition for room in self.rooms.values())

    def revise(self) -> None:
        """Bring the newsrooms' corrections onto their pages."""
        for room in self.rooms.values():
            room.take(edition(room.edition.newsroom, self.port, self.now, is_revised=True))


@contextmanager
def newsstand(port: int = 0, now: datetime | None = None) -> Iterator[Newsstand]:
    """Serve all newsrooms, each on its own loopback address and all on one port (0: a free one).

    Yields:
        the running site.
    """
    servers = _bound(port)
    site = Newsstand(servers[0].server_port, now or clock.now())
    threads = []
    for server, room in zip(servers, newsrooms.newsrooms(), strict=True):
        server.RequestHandlerClass = type(
            "Handler", (_Handler,), {"site": site, "room_id": room.id}
        )
        threads.append(threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True))
        threads[-1].start()
    try:
        yield site
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
        for thread in threads:
            thread.join(_WAIT_SECONDS)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A crawler that hangs up is no trouble of ours."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _bound(port: int) -> list[_Server]:
    for _ in range(_TRIES):
        servers: list[_Server] = []
        try:
            for room in newsrooms.newsrooms():
                chosen = servers[0].server_port if servers else port
                servers.append(_Server((room.address, chosen), BaseHTTPRequestHandler))
        except OSError as error:
            for server in servers:
                server.server_close()
            if port:
                raise LocalStackError(f"port {port} for the bundled outlets: {error}") from error
        else:
            return servers
    raise LocalStackError("no port is free on all loopback addresses of the bundled outlets")


class _Handler(BaseHTTPRequestHandler):
    """Answers for the newsroom `room_id` of `site`: set in a subclass for each."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    site: Newsstand
    room_id: str

    def do_GET(self) -> None:
        room = self.site.rooms[self.room_id]
        path = urlsplit(self.path).path
        answer = room.answers.get(path)
        if answer is None:
            self._send(HTTPStatus.NOT_FOUND, room.missing, {})
            return
        tag = f'"{blake2b(answer[1], digest_size=8).hexdigest()}"'
        date = room.dates[path]
        marks = {"ETag": tag, "Last-Modified": format_datetime(date, usegmt=True)}
        if self._has(tag, date):
            self._send(HTTPStatus.NOT_MODIFIED, (answer[0], b""), marks)
        else:
            self._send(HTTPStatus.OK, answer, marks)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _has(self, tag: str, date: datetime) -> bool:
        """Return whether the client has this version: the date counts only where no tag is given
        (RFC 9110 section 13.2.2)."""
        if given := self.headers.get("If-None-Match"):
            return tag in given or given.strip() == "*"
        return _is_since(self.headers.get("If-Modified-Since"), date)

    def _send(self, status: HTTPStatus, answer: Rendered, marks: dict[str, str]) -> None:
        kind, body = answer
        headers = {"Content-Type": kind, "Vary": "Accept-Encoding", **marks}
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if status is not HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(body))
        agent = self.headers.get("User-Agent", "")
        self.site.asked.append(Asked(self.room_id, self.path, status, time.monotonic(), agent))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent: `asked` is the log."""


def _is_since(given: str | None, date: datetime) -> bool:
    try:
        moment = parsedate_to_datetime(given) if given else None
    except ValueError:
        return False
    if moment is None:
        return False
    return date <= (moment if moment.tzinfo else moment.replace(tzinfo=UTC))
