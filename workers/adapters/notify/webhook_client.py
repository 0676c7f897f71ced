"""Requests to webhooks: guarded like every request of ours, never redirected, the answer unread."""

import asyncio
import ssl
from collections.abc import Sequence

import httpcore
import httpx
from msgspec import Struct

from workers.adapters.http.network_backend import GuardedBackend
from workers.adapters.http.ssrf_guard import SSRFGuard, UnsafeAddressError, parse_networks
from workers.settings import Settings

ANSWER_SECONDS = 15.0
GONE = 410


class DeliveryResult(Struct, frozen=True):
    """`trouble` is empty when the receiver took it; `is_final` when it never will."""

    error: str = ""
    is_final: bool = False


class WebhookClient:
    """All requests run on one event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def post(
        self, url: str, headers: Sequence[tuple[bytes, bytes]], content: bytes
    ) -> DeliveryResult:
        """Send one webhook.

        Returns:
            the result; an error that may pass is a result too.
        """
        agent = (b"User-Agent", self._settings.user_agent.encode("ascii", "replace"))
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), ANSWER_SECONDS)
        request = httpcore.Request(
            "POST",
            url,
            headers=[*_host(url), agent, *headers],
            content=content,
            extensions={"timeout": timeout},
        )
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._connections() as connections:
                response = await connections.handle_async_request(request)
                await response.aclose()
                return _judged(response.status)
        except UnsafeAddressError as error:
            return DeliveryResult(str(error), is_final=True)
        except TimeoutError:
            return DeliveryResult(f"no answer within {ANSWER_SECONDS:.0f} seconds")
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return DeliveryResult(str(error) or type(error).__name__)
        except (ssl.SSLError, OSError) as error:
            return DeliveryResult(str(error))

    def _connections(self) -> httpcore.AsyncConnectionPool:
        tls = httpx.create_ssl_context(trust_env=False)
        if self._settings.web_ca_file:
            tls.load_verify_locations(self._settings.web_ca_file)
        guard = SSRFGuard(parse_networks(self._settings.allow_networks))
        return httpcore.AsyncConnectionPool(ssl_context=tls, network_backend=GuardedBackend(guard))


def _host(url: str) -> list[tuple[bytes, bytes]]:
    parsed = httpx.URL(url)
    return [(b"Host", parsed.netloc)]


def _judged(status: int) -> DeliveryResult:
    if 200 <= status < 300:  # noqa: PLR2004  HTTP's numbers
        return DeliveryResult()
    return DeliveryResult(f"answered {status}", is_final=status == GONE)
