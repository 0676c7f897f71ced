"""What every request passes: security headers, limits of what may be sent, HEAD as GET, and which
other sites' pages may read the API."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 65_536
MAX_PUSH_BYTES: Final = 4_194_304  # a hub sends the whole feed
MAX_URL_LENGTH: Final = 16_384

_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # outlets must not learn what was searched for
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityMiddleware:
    """Refuse requests that are too large before they are read; set HEADERS on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        if refusal := _refusal(scope):
            await _send_refusal(send_with_headers, *refusal)
            return
        await self._app(scope, receive, send_with_headers)


class HeadMiddleware:
    """Make every route that takes GET take HEAD: the same without a body (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_head)


class CrossOriginMiddleware:
    """Let pages of other origins read the API (CORS): GET only, by a token if they send one, never
    by a cookie of their visitors, which is taken off before anything reads it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._cors = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=["GET", "HEAD"],
            allow_headers=["Authorization"],
            allow_credentials=False,
            expose_headers=["Content-Disposition", "Retry-After"],
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        if is_foreign(Headers(scope=scope)):
            headers = [each for each in scope["headers"] if each[0] != b"cookie"]
            scope = {**scope, "headers": headers}
        await self._cors(scope, receive, send)


def parse_origins(text: str) -> list[str]:
    """Return the origins of a list with commas.

    Raises:
        ValueError: one is no origin; the message says which.
    """
    origins = [each.strip().rstrip("/") for each in text.split(",") if each.strip()]
    for origin in origins:
        if origin != "*" and not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"{origin[:80]!r} is no origin; write one as in https://maps.example.org"
            )
    return origins


def is_foreign(headers: Headers) -> bool:
    """Return whether a page of another origin sends this. What is no origin, such as `null` of a
    sandboxed page, is of another."""
    origin = headers.get("origin")
    if origin is None:
        return False
    is_origin = _ORIGIN.fullmatch(origin) is not None
    return not is_origin or origin.partition("://")[2] != headers.get("host")


def _refusal(scope: Scope) -> tuple[HTTPStatus, str] | None:
    """Return status and reason if the request is refused, else None."""
    headers = dict(scope["headers"])
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_URL_LENGTH:
        return (
            HTTPStatus.REQUEST_URI_TOO_LONG,
            f"the address is longer than {MAX_URL_LENGTH} characters",
        )
    is_push = scope["method"] == "POST" and scope["path"].startswith("/websub/")
    if b"transfer-encoding" in headers and not is_push:
        return HTTPStatus.LENGTH_REQUIRED, "say how long the body is"
    length = headers.get(b"content-length", b"0")
    max_bytes = MAX_PUSH_BYTES if is_push else MAX_BODY_BYTES
    if not length.isdigit() or int(length) > max_bytes:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {max_bytes} bytes"
    return None


async def _send_refusal(send: Send, status: HTTPStatus, detail: str) -> None:
    media_type = b"application/problem+json"
    body = f'{{"title":"Refused","status":{status.value},"detail":"{detail}"}}'.encode()
    headers = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})
