"""One request to the web: guarded, streamed, bounded in time and size, whatever the server does."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
import httpx
from msgspec import Struct
from msgspec.structs import replace

from schemas.events import Reason
from workers.adapters.addresses import Guard, networks
from workers.adapters.web_body import ACCEPTED, Unpacker
from workers.adapters.web_dialing import Dialler
from workers.adapters.web_troubles import troubles_as_outcomes
from workers.outcomes import GiveUp
from workers.settings import Settings

MOST_POOLS = 2_000
IDLE_SECONDS = 30.0
CONNECT_SECONDS = 10.0
MOST_CONNECTIONS = 16  # to one host; its clock asks for less
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
        return urldefrag(urljoin(url, place)).url if place else ""


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
    """Connections by host, kept between requests. All requests of one client run on one loop."""

    def __init__(self, settings: Settings) -> None:
        self.user_agent = settings.user_agent
        self.page_bytes = settings.page_bytes
        self.feed_bytes = settings.feed_bytes
        self._seconds = settings.request_seconds
        self._transport = _Hosts(settings)
        self._http = httpx.AsyncClient(
            transport=self._transport,
            headers={"user-agent": self.user_agent, "accept-encoding": ACCEPTED},
            timeout=httpx.Timeout(settings.request_seconds, connect=CONNECT_SECONDS),
            trust_env=False,
        )

    async def ask(self, wish: Wish) -> Answer:
        """The answer to `wish`, redirects included as answers. Raises TryAgain and GiveUp."""
        _check_address(wish.url)
        with troubles_as_outcomes(wish.url, self._seconds):
            async with asyncio.timeout(self._seconds):
                request = self._http.build_request("GET", wish.url, headers=dict(wish.headers))
                request.extensions["proxy"] = wish.proxy
                response = await self._http.send(request, stream=True)
                try:
                    return await _read(response, wish)
                finally:
                    await response.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        await self._http.aclose()


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise GiveUp(Reason.UNSAFE_ADDRESS, f"{url[:200]}: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise GiveUp(Reason.UNSAFE_ADDRESS, f"{url[:200]} is no address of the web")
    if parts.username is not None:
        raise GiveUp(Reason.UNSAFE_ADDRESS, "the address carries a password")


async def _read(response: httpx.Response, wish: Wish) -> Answer:
    status = response.status_code
    if wish.judge:
        wish.judge(status, response.headers)
    is_wanted = status == OK
    cap = wish.most_bytes if is_wanted else min(wish.most_bytes, MOST_ERROR_BYTES)
    may_cut = wish.may_cut or not is_wanted
    body = await _body(response, cap, may_cut=may_cut)
    headers = tuple((name.lower(), value) for name, value in response.headers.multi_items())
    return Answer(status, headers, body)


async def _body(response: httpx.Response, cap: int, *, may_cut: bool) -> bytes:
    promised = response.headers.get("content-length", "")
    if promised.isdigit() and int(promised) > cap and not may_cut:
        raise GiveUp(Reason.TOO_LARGE, f"{int(promised):,} bytes are announced, {cap:,} allowed")
    unpacker = Unpacker(response.headers.get("content-encoding", ""), cap)
    pieces, packed = [], 0
    async for raw in response.aiter_raw():
        packed += len(raw)
        pieces += unpacker.feed(raw)
        if unpacker.is_full or packed > cap:
            if not may_cut:
                raise GiveUp(Reason.TOO_LARGE, f"more than {cap:,} bytes")
            return b"".join(pieces)
    unpacker.check_end()
    return b"".join(pieces)


class _Hosts(httpx.AsyncBaseTransport):
    """A small pool of connections for each host: httpcore walks through all connections of a pool
    at every request, which is slow with hundreds of hosts in one."""

    def __init__(self, settings: Settings) -> None:
        self._tls = httpx.create_ssl_context(trust_env=False)
        if settings.web_ca_file:
            self._tls.load_verify_locations(settings.web_ca_file)
        self._dialler = Dialler(Guard(networks(settings.allow_networks)))
        self._pools: dict[tuple[str, str, int, str], _Pool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        pool = await self._pool_of(request)
        url = request.url
        answer = await pool.inner.handle_async_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Stream(answer.stream))

    async def _pool_of(self, request: httpx.Request) -> "_Pool":
        url, proxy = request.url, request.extensions.pop("proxy", None) or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        if proxy:  # it dials for us: all that can be checked is what the name means from here
            await self._dialler.safe_addresses(url.host, port)
        key = (url.scheme, url.host, port, proxy)
        pool = self._pools.pop(key, None) or _Pool(_connections(proxy, self._tls, self._dialler))
        pool.used = time.monotonic()
        self._pools[key] = pool  # the longest unused stands first
        await self._let_go(pool.used)
        return pool

    async def _let_go(self, now: float) -> None:
        key, oldest = next(iter(self._pools.items()))
        is_idle = not oldest.inner.connections or oldest.used < now - 2 * IDLE_SECONDS
        if oldest.used < now - 2 * IDLE_SECONDS or (len(self._pools) > MOST_POOLS and is_idle):
            del self._pools[key]
            await oldest.inner.aclose()

    async def aclose(self) -> None:
        for pool in self._pools.values():
            await pool.inner.aclose()
        self._pools.clear()


class _Pool:
    def __init__(self, inner: httpcore.AsyncConnectionPool) -> None:
        self.inner = inner
        self.used = 0.0


def _connections(proxy: str, tls: ssl.SSLContext, dialler: Dialler) -> httpcore.AsyncConnectionPool:
    options: dict[str, Any] = {
        "ssl_context": tls,
        "max_connections": MOST_CONNECTIONS,
        "keepalive_expiry": IDLE_SECONDS,
        "http2": True,
    }
    if proxy:
        return httpcore.AsyncHTTPProxy(proxy, network_backend=Dialler(None), **options)
    return httpcore.AsyncConnectionPool(network_backend=dialler, **options)


class _Stream(httpx.AsyncByteStream):
    def __init__(self, inner: Any) -> None:  # noqa: ANN401  httpcore names no type for it
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()
