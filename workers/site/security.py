"""What every request passes: security headers, limits of what may be sent, HEAD as GET."""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 65_536
MAX_PUSH_BYTES: Final = 4_194_304  # a hub sends the whole feed
MAX_URL_LENGTH: Final = 16_384

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
