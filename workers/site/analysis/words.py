"""Top and significant words of a result: the page, and its part of the API."""

from typing import Literal

from fastapi import APIRouter, Request, Response
from msgspec import structs

from workers.search.analysis.words import MARGIN, WordCount, Words, find_words
from workers.search.formats import MEDIA_TYPES, encode_table
from workers.search.params import SearchParams, to_query
from workers.search.query.ast import Or
from workers.site import parameters
from workers.site.openapi import document_responses
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import format_percent, render_page
from workers.site.responses import MsgspecResponse
from workers.site.services import SiteDep

COLUMNS = ("kind", *WordCount.__struct_fields__)
pages = APIRouter(include_in_schema=False, dependencies=SEARCHES)
api = APIRouter(tags=["search"], dependencies=SEARCHES, default_response_class=MsgspecResponse)


@pages.get("/words")
def words(request: Request, site: SiteDep, params: SearchParamsDep) -> Response:
    """Return the page of the words of a result."""
    found, mistake = answer_or_mistake(lambda: find_words(site.reader, params))
    return render_page(
        request,
        "words.html",
        status=400 if mistake else 200,
        params=params,
        found=found,
        mistake=mistake,
        with_word=lambda word: parameters.search_url(_with_word(params, word)),
        margin=format_percent(MARGIN),
        every_reprint=parameters.search_url(structs.replace(params, is_collapsed=False), "/words"),
        csv=parameters.search_url(params, "/api/words", [("form", "csv")]),
    )


@api.get(
    "/words",
    responses=document_responses(Words),
    description="The words that most of the articles found have, and those that they have more\n"
    "often than all coverage does; of large results, from a random sample, which is said.",
)
def words_of_result(
    site: SiteDep, params: SearchParamsDep, form: Literal["json", "csv"] = "json"
) -> Response:
    """Return the words as JSON or as a table."""
    found = find_words(site.reader, params)
    if form == "json":
        return MsgspecResponse(found)
    kinds = (("top", found.top), ("significant", found.significant))
    rows = [(kind, *structs.astuple(row)) for kind, counted in kinds for row in counted]
    headers = {"Content-Disposition": 'attachment; filename="presswire-words.csv"'}
    return Response(encode_table(COLUMNS, rows), media_type=MEDIA_TYPES["csv"], headers=headers)


def _with_word(params: SearchParams, word: str) -> SearchParams:
    """Return the search narrowed to the articles that have the word as it is written."""
    query = to_query(structs.replace(params, filters=()))
    if isinstance(params.parsed.root, Or):
        query = f"({query})"
    return structs.replace(params, query=f'{query} "{word}"'.strip())
