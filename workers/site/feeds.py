"""Atom feeds of saved searches; the secret token in a feed's URL gives access to it."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from workers.alerts.feed import atom
from workers.alerts.matching import latest
from workers.search.ports import execute
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query
from workers.site.queues import queued
from workers.site.services import SiteDep

READS_PER_MINUTE = 60
router = APIRouter(include_in_schema=False)


def _limit_reads(request: Request, site: SiteDep) -> None:
    address = request.client.host if request.client else "nowhere"
    if wait := site.limits.hit("feed", address, READS_PER_MINUTE):
        raise HTTPException(
            HTTPStatus.TOO_MANY_REQUESTS, f"Wait {wait} seconds.", {"Retry-After": str(wait)}
        )


@router.get("/feeds/{token}.atom", dependencies=[Depends(_limit_reads), Depends(queued("search"))])
def feed(request: Request, site: SiteDep, token: str) -> Response:
    """Return the newest hits of a saved search; neither a cookie nor another token is needed.

    Raises:
        HTTPException: there is no such feed.
    """
    saved = site.saved.by_feed_token(token)
    if saved is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such feed.")
    site.saved.used([saved.id], site.now())
    response = execute(site.reader, latest(compile_query(parse_query(saved.query))))
    text = atom(saved, response["hits"]["hits"], str(request.url), site.now())
    return Response(text, media_type="application/atom+xml")
