"""Atom feeds of saved searches, opened by their token."""

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from workers.alerts.feed import atom
from workers.alerts.matching import latest
from workers.search.ports import answer_of
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query
from workers.site.services import TheSite

READS_PER_MINUTE = 60
router = APIRouter(include_in_schema=False)


def _limited(request: Request, site: TheSite) -> None:
    address = request.client.host if request.client else "nowhere"
    if wait := site.limits.hit("feed", address, READS_PER_MINUTE):
        raise HTTPException(429, f"Wait {wait} seconds.", {"Retry-After": str(wait)})


@router.get("/feeds/{token}.atom", dependencies=[Depends(_limited)])
def feed(request: Request, site: TheSite, token: str) -> Response:
    """The newest hits of a saved search; no cookie and no other token is asked for."""
    saved = site.saved.by_feed_token(token)
    if saved is None:
        raise HTTPException(404, "There is no such feed.")
    site.saved.used([saved.id], site.now())
    answer = answer_of(site.reader, latest(compile_query(parse_query(saved.query))))
    text = atom(saved, answer["hits"]["hits"], str(request.url), site.now())
    return Response(text, media_type="application/atom+xml")
