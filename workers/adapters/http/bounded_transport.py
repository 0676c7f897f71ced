"""One request within its bounds: of time, of bytes as they come and of bytes unpacked."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus

import httpx

from schemas.reasons import Reason
from workers.adapters.content_coding import Unpacker
from workers.adapters.http.errors import translate_errors
from workers.adapters.http.messages import CUT, FetchOptions, first_headers, options_of
from workers.exceptions import PermanentFailure

MAX_ERROR_BYTES = 262_144


class BoundedTransport(httpx.AsyncBaseTransport):
    """Returns responses with their whole body, unpacked, whatever the server does."""

    def __init__(self, inner: httpx.AsyncBaseTransport, timeout_seconds: float) -> None:
        self._inner = inner
        self._timeout_seconds = timeout_seconds

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the whole response to `request`; a redirect is a response, too.

        Raises:
            PermanentFailure: the response is too large, is not what it says, or is refused by
                the caller's judge; or the address must not be asked.
            TryAgain: there was no response, or not in time.
        """
        options = options_of(request)
        with translate_errors(options.url, self._timeout_seconds):
            async with asyncio.timeout(self._timeout_seconds):
                response = await self._inner.handle_async_request(request)
                try:
                    body, is_cut = await _read(response, options)
                finally:
                    await response.aclose()
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=httpx.ByteStream(body),
            extensions={CUT: is_cut},
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


async def _read(response: httpx.Response, options: FetchOptions) -> tuple[bytes, bool]:
    """Return the body, and whether it is only the beginning of one."""
    status = response.status_code
    headers = first_headers(response)
    if options.judge:
        options.judge.check_head(status, headers)
    is_page = status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}
    max_bytes = options.max_bytes if is_page else min(options.max_bytes, MAX_ERROR_BYTES)
    may_truncate = options.may_truncate or not is_page
    return await _read_body(response, headers, max_bytes, may_truncate=may_truncate)


async def _read_body(
    response: httpx.Response, headers: Mapping[str, str], max_bytes: int, *, may_truncate: bool
) -> tuple[bytes, bool]:
    announced = headers.get("content-length", "")
    if announced.isdigit() and int(announced) > max_bytes and not may_truncate:
        raise PermanentFailure(
            Reason.TOO_LARGE, f"{int(announced):,} bytes are announced, {max_bytes:,} allowed"
        )
    unpacker = Unpacker(headers.get("content-encoding", ""), max_bytes)
    parts: list[bytes] = []
    packed_bytes = 0
    is_broken_off = False
    try:
        async for packed in response.aiter_raw():
            packed_bytes += len(packed)
            parts += unpacker.feed(packed)
            if unpacker.is_full or packed_bytes > max_bytes:
                break
    except (httpx.RemoteProtocolError, httpx.ReadError):
        if not any(parts):
            raise
        is_broken_off = True
    parts += unpacker.finish()
    is_over_cap = unpacker.is_full or packed_bytes > max_bytes
    if is_over_cap and not may_truncate:
        raise PermanentFailure(Reason.TOO_LARGE, f"more than {max_bytes:,} bytes")
    return b"".join(parts), is_over_cap or is_broken_off or unpacker.is_broken
