"""Atom feeds: of saved searches, whose secret token in the URL gives access, and of any search."""

from hashlib import blake2b
from http import HTTPStatus

import msgspec
from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from schemas.json import Json
from schemas.saved_search import SavedSearch
from workers.alerts.feed import atom
from workers.alerts.matching import FEED_LENGTH, latest
from workers.search.analysis.corrections import only_changed
from workers.search.params import SearchParams, to_query
from workers.search.ports import execute
from workers.search.query.zones import UTC_ZONE
from workers.search.requests import hits_request
from workers.search.saved_searches import saved_query
from workers.site.parameters import SearchParamsDep
from workers.site.queues import SEARCHES, queued
from workers.site.services import SiteDep, SiteServices

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
    response = execute(site.reader, latest(saved_query(saved)))
    return _atom(request, site, saved, response["hits"]["hits"])


@router.get("/search.atom", dependencies=SEARCHES)
def search_feed(request: Request, site: SiteDep, params: SearchParamsDep) -> Response:
    """Return the articles of any search that were indexed last, with query and filters as on the
    page."""
    unsaved = _unsaved(site, "search", params)
    response = execute(site.reader, latest(saved_query(unsaved)))
    return _atom(request, site, unsaved, response["hits"]["hits"])


@router.get("/changes.atom", dependencies=SEARCHES)
def changes_feed(request: Request, site: SiteDep, params: SearchParamsDep) -> Response:
    """Return the latest corrections of any search; each change of an article is an entry."""
    changed = msgspec.structs.replace(only_changed(params), size=FEED_LENGTH)
    response = execute(site.reader, hits_request(changed))
    entries = [_change_entry(hit) for hit in response["hits"]["hits"]]
    return _atom(request, site, _unsaved(site, "changes", changed), entries)


def _change_entry(hit: Json) -> Json:
    """Return a hit as the entry of its last change."""
    source = hit["_source"]
    summary = f"{source.get('changed_words', 0)} words in {', '.join(source.get('changed_in', ()))}"
    shown = {**source, "indexed_at": source.get("changed_at"), "subtitle": summary}
    return {"_id": f"{hit['_id']}:{source.get('changes', 0)}", "_source": shown}


def _unsaved(site: SiteServices, kind: str, params: SearchParams) -> SavedSearch:
    """Return a search that nobody saved, for its feed; the same one has the same id."""
    line = to_query(params)
    zone = "" if params.zone == UTC_ZONE else f" {params.zone.key}"
    name = blake2b(f"{kind} {line}{zone}".encode(), digest_size=8).hexdigest()
    title = line or "All articles"
    return SavedSearch(name, title, line, "", site.now(), zone=params.zone.key)


def _atom(request: Request, site: SiteServices, saved: SavedSearch, hits: list[Json]) -> Response:
    text = atom(saved, hits, str(request.url), site.now())
    return Response(text, media_type="application/atom+xml")
