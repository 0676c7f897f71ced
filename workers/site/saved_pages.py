"""Saved searches: their page, and their part of the API."""

import secrets
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from msgspec import structs
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from schemas.saved_search import Digest, SavedSearch
from workers.adapters.redis.saved_searches import NoRoomWithoutTokenError
from workers.search.outlet_sets import check_collections
from workers.search.params import SearchParams, parse_zone
from workers.search.query.lexer import QueryError
from workers.search.saved_searches import DAYS, new_saved_search, parse_digest, parse_targets
from workers.site.access import (
    Caller,
    CallerDep,
    ensure_owner,
    rate_limited,
    require_same_origin,
    unauthorized,
)
from workers.site.openapi import document_responses
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse, SavedView
from workers.site.services import SiteDep, SiteServices

RateLimited = Depends(rate_limited("search"))
pages = APIRouter(prefix="/saved", include_in_schema=False, dependencies=[RateLimited])
api = APIRouter(prefix="/saved", tags=["saved searches"], dependencies=[RateLimited])
SameOrigin = Depends(require_same_origin)
SaveGuards = [SameOrigin, Depends(rate_limited("save"))]
DEFAULT_HOUR = 7
SIGN_IN_ADVICE = (
    "Sign in with one, or send Authorization: Bearer pw_… (presswire token create NAME)."
)


class AlertSettings(BaseModel):
    """`notify` lists web addresses and e-mail addresses that are told of new hits; it takes a
    token. They are told once a story or once an article, at once or in a digest."""

    notify: list[str] = []
    rings: Literal["story", "article"] = "story"
    digest: Literal["none", "daily", "weekly"] = "none"
    hour: int = Field(DEFAULT_HOUR, description="Of the digest, 0 to 23, in its zone.")
    weekday: str = Field(DAYS[0], description="Of a weekly digest.")
    zone: str = Field(
        "UTC", description="The reader's time zone, such as Europe/Berlin: of the digest's hour."
    )


class NewSearch(AlertSettings):
    """A search to save, and who is told of its new hits. Days in its query are days in its `zone`,
    which a later change of the alerts leaves as it is."""

    name: str
    query: str


@pages.get("")
def show(request: Request, site: SiteDep, caller: CallerDep) -> Response:
    """Return the page of the caller's saved searches."""
    return render_page(
        request,
        "saved.html",
        searches=[_view(site, each) for each in _searches_of(site, caller)],
        may_notify=caller.has_token,
        days=[(day, day.capitalize()) for day in DAYS],
    )


@pages.post("", dependencies=SaveGuards)
def save(
    request: Request,
    site: SiteDep,
    caller: CallerDep,
    form: Annotated[NewSearch, Form()],
) -> Response:
    """Save the search on the screen.

    Returns:
        a redirect to the page of saved searches.

    Raises:
        HTTPException: the query has a mistake.
    """
    response = RedirectResponse("/saved", HTTPStatus.SEE_OTHER)
    owner = ensure_owner(caller, response, request)
    try:
        _save(site, form, caller, owner)
    except QueryError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, error.message) from None
    return response


@pages.post("/{saved_id}/alerts", dependencies=SaveGuards)
def change_alerts(
    site: SiteDep, caller: CallerDep, saved_id: str, form: Annotated[AlertSettings, Form()]
) -> Response:
    """Change who is told of a saved search's new hits, and when; addresses stand apart by spaces.

    Returns:
        a redirect to the page of saved searches.
    """
    targets = [target for text in form.notify for target in text.split()]
    _change(site, caller, saved_id, form.model_copy(update={"notify": targets}))
    return RedirectResponse("/saved", HTTPStatus.SEE_OTHER)


@pages.post("/{saved_id}/delete", dependencies=[SameOrigin])
def delete(site: SiteDep, caller: CallerDep, saved_id: str) -> Response:
    """Delete a saved search.

    Returns:
        a redirect to the page of saved searches.
    """
    site.saved.drop(_get_own(site, caller.owner, saved_id))
    return RedirectResponse("/saved", HTTPStatus.SEE_OTHER)


@api.get(
    "",
    responses=document_responses(tuple[SavedView, ...]),
    description="One's saved searches, oldest first.",
)
def list_saved(site: SiteDep, caller: CallerDep) -> Response:
    """Return the caller's saved searches, oldest first."""
    return MsgspecResponse([_view(site, each) for each in _searches_of(site, caller)])


@api.post(
    "",
    dependencies=SaveGuards,
    status_code=HTTPStatus.CREATED,
    responses=document_responses(SavedView),
    description="Saves a search; its new hits are in its feed, and told to `notify`.",
)
def save_one(request: Request, site: SiteDep, caller: CallerDep, new: NewSearch) -> Response:
    """Save a search.

    Returns:
        the saved search, with its feed.
    """
    cookies = Response()
    saved = _save(site, new, caller, ensure_owner(caller, cookies, request))
    response = MsgspecResponse(_view(site, saved), HTTPStatus.CREATED)
    response.raw_headers += [each for each in cookies.raw_headers if each[0] == b"set-cookie"]
    return response


@api.put(
    "/{saved_id}/alerts",
    dependencies=SaveGuards,
    responses=document_responses(SavedView),
    description="Changes who is told of new hits, and when.",
)
def put_alerts(
    site: SiteDep, caller: CallerDep, saved_id: str, settings: AlertSettings
) -> Response:
    """Change who is told of a saved search's new hits, and when.

    Returns:
        the saved search.
    """
    return MsgspecResponse(_view(site, _change(site, caller, saved_id, settings)))


@api.delete(
    "/{saved_id}",
    dependencies=[SameOrigin],
    status_code=HTTPStatus.NO_CONTENT,
    description="Forgets a saved search.",
)
def delete_one(site: SiteDep, caller: CallerDep, saved_id: str) -> None:
    """Delete a saved search."""
    site.saved.drop(_get_own(site, caller.owner, saved_id))


def _searches_of(site: SiteServices, caller: Caller) -> list[SavedSearch]:
    own = site.saved.of_owner(caller.owner) if caller.owner else []
    site.saved.used([each.id for each in own], site.now())
    return own


def _save(site: SiteServices, new: NewSearch, caller: Caller, owner: str) -> SavedSearch:
    id_and_feed_token = (secrets.token_urlsafe(9), secrets.token_urlsafe(24))
    params = SearchParams(query=new.query, zone=parse_zone(new.zone))
    check_collections(site.reader, params)
    saved = new_saved_search(new.name, params, owner, site.now(), id_and_feed_token)
    return _store(site, _with_alerts(saved, new), caller)


def _change(site: SiteServices, caller: Caller, saved_id: str, new: AlertSettings) -> SavedSearch:
    """Return an own saved search with other settings of its alerts, stored."""
    return _store(site, _with_alerts(_get_own(site, caller.owner, saved_id), new), caller)


def _with_alerts(saved: SavedSearch, new: AlertSettings) -> SavedSearch:
    digest = parse_digest(new.digest, new.hour, new.weekday, new.zone)
    notify = parse_targets(new.notify)
    return structs.replace(saved, notify=notify, rings=new.rings, digest=digest)


def _store(site: SiteServices, saved: SavedSearch, caller: Caller) -> SavedSearch:
    if caller.has_token:
        site.saved.put(saved)
    else:
        _save_without_token(site, saved)
    return saved


def _save_without_token(site: SiteServices, saved: SavedSearch) -> None:
    """Save a search of a caller without a token, whose searches may not send alerts.

    Raises:
        unauthorized: the search has receivers, or there is no more room without a token.
    """
    if saved.notify:
        raise unauthorized(f"Telling somebody of new hits needs a token. {SIGN_IN_ADVICE}")
    try:
        site.saved.put_without_token(saved, site.now())
    except NoRoomWithoutTokenError:
        message = f"No more searches can be saved without a token at the moment. {SIGN_IN_ADVICE}"
        raise unauthorized(message) from None


def _get_own(site: SiteServices, owner: str, saved_id: str) -> SavedSearch:
    """Return the owner's search; another owner's search is treated as if it did not exist.

    Raises:
        HTTPException: there is no such search.
    """
    saved = site.saved.get(saved_id)
    if saved is None or not owner or saved.owner != owner:
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no saved search with this id.")
    return saved


def _view(site: SiteServices, saved: SavedSearch) -> SavedView:
    digest = saved.digest or Digest(DEFAULT_HOUR, saved.zone)
    every = "daily" if digest.weekday is None else "weekly"
    return SavedView(
        id=saved.id,
        name=saved.name,
        query=saved.query,
        created=saved.created.isoformat(),
        notify=saved.notify,
        feed=f"/feeds/{saved.feed_token}.atom",
        rings=saved.rings,
        digest=every if saved.digest else "none",
        hour=digest.hour,
        weekday=DAYS[digest.weekday or 0],
        zone=digest.zone,
        query_zone=saved.zone,
        error=site.outbox.last_error(saved.id),
    )
