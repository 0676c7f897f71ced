"""Signing in with a token, where the site needs one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse

from workers.site.access import TOKEN_COOKIE, keep, require_same_origin
from workers.site.rendering import page
from workers.site.services import TheSite

router = APIRouter(include_in_schema=False)
TRIES_PER_MINUTE = 10


@router.get("/sign-in")
def sign_in(request: Request) -> Response:
    """Asks for a token."""
    return page(request, "sign_in.html", is_wrong=False)


@router.post("/sign-in", dependencies=[Depends(require_same_origin)])
def signed_in(request: Request, site: TheSite, token: Annotated[str, Form()]) -> Response:
    """Keeps a valid token in a cookie that no script reads."""
    address = request.client.host if request.client else "nowhere"
    is_too_often = site.limits.hit("sign-in", address, TRIES_PER_MINUTE)
    if is_too_often or site.tokens.check(token.strip(), site.now()) is None:
        return page(request, "sign_in.html", status=403, is_wrong=True)
    response = RedirectResponse("/", 303)
    keep(response, request, TOKEN_COOKIE, token.strip())
    return response


@router.post("/sign-out", dependencies=[Depends(require_same_origin)])
def signed_out() -> Response:
    """Forgets the token."""
    response = RedirectResponse("/sign-in", 303)
    response.delete_cookie(TOKEN_COOKIE)
    return response
