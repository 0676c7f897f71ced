"""Connections to many hosts, kept between requests; the guard checks each address they dial."""

import ssl
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from schemas.reasons import Reason
from workers.adapters.content_coding import ACCEPTED_ENCODINGS
from workers.adapters.http.messages import RawHeaders, encode_headers, options_of
from workers.adapters.http.network_backend import GuardedBackend
from workers.adapters.http.ssrf_guard import SSRFGuard, parse_networks
from workers.exceptions import PermanentFailure
from workers.settings import Settings

MAX_POOLS = 2_000
MAX_IDLE_SECONDS = 30.0
MAX_CONNECTIONS = 16  # to one host; its clock permits fewer
MAX_CONNECT_SECONDS = 10.0
_HTTPCORE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}

_PoolKey = tuple[bytes, bytes, int | None, str]


class PoolTransport(httpx.AsyncBaseTransport):
    """A pool of httpcore's connections for each host, where httpx.AsyncHTTPTransport has one for
    all: that is walked through, with a system call for each idle connection, at every request:
    110 pages a second on 200 hosts, where 200 pools give 1,000 (tests/bench/fetch)."""

    def __init__(self, settings: Settings) -> None:
        self._tls = httpx.create_ssl_context(trust_env=False)
        if settings.web_ca_file:
            self._tls.load_verify_locations(settings.web_ca_file)
        self._backend = GuardedBackend(SSRFGuard(parse_networks(settings.allow_networks)))
        self._pools: dict[_PoolKey, _Pool] = {}
        seconds = settings.request_timeout_seconds
        timeouts = {
            "connect": min(MAX_CONNECT_SECONDS, seconds),
            "read": seconds,
            "write": seconds,
            "pool": seconds,
        }
        self._extensions = {"timeout": timeouts}
        self._headers = encode_headers(
            {
                "user-agent": settings.user_agent,
                "accept-encoding": ACCEPTED_ENCODINGS,
            }
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the beginning of the response: its body is still to be read, and the response to
        be closed.

        Raises:
            httpx.TransportError: on the way, as everywhere in httpx.
            UnsafeAddressError: the guard does not let us dial the address.
        """
        with _as_httpx_errors():
            pool = await self._pool_of(request.url, options_of(request).proxy)
            response = await pool.inner.handle_async_request(self._to_httpcore(request))
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_ResponseStream(response),
            request=request,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.inner.aclose()
        self._pools.clear()

    def _to_httpcore(self, request: httpx.Request) -> httpcore.Request:
        url = request.url
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        host, *rest = [(name.lower(), value) for name, value in request.headers.raw]
        accept = (b"accept", options_of(request).accept)
        named = {name for name, _ in rest}  # what an outlet's file sets goes before ours
        ours = [each for each in (accept, *self._headers) if each[0] not in named]
        headers: RawHeaders = [host, *ours, *rest]
        return httpcore.Request(
            request.method,
            target,
            headers=headers,
            content=request.stream,
            extensions=self._extensions,
        )

    async def _pool_of(self, url: httpx.URL, proxy: str) -> "_Pool":
        if proxy:  # it dials for us: all that can be checked is what the name means from here
            await self._backend.safe_addresses(url.host, url.port or _DEFAULT_PORTS[url.scheme])
        key = (url.raw_scheme, url.raw_host, url.port, proxy)
        pool = self._pools.pop(key, None) or _Pool(_open_pool(proxy, self._tls, self._backend))
        pool.used_at = time.monotonic()
        self._pools[key] = pool  # the longest unused comes first
        await self._drop_oldest(pool.used_at)
        return pool

    async def _drop_oldest(self, now: float) -> None:
        key, oldest = next(iter(self._pools.items()))
        idle = now - oldest.used_at
        if idle > 2 * MAX_IDLE_SECONDS or (idle > 1 and len(self._pools) > MAX_POOLS):
            is_busy = any(not each.is_idle() for each in oldest.inner.connections)
            del self._pools[key]
            if is_busy:
                self._pools[key] = oldest
            else:
                await oldest.inner.aclose()


class _Pool:
    def __init__(self, inner: httpcore.AsyncConnectionPool) -> None:
        self.inner = inner
        self.used_at = 0.0


class _ResponseStream(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpx_errors():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        with _as_httpx_errors():
            await self._response.aclose()


@contextmanager
def _as_httpx_errors() -> Iterator[None]:
    """Turn httpcore's errors into those of httpx, which have the same names."""
    try:
        yield
    except _HTTPCORE_ERRORS as error:
        same: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
        raise same(str(error)) from error


def _open_pool(
    proxy: str, tls: ssl.SSLContext, backend: GuardedBackend
) -> httpcore.AsyncConnectionPool:
    options: dict[str, Any] = {
        "ssl_context": tls,
        "max_connections": MAX_CONNECTIONS,
        "keepalive_expiry": MAX_IDLE_SECONDS,
        "http2": True,
    }
    if proxy:
        return _open_proxy_pool(proxy, options)
    return httpcore.AsyncConnectionPool(network_backend=backend, **options)


def _open_proxy_pool(proxy: str, options: dict[str, Any]) -> httpcore.AsyncConnectionPool:
    """Return connections by way of `proxy`, which is told the user and password in its address.

    Raises:
        PermanentFailure: the proxy speaks another protocol, such as SOCKS.
    """
    try:
        address = httpx.Proxy(proxy)
    except (ValueError, httpx.InvalidURL) as error:
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, f"the proxy's address: {error}") from error
    if address.url.scheme not in _DEFAULT_PORTS:
        detail = f"the proxy speaks {address.url.scheme}, which is not supported: http or https is"
        raise PermanentFailure(Reason.UNSAFE_ADDRESS, detail)
    is_tls = address.url.scheme == "https"
    return httpcore.AsyncHTTPProxy(
        str(address.url),
        proxy_auth=address.raw_auth,
        proxy_ssl_context=options["ssl_context"] if is_tls else None,
        network_backend=GuardedBackend(None),
        **options,
    )
