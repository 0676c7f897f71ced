"""Access control: who sends a request, rate limits, and protection against cross-site forms."""

import re
import secrets
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct
from starlette.exceptions import HTTPException

from workers.adapters.redis.saved_searches import owner_of_token
from workers.site.rendering import TOKEN_COOKIE
from workers.site.security import is_foreign
from workers.site.services import SiteDep, SiteServices

OWNER_COOKIE: Final = "presswire_owner"
YEAR_SECONDS: Final = 31_536_000
TOKEN_RATE_FACTOR: Final = 5
# Requests a minute of each kind, as a share of `site_searches_per_minute`.
RATE_SHARES: Final = {"search": 1.0, "suggest": 5.0, "export": 0.05, "save": 0.05, "sign-in": 0.1}
_OWNER: Final = re.compile(r"[A-Za-z0-9_-]{22}")

# Only for the OpenAPI document: the token is read below, as a cookie may hold it as well.
bearer: Final = HTTPBearer(auto_error=False, description="`presswire token create NAME`")
DocumentedBearer = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


class Caller(Struct, frozen=True):
    """Who sends a request. Rate limits count by `name`. Saved searches belong to `owner`: a token,
    or a browser with a cookie; empty for a browser that has saved nothing. `is_operator` says
    whether the token is an operator's."""

    name: str
    owner: str
    has_token: bool = False
    is_operator: bool = False


def _caller(request: Request, site: SiteDep, _: DocumentedBearer) -> Caller:
    text = _token_of(request)
    if text:
        token = site.tokens.check(text, site.now())
        if token is not None:
            is_operator = token.role == "operator"
            request.state.is_operator = is_operator
            return Caller(
                f"token-{token.id}",
                owner_of_token(token.id),
                has_token=True,
                is_operator=is_operator,
            )
        if "authorization" in request.headers or site.settings.site_needs_token:
            raise unauthorized("This token is not valid.")
    if site.settings.site_needs_token:
        raise unauthorized("A token is needed: Authorization: Bearer pw_…")
    owner = request.cookies.get(OWNER_COOKIE, "")
    address = request.client.host if request.client else "nowhere"
    return Caller(f"address-{address}", owner if _OWNER.fullmatch(owner) else "")


def unauthorized(message: str) -> HTTPException:
    """Return the error for a request without a valid token; its page links to the sign-in."""
    return HTTPException(HTTPStatus.UNAUTHORIZED, message, {"WWW-Authenticate": "Bearer"})


def _token_of(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip() or "none"
    return request.cookies.get(TOKEN_COOKIE, "")


CallerDep = Annotated[Caller, Depends(_caller)]


def rate_limited(kind: str) -> Callable[[SiteServices, Caller], None]:
    """Return a FastAPI dependency that refuses requests beyond the caller's rate for this kind (a
    key of RATE_SHARES)."""

    def count(site: SiteDep, caller: CallerDep) -> None:
        factor = TOKEN_RATE_FACTOR if caller.has_token else 1
        allowed = max(2, int(site.settings.site_searches_per_minute * RATE_SHARES[kind] * factor))
        if wait := site.limits.hit(kind, caller.name, allowed):
            message = f"More than {allowed} such requests a minute; wait {wait} seconds."
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, message, {"Retry-After": str(wait)})

    return count


def ensure_owner(caller: Caller, response: Response, request: Request) -> str:
    """Return the owner of a search that is saved now. A browser without one gets a cookie."""
    if caller.owner:
        return caller.owner
    owner = secrets.token_urlsafe(16)
    set_private_cookie(response, request, OWNER_COOKIE, owner)
    return owner


def set_private_cookie(response: Response, request: Request, name: str, value: str) -> None:
    """Set a cookie that no script can read and that no other site's page can send."""
    response.set_cookie(
        name,
        value,
        max_age=YEAR_SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


def require_same_origin(request: Request) -> None:
    """Refuse requests that another site's page made a browser send. Programs send no `Origin`, and
    are let through.

    Raises:
        HTTPException: the request comes from another site.
    """
    site = request.headers.get("sec-fetch-site", "same-origin")
    if is_foreign(request.headers) or site not in {"same-origin", "none"}:
        raise HTTPException(HTTPStatus.FORBIDDEN, "This was sent from another site's page.")
