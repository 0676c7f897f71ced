"""Connections by name: resolved once, each address checked, and the checked one is dialled."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore

from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError

REMEMBERED_SECONDS = 60.0
MOST_REMEMBERED = 10_000
MOST_DIALLED = 3

Resolve = Callable[[str, int], Awaitable[list[str]]]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network. As the address that was checked is the one dialled, a name
    that answers differently the next time (rebinding) gains nothing."""

    def __init__(self, guard: SSRFGuard | None, resolve: Resolve | None = None) -> None:
        """Without `guard` nothing is checked: for proxies, which the operator chose. `resolve`
        is the system's own way to look up names unless given."""
        self._guard = guard
        self._resolve = resolve or _system_addresses
        self._inner = httpcore.AnyIOBackend()
        self._known: dict[tuple[str, int], tuple[float, list[str]]] = {}

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first safe address of `host` that answers."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in (await self.safe_addresses(host, port))[:MOST_DIALLED]:
            try:
                return await self._inner.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def safe_addresses(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be asked at `port`; raises UnsafeAddressError if it
        has others only."""
        found, refused = [], None
        for address in await self._resolved(host, port):
            try:
                if self._guard:
                    self._guard.check(address, port)
                found.append(address)
            except UnsafeAddressError as error:
                refused = error
        if refused and not found:
            raise UnsafeAddressError(f"{host}: {refused}") from refused
        return found

    async def _resolved(self, host: str, port: int) -> list[str]:
        known = self._known.get((host, port))
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            addresses = await self._resolve(host, port)
        except (socket.gaierror, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[host, port] = (time.monotonic() + REMEMBERED_SECONDS, addresses)
        return addresses


async def _system_addresses(host: str, port: int) -> list[str]:
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in rows))
