"""The callback of WebSub hubs: they confirm subscriptions and push updates. The content of a push
is not read; it only makes the feed due, which is then polled as always."""

import hmac
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from schemas.subscription import Subscription
from workers.discover import websub
from workers.site.security import MAX_PUSH_BYTES
from workers.site.services import SiteDep

PUSHES_PER_MINUTE: Final = 20
router = APIRouter(prefix="/websub/{feed}/{key}", include_in_schema=False)


def _find_subscription(site: SiteDep, feed: str, key: str) -> Subscription | None:
    """Return the subscription whose callback this is, or None if there is none or the key is
    wrong."""
    subscription = site.subscriptions.get(feed) if site.settings.websub_callback else None
    is_right = subscription is not None and hmac.compare_digest(
        subscription.key.encode(), key.encode()
    )
    return subscription if is_right else None


SubscriptionDep = Annotated[Subscription | None, Depends(_find_subscription)]


async def _read_body(request: Request, subscription: SubscriptionDep) -> bytes:
    """Return the body of a push; one sent in chunks does not announce its length.

    Raises:
        HTTPException: there is no such subscription, or the body is too large.
    """
    if subscription is None:
        raise HTTPException(HTTPStatus.GONE, "There is no such subscription.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_PUSH_BYTES:
            raise HTTPException(
                HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A push has at most {MAX_PUSH_BYTES} bytes."
            )
    return bytes(body)


@router.get("")
def verify(request: Request, site: SiteDep, subscription: SubscriptionDep) -> Response:
    """Confirm a request that we have sent to the hub (WebSub section 5.3), and no other.

    Returns:
        the hub's challenge.

    Raises:
        HTTPException: we have not sent such a request.
    """
    message = websub.parse_hub_message(request.query_params, subscription) if subscription else None
    if subscription is None or message is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Nobody asked for this.")
    now = site.now()
    if message.mode == "denied":
        site.subscriptions.end(subscription.feed, now + websub.MAX_RETRY_PAUSE)
    else:
        renew = websub.renew_at(message.lease, now)
        site.subscriptions.confirm(subscription.feed, now + message.lease, renew)
    return Response(message.challenge, media_type="text/plain")


@router.post("")
def push(
    request: Request,
    site: SiteDep,
    subscription: SubscriptionDep,
    body: Annotated[bytes, Depends(_read_body)],
) -> Response:
    """Make the feed due. A push without the hub's signature is acknowledged and ignored, as the
    specification demands (WebSub section 8).

    Returns:
        an empty response with status 202.

    Raises:
        HTTPException: the hub pushes too often.
    """
    signature = request.headers.get("x-hub-signature", "")
    if subscription is None or not websub.is_signed(body, signature, subscription.secret):
        return Response(status_code=HTTPStatus.ACCEPTED)
    if wait := site.limits.hit("push", subscription.feed, PUSHES_PER_MINUTE):
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS, f"Wait {wait} seconds.", {"Retry-After": str(wait)}
        )
    site.subscriptions.give_credit(subscription.feed, websub.INITIAL_CREDIT)
    site.feed_schedule.make_due(subscription.feed, site.now())
    return Response(status_code=HTTPStatus.ACCEPTED)
