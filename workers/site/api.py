"""The HTTP API: the same searches as the pages, as JSON."""

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from schemas.json import Json
from workers.search.analysis.counts import CountRow, Counts, count_articles
from workers.search.completion.suggestions import Suggestion, find_suggestions
from workers.search.export import export_documents
from workers.search.formats import MEDIA_TYPES, Format, encode_export, encode_table
from workers.search.results import Hit, Results
from workers.search.service import find_similar, run_search
from workers.site.access import rate_limited
from workers.site.lookup import get_article, get_beside, get_cluster, get_revisions
from workers.site.openapi import document_responses
from workers.site.parameters import CountedDep, ExportOptionsDep, SearchParamsDep
from workers.site.queues import SEARCHES, queued
from workers.site.responses import MsgspecResponse, RevisionView, SideBySide, WholeCluster
from workers.site.services import SiteDep

# Names of routes are part of the OpenAPI document (operation ids), and so are descriptions.
COUNT_COLUMNS = CountRow.__struct_fields__
router = APIRouter(tags=["search"], default_response_class=MsgspecResponse)


@router.get(
    "/search",
    dependencies=SEARCHES,
    responses=document_responses(Results),
    description="One page of results with facets, timeline and clusters.\n\n"
    "Pages beyond the first share a point in time. Collapsed results end at hit 10,000; with\n"
    "`reprints=true` paging goes as deep as there are hits, and an export gets all at once.",
)
def search(
    site: SiteDep,
    params: SearchParamsDep,
    cursor: Annotated[str, Query(description="`cursor` of the page before.")] = "",
) -> Response:
    """Return one page of results."""
    return MsgspecResponse(run_search(site.reader, params, site.key, cursor))


@router.get(
    "/articles/{document_id}",
    dependencies=SEARCHES,
    responses=document_responses(Json),
    description="One article with its whole text and all its fields.",
)
def article(site: SiteDep, document_id: str) -> Response:
    """Return one article."""
    return MsgspecResponse(get_article(site, document_id))


@router.get(
    "/articles/{document_id}/revisions",
    dependencies=SEARCHES,
    responses=document_responses(tuple[RevisionView, ...]),
    description="Earlier versions, oldest first, each with what the next one changed.",
)
def revisions(site: SiteDep, document_id: str) -> Response:
    """Return the earlier versions of one article."""
    return MsgspecResponse(get_revisions(site, get_article(site, document_id)))


@router.get(
    "/articles/{document_id}/similar",
    dependencies=SEARCHES,
    responses=document_responses(tuple[Hit, ...]),
    description="Other stories that share its telling words.",
)
def alike(site: SiteDep, document_id: str) -> Response:
    """Return stories similar to one article."""
    return MsgspecResponse(find_similar(site.reader, get_article(site, document_id)))


@router.get(
    "/articles/{document_id}/beside/{other_id}",
    dependencies=SEARCHES,
    responses=document_responses(SideBySide),
    description="An article and another printing of its story: what that one kept, cut and added.",
)
def beside(site: SiteDep, document_id: str, other_id: str) -> Response:
    """Return two articles and their differences."""
    return MsgspecResponse(get_beside(site, document_id, other_id))


@router.get(
    "/clusters/{cluster_id}",
    dependencies=SEARCHES,
    responses=document_responses(WholeCluster),
    description="Everyone who printed one story, in order.",
)
def cluster(site: SiteDep, cluster_id: str) -> Response:
    """Return the members of one cluster."""
    return MsgspecResponse(get_cluster(site, cluster_id))


@router.get(
    "/suggest",
    dependencies=[Depends(rate_limited("suggest")), Depends(queued("suggest"))],
    responses=document_responses(tuple[Suggestion, ...]),
    description="Fields, titles, names, sections and tags that begin as the typed words do.",
)
def suggest(
    site: SiteDep, q: Annotated[str, Query(description="What was typed so far.")] = ""
) -> Response:
    """Return suggestions for the search box."""
    return MsgspecResponse(find_suggestions(site.reader, q))


@router.get(
    "/counts",
    dependencies=SEARCHES,
    responses=document_responses(Counts),
    description="Articles by day, week, month or year, of one query or several (`vs`), by outlet\n"
    "or another facet (`by`), each with its share of all coverage under the same filters.",
)
def counts(
    site: SiteDep,
    params: SearchParamsDep,
    counted: CountedDep,
    form: Literal["json", "csv"] = "json",
) -> Response:
    """Return counts as JSON or as a table."""
    found = count_articles(site.reader, params, counted.vs, counted.by, site.now())
    if form == "json":
        return MsgspecResponse(found)
    rows = [msgspec.structs.astuple(row) for row in found.rows]
    table = encode_table([counted.by or n if n == "group" else n for n in COUNT_COLUMNS], rows)
    headers = {"Content-Disposition": 'attachment; filename="presswire-counts.csv"'}
    return Response(table, media_type=MEDIA_TYPES["csv"], headers=headers)


@router.get(
    "/export",
    dependencies=[Depends(rate_limited("export")), Depends(queued("export"))],
    description="All articles that match, with their text, as a file of any size.\n\n"
    "No cell of a CSV begins a formula: such a text gets an apostrophe before it.",
)
def export(
    site: SiteDep, params: SearchParamsDep, options: ExportOptionsDep, form: Format = "jsonl"
) -> Response:
    """Return all articles that match as a streamed file. The first batch is fetched before the
    response begins, so that an error can still have its status."""
    batches = export_documents(site.reader, params, options)
    first = next(batches, [])

    def all_batches() -> Iterator[list[Json]]:
        yield first
        yield from batches

    return StreamingResponse(
        encode_export(all_batches(), form, options.fields, params.zone),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="presswire.{form}"'},
    )
