"""The HTTP API: the same searches as the page, as JSON."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from schemas.json import Json
from workers.search.export import export_documents
from workers.search.formats import MEDIA_TYPES, Format, write_format
from workers.search.results import Hit, Results
from workers.search.service import run_search, similar
from workers.search.suggestions import Suggestion, suggestions
from workers.site.access import limited
from workers.site.lookup import document, history, whole_cluster
from workers.site.parameters import RequestedSearch
from workers.site.responses import MsgspecResponse, RevisionView, WholeCluster, answers
from workers.site.services import TheSite

Searching = Depends(limited("search"))
router = APIRouter(tags=["search"], default_response_class=MsgspecResponse)


@router.get("/search", dependencies=[Searching], responses=answers(Results))
def search(
    site: TheSite,
    params: RequestedSearch,
    cursor: Annotated[str, Query(description="`cursor` of the page before.")] = "",
) -> Response:
    """One page of results with facets, timeline and clusters.

    Pages beyond the first share a point in time. Collapsed results end at hit 10,000; with
    `reprints=true` paging goes as deep as there are hits, and an export gets all at once.
    """
    return MsgspecResponse(run_search(site.reader, params, site.key, cursor))


@router.get("/articles/{document_id}", dependencies=[Searching], responses=answers(Json))
def article(site: TheSite, document_id: str) -> Response:
    """One article with its whole text and all its fields."""
    return MsgspecResponse(document(site, document_id))


@router.get(
    "/articles/{document_id}/revisions",
    dependencies=[Searching],
    responses=answers(tuple[RevisionView, ...]),
)
def revisions(site: TheSite, document_id: str) -> Response:
    """Earlier versions, oldest first, each with what the next one changed."""
    return MsgspecResponse(history(site, document(site, document_id)))


@router.get(
    "/articles/{document_id}/similar",
    dependencies=[Searching],
    responses=answers(tuple[Hit, ...]),
)
def alike(site: TheSite, document_id: str) -> Response:
    """Other stories that share its telling words."""
    return MsgspecResponse(similar(site.reader, document(site, document_id)))


@router.get("/clusters/{cluster_id}", dependencies=[Searching], responses=answers(WholeCluster))
def cluster(site: TheSite, cluster_id: str) -> Response:
    """Everyone who printed one story, in order."""
    return MsgspecResponse(whole_cluster(site, cluster_id))


@router.get(
    "/suggest",
    dependencies=[Depends(limited("suggest"))],
    responses=answers(tuple[Suggestion, ...]),
)
def suggest(
    site: TheSite, q: Annotated[str, Query(description="What was typed so far.")] = ""
) -> Response:
    """Fields, titles, names, sections and tags that begin as the typed words do."""
    return MsgspecResponse(suggestions(site.reader, q))


@router.get("/export", dependencies=[Depends(limited("export"))])
def export(site: TheSite, params: RequestedSearch, form: Format = "jsonl") -> Response:
    """All articles that match, with their text, as a file of any size.

    No cell of a CSV begins a formula: such a text gets an apostrophe before it.
    """
    batches = export_documents(site.reader, params)
    first = next(batches, [])

    def all_batches() -> Any:  # noqa: ANN401  a generator of batches
        yield first
        yield from batches

    name = f'attachment; filename="presswire.{form}"'
    headers = {"Content-Disposition": name}
    return StreamingResponse(
        write_format(all_batches(), form), media_type=MEDIA_TYPES[form], headers=headers
    )
