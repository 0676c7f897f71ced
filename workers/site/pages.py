"""The pages that people see."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from workers.search.blocks import blocks, complete
from workers.search.params import FACETS, SORTS, InvalidSearchError, SearchParams, as_query
from workers.search.query.fields import ALIASES, FIELDS
from workers.search.query.lexer import QueryError
from workers.search.results import Results
from workers.search.service import clusters_of, run_search, similar
from workers.site import parameters
from workers.site.access import TheCaller, limited
from workers.site.charts import after_first, cluster_picture, columns
from workers.site.lookup import document, history, whole_cluster
from workers.site.parameters import RequestedSearch
from workers.site.rendering import page
from workers.site.services import SiteServices, TheSite

router = APIRouter(include_in_schema=False, dependencies=[Depends(limited("search"))])

FACET_NAMES = {
    "outlet": "Outlet",
    "country": "Country",
    "lang": "Language",
    "section": "Section",
    "author": "Author",
    "agency": "Agency",
    "kind": "Kind",
    "role": "Role in its story",
}


@router.get("/")
def search(
    request: Request, site: TheSite, caller: TheCaller, params: RequestedSearch, cursor: str = ""
) -> Response:
    """The search page: a box, facets, hits over time, and stories."""
    found, mistake = _found(site, params, cursor)
    values: dict[str, Any] = {
        "params": params,
        "found": found,
        "mistake": mistake,
        "columns": columns(found.timeline) if found else (),
        "written": "" if mistake else as_query(params),
        "is_first_page": not cursor,
        "may_notify": caller.has_token,
        "links": parameters,
        "facet_names": FACET_NAMES,
        "facets": FACETS,
        "sorts": SORTS,
    }
    return page(request, "search.html", status=400 if mistake else 200, **values)


def _found(
    site: SiteServices, params: SearchParams, cursor: str
) -> tuple[Results | None, QueryError | InvalidSearchError | None]:
    try:
        return run_search(site.reader, params, site.key, cursor), None
    except (QueryError, InvalidSearchError) as error:
        return None, error


@router.get("/articles/{document_id}")
def article(request: Request, site: TheSite, document_id: str) -> Response:
    """An article with all that stands around it."""
    found = document(site, document_id)
    values: dict[str, Any] = {
        "article": complete(found),
        "blocks": blocks(found),
        "cluster": clusters_of(site.reader, [found["cluster_id"]]).get(found["cluster_id"]),
        "similar": similar(site.reader, found),
        "revisions": len(site.reader.revisions(document_id)),
    }
    return page(request, "article.html", **values)


@router.get("/articles/{document_id}/revisions")
def revisions(
    request: Request, site: TheSite, document_id: str, step: int | None = None
) -> Response:
    """What each version of an article changed; the last one, if none is named."""
    found = document(site, document_id)
    steps = history(site, found)
    chosen = min(max(1, step or len(steps)), len(steps))
    values: dict[str, Any] = {
        "article": complete(found),
        "steps": steps,
        "chosen": chosen,
        "shown": steps[chosen - 1] if steps else None,
    }
    return page(request, "revisions.html", **values)


@router.get("/clusters/{cluster_id}")
def cluster(request: Request, site: TheSite, cluster_id: str) -> Response:
    """A story on a timeline: who printed it first, who after."""
    found = whole_cluster(site, cluster_id)
    picture = cluster_picture(found.members)
    rows = zip(found.members, after_first(found.members), strict=True)
    return page(request, "cluster.html", cluster=found, picture=picture, rows=list(rows))


@router.get("/help")
def help_page(request: Request, q: Annotated[str, "unused"] = "") -> Response:  # noqa: ARG001  links may carry it
    """The query language, the keys, and the API."""
    paths = request.app.openapi()["paths"]
    routes = [
        (method.upper(), path, route.get("summary", ""))
        for path, methods in paths.items()
        for method, route in methods.items()
    ]
    return page(request, "help.html", fields=FIELDS, aliases=ALIASES, routes=routes)
