"""Headers that keep a page of hostile text harmless, and a bound for what is sent to us."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 65_536
MAX_PUSH_BYTES: Final = 4_194_304  # a hub sends the whole feed
MAX_URL_LENGTH: Final = 16_384

_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # outlets are not told what was searched for
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityMiddleware:
    """Refuses what is too large before it is read, and puts HEADERS on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "private, no-cache")
            await send(message)

        if refusal := _refusal(scope):
            await _answer(guarded, *refusal)
            return
        await self._app(scope, receive, guarded)


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers = dict(scope["headers"])
    if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_URL_LENGTH:
        return 414, f"the address is longer than {MAX_URL_LENGTH} characters"
    is_push = scope["method"] == "POST" and scope["path"].startswith("/websub/")
    if b"transfer-encoding" in headers and not is_push:
        return 411, "say how long the body is"
    length = headers.get(b"content-length", b"0")
    most = MAX_PUSH_BYTES if is_push else MAX_BODY_BYTES
    if not length.isdigit() or int(length) > most:
        return 413, f"the body is larger than {most} bytes"
    return None


async def _answer(send: Send, status: int, detail: str) -> None:
    kind = b"application/problem+json"
    body = f'{{"title":"Refused","status":{status},"detail":"{detail}"}}'.encode()
    head = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
