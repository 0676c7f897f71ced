"""The reader's time zone: chosen at the foot of every page, kept in a cookie. Times are shown in
it, and days are its days where a link names no other."""

from contextvars import ContextVar
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from workers.search.query.zones import UTC_ZONE, find_zone

ZONE_COOKIE: Final = "presswire_zone"
YEAR_SECONDS: Final = 31_536_000
# Offered first; any other name of the IANA database can be typed.
USUAL_ZONES: Final = (
    *("UTC", "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Madrid", "Europe/Warsaw"),
    *("Europe/Kyiv", "Europe/Istanbul", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg"),
    *("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Mexico_City", "America/Bogota", "America/Sao_Paulo", "Asia/Dubai", "Asia/Karachi"),
    *("Asia/Kolkata", "Asia/Jakarta", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul"),
    *("Australia/Sydney", "Pacific/Auckland"),
)
# The zone of the page that is being made, for the filters of its template.
shown_zone: Final[ContextVar[ZoneInfo]] = ContextVar("shown_zone", default=UTC_ZONE)
router = APIRouter(include_in_schema=False)


def reader_zone(request: Request) -> ZoneInfo:
    """Return the zone of the reader's cookie, or UTC."""
    return find_zone(request.cookies.get(ZONE_COOKIE, "")) or UTC_ZONE


def in_zone(url: str, zone: ZoneInfo) -> str:
    """Return the URL of a page with its days in this zone; a page that asks for nothing follows
    the reader's by itself."""
    path, mark, query = url.partition("?")
    if not mark:
        return url
    pairs = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != "zone"]
    return f"{path}?{urlencode([*pairs, ('zone', zone.key)])}"


@router.post("/zone")
def choose_zone(
    zone: Annotated[str, Form(max_length=60)], back: Annotated[str, Form(max_length=8_000)] = "/"
) -> Response:
    """Keep the reader's time zone in a cookie.

    Returns:
        a redirect to the page that was open.

    Raises:
        HTTPException: there is no such zone.
    """
    found = find_zone(zone)
    if found is None:
        message = f"No time zone is called {zone[:60]!r}; write one as in Europe/Berlin, or UTC."
        raise HTTPException(HTTPStatus.BAD_REQUEST, message)
    is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    shown = in_zone(back, found) if is_ours else "/"
    response = RedirectResponse(shown, HTTPStatus.SEE_OTHER)
    response.set_cookie(ZONE_COOKIE, found.key, max_age=YEAR_SECONDS, samesite="lax", httponly=True)
    return response
