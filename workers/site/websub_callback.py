"""Where WebSub hubs reach us: they confirm subscriptions, and push. What they push is not read,
only taken as a sign: the feed is due, and is looked at as ever."""

import hmac
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from schemas.subscription import Subscription
from workers.discover import websub
from workers.site.security import MAX_PUSH_BYTES
from workers.site.services import TheSite

PUSHES_PER_MINUTE: Final = 20
router = APIRouter(prefix="/websub/{feed}/{key}", include_in_schema=False)


def _called(site: TheSite, feed: str, key: str) -> Subscription | None:
    """Return the subscription whose callback this is, or None."""
    known = site.subscriptions.get(feed) if site.settings.websub_callback else None
    is_right = known is not None and hmac.compare_digest(known.key.encode(), key.encode())
    return known if is_right else None


Called = Annotated[Subscription | None, Depends(_called)]


async def _body(request: Request, called: Called) -> bytes:
    """Return what was pushed. A hub that sends it in chunks does not announce its length.

    Raises:
        HTTPException: it is too large.
    """
    if called is None:
        raise HTTPException(410, "There is no such subscription.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_PUSH_BYTES:
            raise HTTPException(413, f"A push has at most {MAX_PUSH_BYTES} bytes.")
    return bytes(body)


@router.get("")
def verify(request: Request, site: TheSite, called: Called) -> Response:
    """Confirms what we asked a hub for, and nothing else."""
    word = websub.parse_hub_message(request.query_params, called) if called else None
    if called is None or word is None:
        raise HTTPException(404, "Nobody asked for this.")
    now = site.now()
    if word.mode == "denied":
        site.subscriptions.end(called.feed, now + websub.MAX_RETRY_PAUSE)
    else:
        renew = websub.renew_at(word.lease, now)
        site.subscriptions.confirm(called.feed, now + word.lease, renew)
    return Response(word.challenge, media_type="text/plain")


@router.post("")
def push(
    request: Request, site: TheSite, called: Called, body: Annotated[bytes, Depends(_body)]
) -> Response:
    """Makes the feed due; what is not signed by its hub is ignored without a word, as the
    specification wants it."""
    signature = request.headers.get("x-hub-signature", "")
    if called is None or not websub.is_signed(body, signature, called.secret):
        return Response(status_code=202)
    if wait := site.limits.hit("push", called.feed, PUSHES_PER_MINUTE):
        raise HTTPException(429, f"Wait {wait} seconds.", {"Retry-After": str(wait)})
    site.subscriptions.give_credit(called.feed, websub.INITIAL_CREDIT)
    site.feed_clock.make_due(called.feed, site.now())
    return Response(status_code=202)
