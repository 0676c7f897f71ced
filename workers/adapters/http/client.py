"""One request to the web: guarded, streamed, bounded in time and size, whatever the server does."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
from msgspec import Struct
from msgspec.structs import replace

from schemas.events import Reason
from workers.adapters.http.body import ACCEPTED, Unpacker
from workers.adapters.http.connection_pools import Hosts
from workers.adapters.http.errors import troubles_as_outcomes
from workers.exceptions import PermanentFailure
from workers.settings import Settings

MOST_ERROR_BYTES = 262_144
OK = 200
REDIRECTS = frozenset({301, 302, 303, 307, 308})

Headers = tuple[tuple[str, str], ...]
Judge = Callable[[int, Mapping[str, str]], None]


class Answer(Struct, frozen=True):
    """What a server said; `body` is unpacked, header names are in lower case."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: str) -> str:
        """The first header called `name` (lower case), or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    def target(self, url: str) -> str:
        """Where this answer to a request for `url` redirects to; empty if it does not."""
        if self.status not in REDIRECTS:
            return ""
        place = self.header("location")
        try:
            return urldefrag(urljoin(url, place)).url if place else ""
        except ValueError:  # no address at all: for whoever asks it to say so
            return place


class Wish(Struct, frozen=True):
    """A request. `judge` sees status and headers before the body is read and may raise GiveUp; a
    body over `most_bytes` is refused, or cut where `may_cut`."""

    url: str
    headers: Mapping[str, str] = {}
    most_bytes: int = 10_000_000
    may_cut: bool = False
    judge: Judge | None = None
    proxy: str | None = None

    def through(self, proxy: str | None) -> "Wish":
        """The same by way of `proxy`."""
        return replace(self, proxy=proxy)

    def moved(self, url: str, headers: Mapping[str, str]) -> "Wish":
        """The same for another address."""
        return replace(self, url=url, headers=headers)


class Client:
    """All requests of one client run on one loop."""

    def __init__(self, settings: Settings) -> None:
        self.user_agent = settings.user_agent
        self.page_bytes = settings.page_bytes
        self.feed_bytes = settings.feed_bytes
        self._seconds = settings.request_seconds
        self._hosts = Hosts(settings)
        self._headers = {
            "user-agent": settings.user_agent,
            "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "accept-encoding": ACCEPTED,
        }

    async def ask(self, wish: Wish) -> Answer:
        """The answer to `wish`, redirects included as answers. Raises TryAgain and GiveUp."""
        check_address(wish.url)
        headers = {**self._headers, **wish.headers}
        with troubles_as_outcomes(wish.url, self._seconds):
            async with asyncio.timeout(self._seconds):
                response = await self._hosts.ask(wish.url, headers, wish.proxy or "")
                try:
                    return await _read(response, wish)
                finally:
                    await response.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._hosts.aclose()


def check_address(url: str) -> None:
    """Raises GiveUp for what is no address of the web, such as file: and gopher:."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, f"{url[:200]}: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, f"{url[:200]} is no address of the web")
    if parts.username is not None:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, "the address carries a password")


async def _read(response: httpcore.Response, wish: Wish) -> Answer:
    status = response.status
    headers = tuple(
        (name.decode("latin-1").lower(), _text(value)) for name, value in response.headers
    )
    named = dict(reversed(headers))
    if wish.judge:
        wish.judge(status, named)
    is_wanted = status == OK
    cap = wish.most_bytes if is_wanted else min(wish.most_bytes, MOST_ERROR_BYTES)
    body = await _body(response, named, cap, may_cut=wish.may_cut or not is_wanted)
    return Answer(status, headers, body)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def _body(
    response: httpcore.Response, headers: Mapping[str, str], cap: int, *, may_cut: bool
) -> bytes:
    promised = headers.get("content-length", "")
    if promised.isdigit() and int(promised) > cap and not may_cut:
        raise PermanentFailure(
            Reason.TOO_LARGE, f"{int(promised):,} bytes are announced, {cap:,} allowed"
        )
    unpacker = Unpacker(headers.get("content-encoding", ""), cap)
    pieces: list[bytes] = []
    packed = 0
    async for raw in response.aiter_stream():
        packed += len(raw)
        pieces += unpacker.feed(raw)
        if unpacker.is_full or packed > cap:
            if not may_cut:
                raise PermanentFailure(Reason.TOO_LARGE, f"more than {cap:,} bytes")
            return b"".join(pieces)
    unpacker.check_end()
    return b"".join(pieces)
