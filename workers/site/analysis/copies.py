"""Who copies whom: the page, and its part of the API."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from workers.search.analysis.copies import MIN_COPIES, Copies, find_copies
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep

pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["search"], dependencies=SEARCHES, default_response_class=MsgspecResponse)


@pages.get("/copies")
def copies(
    request: Request, site: SiteDep, params: SearchParamsDep, copies: int = MIN_COPIES
) -> Response:
    """Return the page of stories that were printed most often, outlets and agencies."""
    found, mistake = answer_or_mistake(lambda: find_copies(site.reader, params, copies))
    return render_page(
        request,
        "copies.html",
        status=400 if mistake else 200,
        params=params,
        found=found,
        minimum=copies,
        mistake=mistake,
    )


@api.get(
    "/copies",
    responses=document_responses(Copies),
    description="Who copied whom among the articles that a search finds: stories by number of\n"
    "articles, outlets by lag after the first, agencies by outlet.",
)
def copied_stories(
    site: SiteDep,
    params: SearchParamsDep,
    copies: Annotated[int, Query(description="The fewest articles of a story.")] = MIN_COPIES,
) -> Response:
    """Return stories, outlets and agencies."""
    return MsgspecResponse(find_copies(site.reader, params, copies))
