"""Saved searches, on their page and through the API."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from msgspec import structs
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from schemas.saved_search import SavedSearch
from workers.adapters.redis.saved_searches import NoRoomWithoutTokenError
from workers.search.query.lexer import QueryError
from workers.search.saved_searches import new_saved_search, targets
from workers.site.access import (
    Caller,
    TheCaller,
    limited,
    owner_of,
    require_same_origin,
    token_needed,
)
from workers.site.rendering import page
from workers.site.responses import MsgspecResponse, SavedView, answers
from workers.site.services import SiteServices, TheSite

Limited = Depends(limited("search"))
pages = APIRouter(prefix="/saved", include_in_schema=False, dependencies=[Limited])
api = APIRouter(prefix="/saved", tags=["saved searches"], dependencies=[Limited])
OwnPage = Depends(require_same_origin)
Saving = [OwnPage, Depends(limited("save"))]
HOW = "Sign in with one, or send Authorization: Bearer pw_… (presswire token create NAME)."


class NewSearch(BaseModel):
    """`notify` lists web addresses and e-mail addresses that are told of new hits; it takes a
    token."""

    name: str
    query: str
    notify: list[str] = []


@pages.get("")
def show(request: Request, site: TheSite, caller: TheCaller) -> Response:
    """One's saved searches."""
    return page(request, "saved.html", searches=_searches_of(site, caller))


@pages.post("", dependencies=Saving)
def save(
    request: Request,
    site: TheSite,
    caller: TheCaller,
    given: Annotated[NewSearch, Form()],
) -> Response:
    """Saves the search that is on the screen."""
    response = RedirectResponse("/saved", 303)
    owner = owner_of(caller, response, request)
    try:
        _save(site, given, caller, owner)
    except QueryError as error:
        raise HTTPException(400, error.message) from None
    return response


@pages.post("/{saved_id}/delete", dependencies=[OwnPage])
def delete(site: TheSite, caller: TheCaller, saved_id: str) -> Response:
    """Forgets a search."""
    site.saved.drop(_own(site, caller.owner, saved_id))
    return RedirectResponse("/saved", 303)


@api.get("", responses=answers(tuple[SavedView, ...]))
def list_saved(site: TheSite, caller: TheCaller) -> Response:
    """One's saved searches, oldest first."""
    return MsgspecResponse([_view(each) for each in _searches_of(site, caller)])


@api.post("", dependencies=Saving, status_code=201, responses=answers(SavedView))
def save_one(request: Request, site: TheSite, caller: TheCaller, given: NewSearch) -> Response:
    """Saves a search; its new hits are in its feed, and told to `notify`."""
    response = Response()
    saved = _save(site, given, caller, owner_of(caller, response, request))
    made = MsgspecResponse(_view(saved), 201)
    made.raw_headers += [each for each in response.raw_headers if each[0] == b"set-cookie"]
    return made


@api.delete("/{saved_id}", dependencies=[OwnPage], status_code=204)
def delete_one(site: TheSite, caller: TheCaller, saved_id: str) -> None:
    """Forgets a saved search."""
    site.saved.drop(_own(site, caller.owner, saved_id))


def _searches_of(site: SiteServices, caller: Caller) -> list[SavedSearch]:
    own = site.saved.of_owner(caller.owner) if caller.owner else []
    site.saved.used([each.id for each in own], site.now())
    return own


def _save(site: SiteServices, given: NewSearch, caller: Caller, owner: str) -> SavedSearch:
    names = (secrets.token_urlsafe(9), secrets.token_urlsafe(24))
    made = new_saved_search(given.name, given.query, owner, site.now(), names)
    saved = structs.replace(made, notify=targets(given.notify))
    if caller.has_token:
        site.saved.put(saved)
    else:
        _save_without_token(site, saved)
    return saved


def _save_without_token(site: SiteServices, saved: SavedSearch) -> None:
    """Save a search of somebody without a token, who may not have us write to others.

    Raises:
        HTTPException: the search has receivers, or there is no more room.
    """
    if saved.notify:
        raise token_needed(f"Telling somebody of new hits needs a token. {HOW}")
    try:
        site.saved.put_without_token(saved, site.now())
    except NoRoomWithoutTokenError:
        message = f"No more searches can be saved without a token at the moment. {HOW}"
        raise token_needed(message) from None


def _own(site: SiteServices, owner: str, saved_id: str) -> SavedSearch:
    """Return the owner's search. Another owner's search is answered as if it did not exist.

    Raises:
        HTTPException: there is no such search.
    """
    saved = site.saved.get(saved_id)
    if saved is None or not owner or saved.owner != owner:
        raise HTTPException(404, "There is no saved search with this id.")
    return saved


def _view(saved: SavedSearch) -> SavedView:
    feed = f"/feeds/{saved.feed_token}.atom"
    created = saved.created.isoformat()
    return SavedView(saved.id, saved.name, saved.query, created, saved.notify, feed)
