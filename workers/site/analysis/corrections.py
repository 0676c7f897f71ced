"""Corrections: their page, and their part of the API."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from workers.search.analysis.corrections import (
    Corrections,
    OutletCorrections,
    count_corrections,
    find_corrections,
)
from workers.site import parameters
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep

pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["search"], dependencies=SEARCHES, default_response_class=MsgspecResponse)


@pages.get("/changes")
def changes(request: Request, site: SiteDep, params: SearchParamsDep, cursor: str = "") -> Response:
    """Return the page of changed articles, each with its last change."""
    answer, mistake = answer_or_mistake(
        lambda: (
            find_corrections(site.reader, params, site.key, cursor),
            count_corrections(site.reader, params),
        )
    )
    found, outlets = answer or (None, ())
    return render_page(
        request,
        "changes.html",
        status=400 if mistake else 200,
        params=params,
        found=found,
        outlets=outlets,
        mistake=mistake,
        links=parameters,
    )


@api.get(
    "/changes",
    responses=document_responses(Corrections),
    description="Changed articles among those that a search finds, each with its last change.",
)
def changed_articles(
    site: SiteDep,
    params: SearchParamsDep,
    cursor: Annotated[str, Query(description="`cursor` of the page before.")] = "",
) -> Response:
    """Return one page of corrections."""
    return MsgspecResponse(find_corrections(site.reader, params, site.key, cursor))


@api.get(
    "/changes/outlets",
    responses=document_responses(tuple[OutletCorrections, ...]),
    description="How often and how soon each outlet changes the articles that a search finds.",
)
def changes_by_outlet(site: SiteDep, params: SearchParamsDep) -> Response:
    """Return a row for each outlet."""
    return MsgspecResponse(count_corrections(site.reader, params))
