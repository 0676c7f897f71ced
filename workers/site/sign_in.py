"""Signing in with a token, where the site needs one."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from workers.site.access import require_same_origin, set_private_cookie
from workers.site.rendering import TOKEN_COOKIE, render_page
from workers.site.services import SiteDep

router = APIRouter(include_in_schema=False)
ATTEMPTS_PER_MINUTE = 10


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """Return the page with the form for a token."""
    return render_page(request, "sign_in.html", is_wrong=False)


@router.post("/sign-in", dependencies=[Depends(require_same_origin)])
def submit_token(request: Request, site: SiteDep, token: Annotated[str, Form()]) -> Response:
    """Keep a valid token in a cookie.

    Returns:
        a redirect to the search or, for another token or too many attempts, the form again.
    """
    address = request.client.host if request.client else "nowhere"
    is_limited = site.limits.hit("sign-in", address, ATTEMPTS_PER_MINUTE)
    if is_limited or site.tokens.check(token.strip(), site.now()) is None:
        return render_page(request, "sign_in.html", status=HTTPStatus.FORBIDDEN, is_wrong=True)
    response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
    set_private_cookie(response, request, TOKEN_COOKIE, token.strip())
    return response


@router.post("/sign-out", dependencies=[Depends(require_same_origin)])
def sign_out() -> Response:
    """Delete the cookie with the token.

    Returns:
        a redirect to the sign-in.
    """
    response = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    response.delete_cookie(TOKEN_COOKIE)
    return response
