"""Connections to many hosts, kept between requests, each dialled by the guard's leave."""

import ssl
import time
from collections.abc import Mapping
from typing import Any

import httpcore
import httpx

from workers.adapters.http.network_backend import Dialler
from workers.adapters.http.ssrf_guard import SSRFGuard, parse_networks
from workers.settings import Settings

MOST_POOLS = 2_000
IDLE_SECONDS = 30.0
MOST_CONNECTIONS = 16  # to one host; its clock asks for less
CONNECT_SECONDS = 10.0


class Hosts:
    """A pool of httpx's connections for each host. One for all would be walked through, with a
    system call for each idle connection, at every request: 110 pages a second on 200 hosts, where
    200 pools give 1,000 (tests/bench/fetch)."""

    def __init__(self, settings: Settings) -> None:
        self._tls = httpx.create_ssl_context(trust_env=False)
        if settings.web_ca_file:
            self._tls.load_verify_locations(settings.web_ca_file)
        self._dialler = Dialler(SSRFGuard(parse_networks(settings.allow_networks)))
        self._pools: dict[tuple[bytes, bytes, int | None, str], _Pool] = {}
        seconds = settings.request_seconds
        self._timeouts = {
            "connect": min(CONNECT_SECONDS, seconds),
            "read": seconds,
            "write": seconds,
            "pool": seconds,
        }

    async def ask(
        self, address: str, headers: Mapping[str, str], proxy: str = ""
    ) -> httpcore.Response:
        """The beginning of an answer: its body is still to be read, and the answer to be closed."""
        url = httpx.URL(address)
        pool = await self._pool_of(url, proxy)
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        lines = [(name.encode(), _bytes_of(value)) for name, value in headers.items()]
        lines.insert(0, (b"host", url.netloc))
        request = httpcore.Request(
            "GET", target, headers=lines, extensions={"timeout": self._timeouts}
        )
        return await pool.inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            await pool.inner.aclose()
        self._pools.clear()

    async def _pool_of(self, url: httpx.URL, proxy: str) -> "_Pool":
        if proxy:  # it dials for us: all that can be checked is what the name means from here
            port = url.port or (443 if url.scheme == "https" else 80)
            await self._dialler.safe_addresses(url.host, port)
        key = (url.raw_scheme, url.raw_host, url.port, proxy)
        pool = self._pools.pop(key, None) or _Pool(_connections(proxy, self._tls, self._dialler))
        pool.used = time.monotonic()
        self._pools[key] = pool  # the longest unused stands first
        await self._let_go(pool.used)
        return pool

    async def _let_go(self, now: float) -> None:
        key, oldest = next(iter(self._pools.items()))
        idle = now - oldest.used
        if idle > 2 * IDLE_SECONDS or (idle > 1 and len(self._pools) > MOST_POOLS):
            busy = any(not each.is_idle() for each in oldest.inner.connections)
            del self._pools[key]
            if busy:
                self._pools[key] = oldest
            else:
                await oldest.inner.aclose()


def _bytes_of(value: str) -> bytes:
    """What a server said is sent back as it came: `_text` of web_client.py reads UTF-8, too."""
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode()


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
