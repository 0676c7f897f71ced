"""Connections by name: resolved once, each address checked, and the checked one is dialed."""

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError
from workers.adapters.http.syntax.response_head import MAX_HEAD_BYTES, repair_heads

MEMORY_SECONDS = 60.0
MAX_REMEMBERED = 10_000
MAX_DIALED = 16
MIN_DIAL_SECONDS = 1.0

Resolve = Callable[[str, int], Awaitable[list[str]]]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network. As the address that was checked is the one dialed, a name
    that resolves differently the next time (DNS rebinding) gains nothing."""

    def __init__(self, guard: SSRFGuard | None, resolve: Resolve | None = None) -> None:
        """Without `guard` nothing is checked: for proxies, which the operator chose. `resolve`
        is the system's own way to look up names unless given."""
        self._guard = guard
        self._resolve = resolve or _resolve_by_system
        self._inner = httpcore.AnyIOBackend()
        self._cache: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a connection to the first safe address of `host` that accepts one.

        Raises:
            httpcore.ConnectError: none does; or ConnectTimeout.
            UnsafeAddressError: the host has unsafe addresses only.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        addresses = (await self.safe_addresses(host, port))[:MAX_DIALED]
        seconds = _dial_seconds(timeout, len(addresses))
        for address in addresses:
            try:
                stream = await self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
                return LenientStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def safe_addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of `host` that may be dialed at `port`.

        Raises:
            UnsafeAddressError: it has others only.
        """
        safe, refused = [], None
        for address in await self._addresses(host, port):
            try:
                if self._guard:
                    self._guard.check(address, port)
                safe.append(address)
            except UnsafeAddressError as error:
                refused = error
        if refused and not safe:
            raise UnsafeAddressError(f"{host}: {refused}") from refused
        return safe

    async def _addresses(self, host: str, port: int) -> list[str]:
        cached = self._cache.get((host, port))
        if cached and cached[0] > time.monotonic():
            return cached[1]
        try:
            addresses = await self._resolve(host, port)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        if len(self._cache) >= MAX_REMEMBERED:
            self._cache.clear()
        self._cache[host, port] = (time.monotonic() + MEMORY_SECONDS, addresses)
        return addresses


class LenientStream(httpcore.AsyncNetworkStream):
    """A connection below h11 that repairs the head of each response (`response_head`). All other
    bytes pass as they are, and so does HTTP/2."""

    def __init__(self, inner: httpcore.AsyncNetworkStream) -> None:
        self._inner = inner
        self._awaits_head = False
        self._held = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore's signature
        """Return what has come, of a head all of it; nothing at the end of the connection."""
        while self._awaits_head:
            received = await self._inner.read(max_bytes, timeout)
            searched = len(self._held)
            ready, held, self._awaits_head = repair_heads(self._held + received, searched)
            if not received or len(held) > MAX_HEAD_BYTES:
                ready, held, self._awaits_head = ready + held, b"", False
            self._held = held
            if ready or not received:
                return ready
        return await self._inner.read(max_bytes, timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send `buffer`; what comes after it begins with a head."""
        self._awaits_head = True
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        """Return the connection within TLS, which has no heads to repair if it speaks HTTP/2."""
        stream = await self._inner.start_tls(ssl_context, server_hostname, timeout)
        tls = stream.get_extra_info("ssl_object")
        is_http2 = tls is not None and tls.selected_alpn_protocol() == "h2"
        return stream if is_http2 else LenientStream(stream)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  httpcore's signature
        """Return what httpcore wants to know of the socket."""
        return self._inner.get_extra_info(info)


def _dial_seconds(timeout: float | None, number: int) -> float | None:
    """Return for how long each of `number` addresses is dialed: all of them together for twice as
    long as one."""
    if timeout is None or not number:
        return timeout
    return min(timeout, max(MIN_DIAL_SECONDS, 2 * timeout / number))


async def _resolve_by_system(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))
