"""The newsstand: a small web of the bundled newsrooms on loopback addresses."""

import gzip
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from msgspec import Struct

from schemas.article import make_aware
from workers import clock
from workers.local.errors import LocalStackError
from workers.local.newsstand import newsrooms, rendering
from workers.local.newsstand.edition import Edition, build_edition
from workers.local.newsstand.rendering import Rendered

MAX_BIND_ATTEMPTS = 20
STOP_TIMEOUT_SECONDS = 5.0


class LoggedRequest(Struct, frozen=True):
    """One request: `at` is in seconds of the monotonic clock."""

    outlet: str
    path: str
    status: int
    at: float
    agent: str


class NewsroomSite:
    """What one newsroom serves, until `publish` brings another edition."""

    def __init__(self, first: Edition) -> None:
        self.publish(first)

    def publish(self, edition: Edition) -> None:
        """Serve `edition` from now on; a page that differs has a new date and ETag."""
        before = getattr(self, "responses", {})
        dates: dict[str, datetime] = getattr(self, "dates", {})
        self.edition = edition
        self.responses = rendering.render_pages(edition)
        self.not_found = rendering.render_not_found(edition)
        now = clock.now().replace(microsecond=0)
        self.dates = {
            path: dates[path] if before.get(path) == response else now
            for path, response in self.responses.items()
        }


class Newsstand:
    """The running sites. `requests` is a log of all requests."""

    def __init__(self, port: int, now: datetime) -> None:
        self.port = port
        self.now = now
        self.requests: list[LoggedRequest] = []
        self.rooms = {
            each.id: NewsroomSite(build_edition(each, port, now))
            for each in newsrooms.load_newsrooms()
        }

    @property
    def editions(self) -> tuple[Edition, ...]:
        """The editions that are served at the moment."""
        return tuple(room.edition for room in self.rooms.values())

    def revise(self) -> None:
        """Publish the newsrooms' corrections."""
        for room in self.rooms.values():
            room.publish(build_edition(room.edition.newsroom, self.port, self.now, is_revised=True))


@contextmanager
def newsstand(port: int = 0, now: datetime | None = None) -> Iterator[Newsstand]:
    """Serve all newsrooms, each on its own loopback address and all on one port (0: a free one).

    Yields:
        the running site.
    """
    servers = _bind_servers(port)
    site = Newsstand(servers[0].server_port, now or clock.now())
    threads = []
    for server, room in zip(servers, newsrooms.load_newsrooms(), strict=True):
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
            thread.join(STOP_TIMEOUT_SECONDS)


class _Server(ThreadingHTTPServer):
    """The server of one newsroom."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Print the error, unless only the crawler has hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _bind_servers(port: int) -> list[_Server]:
    """Return a server for each newsroom, all bound to one port (0: a free one).

    Raises:
        LocalStackError: the port is taken, or none is free on all addresses.
    """
    for _ in range(MAX_BIND_ATTEMPTS):
        servers: list[_Server] = []
        try:
            for room in newsrooms.load_newsrooms():
                bound_port = servers[0].server_port if servers else port
                servers.append(_Server((room.address, bound_port), BaseHTTPRequestHandler))
        except OSError as error:
            for server in servers:
                server.server_close()
            if port:
                raise LocalStackError(f"port {port} for the bundled outlets: {error}") from error
        else:
            return servers
    raise LocalStackError("no port is free on all loopback addresses of the bundled outlets")


class _Handler(BaseHTTPRequestHandler):
    """Serves the newsroom `room_id` of `site`; both are set in a subclass for each newsroom."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    site: Newsstand
    room_id: str

    def do_GET(self) -> None:
        """Send the page, or that it is not modified or not found."""
        room = self.site.rooms[self.room_id]
        path = urlsplit(self.path).path
        response = room.responses.get(path)
        if response is None:
            self._send(HTTPStatus.NOT_FOUND, room.not_found, {})
            return
        tag = f'"{blake2b(response[1], digest_size=8).hexdigest()}"'
        date = room.dates[path]
        validators = {"ETag": tag, "Last-Modified": format_datetime(date, usegmt=True)}
        if self._is_not_modified(tag, date):
            self._send(HTTPStatus.NOT_MODIFIED, (response[0], b""), validators)
        else:
            self._send(HTTPStatus.OK, response, validators)

    def do_HEAD(self) -> None:
        """Send the headers that GET would send."""
        self.do_GET()

    def _is_not_modified(self, tag: str, date: datetime) -> bool:
        """Return whether the client has this version: the date counts only where no tag is given
        (RFC 9110 section 13.2.2)."""
        if tags := self.headers.get("If-None-Match"):
            return tag in tags or tags.strip() == "*"
        return _is_not_modified_since(self.headers.get("If-Modified-Since"), date)

    def _send(self, status: HTTPStatus, response: Rendered, validators: dict[str, str]) -> None:
        """Send and log a response; `validators` are its ETag and date."""
        content_type, body = response
        headers = {"Content-Type": content_type, "Vary": "Accept-Encoding", **validators}
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        if status is not HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(body))
        agent = self.headers.get("User-Agent", "")
        self.site.requests.append(
            LoggedRequest(self.room_id, self.path, status, time.monotonic(), agent)
        )
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Print nothing: `requests` is the log."""


def _is_not_modified_since(header: str | None, date: datetime) -> bool:
    """Return whether a page of this date is as old as the If-Modified-Since header or older."""
    try:
        moment = parsedate_to_datetime(header) if header else None
    except ValueError:
        return False
    if moment is None:
        return False
    return date <= make_aware(moment)
