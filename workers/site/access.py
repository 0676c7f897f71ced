"""Who asks, how often they may, and that a form was sent by our own page."""

import re
import secrets
from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct
from starlette.exceptions import HTTPException

from workers.adapters.redis.saved_searches import owner_of_token
from workers.site.services import SiteServices, TheSite

TOKEN_COOKIE: Final = "presswire_token"  # noqa: S105  a name, no password
OWNER_COOKIE: Final = "presswire_owner"
YEAR_SECONDS: Final = 31_536_000
TOKEN_TIMES: Final = 5
# Part of the searches a minute that each kind of request may take.
SHARES: Final = {"search": 1.0, "suggest": 5.0, "export": 0.05, "save": 0.05, "sign-in": 0.1}
_OWNER: Final = re.compile(r"[A-Za-z0-9_-]{22}")

# Only described by it: what it would read is read below, where a cookie may stand for it.
bearer: Final = HTTPBearer(auto_error=False, description="`presswire token create NAME`")
Described = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


class Caller(Struct, frozen=True):
    """`name` is what limits count by. Saved searches belong to `owner`: a token, or a browser
    that was given a cookie; empty as long as nothing was saved."""

    name: str
    owner: str
    has_token: bool = False


def _caller(request: Request, site: TheSite, _: Described) -> Caller:
    given = _given_token(request)
    if given:
        token = site.tokens.check(given, site.now())
        if token is None:
            raise token_needed("This token is not valid.")
        return Caller(f"token-{token.id}", owner_of_token(token.id), has_token=True)
    if site.settings.site_needs_token:
        raise token_needed("A token is needed: Authorization: Bearer pw_…")
    owner = request.cookies.get(OWNER_COOKIE, "")
    address = request.client.host if request.client else "nowhere"
    return Caller(f"address-{address}", owner if _OWNER.fullmatch(owner) else "")


def token_needed(message: str) -> HTTPException:
    """Return the refusal that a token would lift; people are shown where to sign in."""
    return HTTPException(401, message, {"WWW-Authenticate": "Bearer"})


def _given_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip() or "none"
    return request.cookies.get(TOKEN_COOKIE, "")


TheCaller = Annotated[Caller, Depends(_caller)]


def limited(what: str) -> Callable[[SiteServices, Caller], None]:
    """Return a dependency that counts a request, and refuses it beyond the caller's limit."""

    def count(site: TheSite, caller: TheCaller) -> None:
        times = TOKEN_TIMES if caller.has_token else 1
        allowed = max(2, int(site.settings.site_searches_per_minute * SHARES[what] * times))
        if wait := site.limits.hit(what, caller.name, allowed):
            message = f"More than {allowed} such requests a minute; wait {wait} seconds."
            raise HTTPException(429, message, {"Retry-After": str(wait)})

    return count


def owner_of(caller: Caller, response: Response, request: Request) -> str:
    """Return the owner of a search that is saved now; a browser gets a cookie the first time."""
    if caller.owner:
        return caller.owner
    owner = secrets.token_urlsafe(16)
    keep(response, request, OWNER_COOKIE, owner)
    return owner


def keep(response: Response, request: Request, name: str, value: str) -> None:
    """Sets a cookie that no script reads and no other site sends."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def require_same_origin(request: Request) -> None:
    """Refuse what another site's page made a browser send; programs send no `Origin`.

    Raises:
        HTTPException: the request comes from another site.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site", "same-origin")
    is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not is_ours or site not in {"same-origin", "none"}:
        raise HTTPException(403, "This was sent from another site's page.")
