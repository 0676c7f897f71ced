"""The HTML pages: search, article, revisions, cluster, help."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from workers.search.article_view import body_blocks, with_all_fields
from workers.search.formats import EXPORT_FIELDS, FORMATS
from workers.search.params import FACETS, SORTS, UNITS, VIEWS, SearchParams, to_query
from workers.search.query.fields import ALIASES, FIELDS
from workers.search.service import fetch_clusters, find_similar, mark_hits, run_search
from workers.site import parameters
from workers.site.access import CallerDep, rate_limited
from workers.site.analysis.facets import FACET_NAMES
from workers.site.analysis.news_events import front_events, sparkline
from workers.site.display.charts import cluster_chart, delays_after_first, timeline_columns
from workers.site.display.marks import HitMarks
from workers.site.display.names import country_name, facet_name
from workers.site.lookup import get_article, get_beside, get_cluster, get_revisions
from workers.site.parameters import SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.services import SiteDep

router = APIRouter(include_in_schema=False, dependencies=SEARCHES)
# needs no search server
help_router = APIRouter(include_in_schema=False, dependencies=[Depends(rate_limited("search"))])

# (filter, value, what it is called) of the presets beside the date picker
TIME_PRESETS = (
    ("on", "today", "today"),
    ("on", "yesterday", "yesterday"),
    ("after", "7d", "last 7 days"),
    ("after", "30d", "last 30 days"),
    ("after", "1y", "last year"),
)


@router.get("/")
def search(
    request: Request, site: SiteDep, caller: CallerDep, params: SearchParamsDep, cursor: str = ""
) -> Response:
    """Return the search page: search box, facets, hits over time, and hits. A mistake in the
    query is shown on it."""
    found, error = answer_or_mistake(lambda: run_search(site.reader, params, site.key, cursor))
    values: dict[str, Any] = {
        "params": params,
        "found": found,
        "mistake": error,
        "columns": timeline_columns(found.timeline) if found else (),
        "written": "" if error else to_query(params),
        "is_first_page": not cursor,
        "may_notify": caller.has_token,
        "links": parameters,
        "export_forms": list(FORMATS),
        "facet_names": FACET_NAMES,
        "facets": FACETS,
        "sorts": SORTS,
        "units": UNITS,
        "views": VIEWS,
        "presets": TIME_PRESETS,
        "days": parameters.chosen_days(params),
        "facet_name": facet_name,
        "events": front_events(site, params) if found and not cursor else (),
        "sparkline": sparkline,
        "highest": max((bar.count for bar in found.timeline.bars), default=0) if found else 0,
    }
    status = HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK
    return render_page(request, "search.html", status=status, **values)


@router.get("/articles/{document_id}")
def article(request: Request, site: SiteDep, document_id: str, q: str = "") -> Response:
    """Return the page of an article, with its cluster and similar stories; what the query `q`
    matches is marked."""
    found = get_article(site, document_id)
    marked, _ = answer_or_mistake(lambda: mark_hits(site.reader, found, SearchParams(query=q)))
    shown = marked or found
    values: dict[str, Any] = {
        "article": with_all_fields(found),
        "title": shown["title"],
        "blocks": body_blocks(shown),
        "query": q,
        "marks": HitMarks(),
        "cluster": fetch_clusters(site.reader, [found["cluster_id"]]).get(found["cluster_id"]),
        "similar": find_similar(site.reader, found),
        "country_name": country_name,
        "revisions": len(site.reader.revisions(document_id)),
    }
    return render_page(request, "article.html", **values)


@router.get("/articles/{document_id}/revisions")
def revisions(
    request: Request, site: SiteDep, document_id: str, step: int | None = None
) -> Response:
    """Return the page of what one version of an article changed; `step` counts from 1, and None is
    the last."""
    found = get_article(site, document_id)
    steps = get_revisions(site, found)
    chosen = min(max(1, step or len(steps)), len(steps))
    values: dict[str, Any] = {
        "article": with_all_fields(found),
        "steps": steps,
        "chosen": chosen,
        "shown": steps[chosen - 1] if steps else None,
    }
    return render_page(request, "revisions.html", **values)


@router.get("/articles/{document_id}/beside/{other_id}")
def beside(request: Request, site: SiteDep, document_id: str, other_id: str) -> Response:
    """Return the page of an article and another printing of its story, side by side."""
    return render_page(request, "beside.html", both=get_beside(site, document_id, other_id))


@router.get("/clusters/{cluster_id}")
def cluster(request: Request, site: SiteDep, cluster_id: str) -> Response:
    """Return the page of a cluster: who printed the story when."""
    found = get_cluster(site, cluster_id)
    picture = cluster_chart(found.members)
    rows = zip(found.members, delays_after_first(found.members), strict=True)
    return render_page(request, "cluster.html", cluster=found, picture=picture, rows=list(rows))


@help_router.get("/help")
def help_page(request: Request, q: Annotated[str, "unused"] = "") -> Response:  # noqa: ARG001  links may carry it
    """Return the help page: query language, keys, and API."""
    paths = request.app.openapi()["paths"]
    routes = [
        (method.upper(), path, route.get("summary", ""))
        for path, methods in paths.items()
        for method, route in methods.items()
    ]
    return render_page(
        request,
        "help.html",
        fields=FIELDS,
        aliases=ALIASES,
        export_fields=EXPORT_FIELDS,
        routes=routes,
    )
