"""Outlets and collections of them: their pages, and their part of the API."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from workers.search.analysis.outlets import OutletProfile, OutletRow, list_outlets, profile_outlet
from workers.search.outlet_sets import Collection, new_collection
from workers.search.results import FacetValue
from workers.site.access import CallerDep, rate_limited, require_same_origin, unauthorized
from workers.site.display.charts import timeline_columns
from workers.site.display.names import facet_name
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep

pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["outlets"], dependencies=SEARCHES, default_response_class=MsgspecResponse)
MAY_WRITE = [Depends(require_same_origin), Depends(rate_limited("save"))]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
TOKEN_ADVICE = "Collections are everybody's here, so changing one needs a token: sign in with one."  # noqa: S105  a sentence


class NewCollection(BaseModel):
    """The outlets of a collection, by their ids."""

    outlets: list[str] = Field(default_factory=list, max_length=1_000)


@pages.get("/outlets")
def outlets(
    request: Request, site: SiteDep, caller: CallerDep, params: SearchParamsDep, edit: str = ""
) -> Response:
    """Return the page of all outlets and collections; `edit` is the collection in the form."""
    found, mistake = answer_or_mistake(lambda: list_outlets(site.reader, params, site.now()))
    collections = site.reader.collections()
    values: dict[str, Any] = {
        "params": params,
        "rows": found or (),
        "mistake": mistake,
        "collections": collections,
        "edited": edit,
        "chosen": set(collections.get(edit, ())),
        "may_write": caller.has_token,
    }
    return render_page(request, "outlets.html", status=400 if mistake else 200, **values)


@pages.get("/outlets/{outlet}")
def outlet(request: Request, site: SiteDep, params: SearchParamsDep, outlet: str) -> Response:
    """Return the page of one outlet. A mistake in the search is shown on it.

    Raises:
        HTTPException: there is no article of this outlet.
    """
    found, mistake = answer_or_mistake(
        lambda: profile_outlet(site.reader, outlet, params, site.now())
    )
    if found is None and mistake is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, NO_ARTICLE)
    collections = site.reader.collections()
    values: dict[str, Any] = {
        "outlet": outlet,
        "params": params,
        "found": found,
        "country": facet_name("country", FacetValue(found.country, 0)) if found else "",
        "mistake": mistake,
        "columns": timeline_columns(found.timeline) if found else (),
        "weekdays": WEEKDAYS,
        "busiest": max((max(row) for row in found.hours), default=0) if found else 0,
        "member_of": [name for name, ids in collections.items() if outlet in ids],
    }
    return render_page(request, "outlet.html", status=400 if mistake else 200, **values)


@pages.post("/collections", dependencies=MAY_WRITE)
def save_collection(
    site: SiteDep,
    caller: CallerDep,
    name: Annotated[str, Form()],
    outlet: Annotated[list[str] | None, Form()] = None,
    more: Annotated[str, Form()] = "",
) -> Response:
    """Keep a collection of the chosen outlets, and of `more` ids with spaces or commas.

    Returns:
        a redirect to the page of outlets.
    """
    ids = [*(outlet or ()), *more.replace(",", " ").split()]
    _put(site, caller, name.strip(), ids)
    return RedirectResponse("/outlets#collections", HTTPStatus.SEE_OTHER)


@pages.post("/collections/{name}/delete", dependencies=MAY_WRITE)
def delete_collection(site: SiteDep, caller: CallerDep, name: str) -> Response:
    """Delete a collection.

    Returns:
        a redirect to the page of outlets.
    """
    _delete(site, caller, name)
    return RedirectResponse("/outlets#collections", HTTPStatus.SEE_OTHER)


@api.get(
    "/outlets",
    responses=document_responses(tuple[OutletRow, ...]),
    description="Outlets of the articles that a search finds, with first and last article.",
)
def outlets_found(site: SiteDep, params: SearchParamsDep) -> Response:
    """Return a row for each outlet."""
    return MsgspecResponse(list_outlets(site.reader, params, site.now()))


@api.get(
    "/outlets/{outlet}",
    responses=document_responses(OutletProfile),
    description="What an outlet printed: volume, languages, sections, hours, agencies,\n"
    "corrections, silences; without a time in the search, in the 90 days before its last article.",
)
def outlet_profile(site: SiteDep, params: SearchParamsDep, outlet: str) -> Response:
    """Return the profile of one outlet.

    Raises:
        HTTPException: there is no article of this outlet.
    """
    found = profile_outlet(site.reader, outlet, params, site.now())
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, NO_ARTICLE)
    return MsgspecResponse(found)


@api.get(
    "/collections",
    responses=document_responses(tuple[Collection, ...]),
    description="Collections of outlets, which `collection:name` searches.",
)
def list_collections(site: SiteDep) -> Response:
    """Return all collections, in the order of their names."""
    return MsgspecResponse([Collection(*each) for each in site.reader.collections().items()])


@api.put(
    "/collections/{name}",
    dependencies=MAY_WRITE,
    responses=document_responses(Collection),
    description="Makes a collection of outlets, or changes it; takes a token.",
)
def put_collection(site: SiteDep, caller: CallerDep, name: str, new: NewCollection) -> Response:
    """Write a collection.

    Returns:
        the collection as it was kept.
    """
    return MsgspecResponse(_put(site, caller, name, new.outlets))


@api.delete(
    "/collections/{name}",
    dependencies=MAY_WRITE,
    status_code=HTTPStatus.NO_CONTENT,
    description="Deletes a collection; takes a token.",
)
def drop_collection(site: SiteDep, caller: CallerDep, name: str) -> None:
    """Delete a collection."""
    _delete(site, caller, name)


NO_ARTICLE = "There is no article of this outlet."


def _put(site: SiteDep, caller: CallerDep, name: str, outlets: list[str]) -> Collection:
    if not caller.has_token:
        raise unauthorized(TOKEN_ADVICE)
    kept = new_collection(name, outlets)
    site.reader.put_collection(kept.name, kept.outlets)
    return kept


def _delete(site: SiteDep, caller: CallerDep, name: str) -> None:
    if not caller.has_token:
        raise unauthorized(TOKEN_ADVICE)
    if not site.reader.delete_collection(name):
        raise HTTPException(HTTPStatus.NOT_FOUND, "There is no collection of this name.")
