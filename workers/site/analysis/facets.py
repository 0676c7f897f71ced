"""All values of a facet, and a search in them: the page, and its part of the API."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response

from workers.search.completion.values import MAX_VALUES, find_values
from workers.search.params import FACETS, InvalidSearchError
from workers.search.results import FacetValue
from workers.site import parameters
from workers.site.display.names import facet_name
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep

FACET_NAMES: Final = {
    "outlet": "Outlet",
    "country": "Country",
    "place": "Country told of",
    "name": "Name in the text",
    "lang": "Language",
    "section": "Section",
    "author": "Author",
    "agency": "Agency",
    "kind": "Kind",
    "role": "Role in its story",
}
pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["search"], dependencies=SEARCHES, default_response_class=MsgspecResponse)


@pages.get("/facets/{name}")
def facet(
    request: Request, site: SiteDep, params: SearchParamsDep, name: str, begins: str = ""
) -> Response:
    """Return the page of a facet's values of which a word begins as `begins`.

    Raises:
        InvalidSearchError: there is no such facet.
    """
    _check(name)
    found, mistake = answer_or_mistake(
        lambda: find_values(site.reader, name, begins, MAX_VALUES, params)
    )
    return render_page(
        request,
        "facet.html",
        status=400 if mistake else 200,
        params=params,
        name=name,
        title=FACET_NAMES[name],
        begins=begins,
        values=found or (),
        mistake=mistake,
        most=MAX_VALUES,
        facet_name=facet_name,
        links=parameters,
    )


@api.get(
    "/facets/{name}",
    responses=document_responses(tuple[FacetValue, ...]),
    description=f"Up to {MAX_VALUES} values of a facet ({', '.join(FACETS)}) among the articles\n"
    "that a search finds, most articles first.",
)
def facet_values(
    site: SiteDep,
    params: SearchParamsDep,
    name: str,
    begins: Annotated[str, Query(description="How a word of the value begins.")] = "",
) -> Response:
    """Return the values of a facet.

    Raises:
        InvalidSearchError: there is no such facet.
    """
    _check(name)
    return MsgspecResponse(find_values(site.reader, name, begins, MAX_VALUES, params))


def _check(name: str) -> None:
    if name not in FACETS:
        raise InvalidSearchError(f"no facet is called {name}; there are {', '.join(FACETS)}")
