"""The page of counts over time: two to five queries on one chart, by facet, as share of all."""

from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from workers.search.analysis.counts import GROUPINGS, MAX_QUERIES, Counts, count_articles
from workers.search.params import UNITS
from workers.site import parameters
from workers.site.analysis.lines_chart import lines_chart
from workers.site.parameters import CountedDep, SearchParamsDep
from workers.site.problems import answer_or_mistake
from workers.site.queues import SEARCHES
from workers.site.rendering import render_page
from workers.site.services import SiteDep

router = APIRouter(include_in_schema=False, dependencies=SEARCHES)


@router.get("/counts")
def counts(
    request: Request,
    site: SiteDep,
    params: SearchParamsDep,
    counted: CountedDep,
    measure: Literal["articles", "share"] = "articles",
) -> Response:
    """Return the page with the chart and its table. A mistake in a query is shown on it."""
    others, by = counted.vs, counted.by
    found, mistake = answer_or_mistake(
        lambda: count_articles(site.reader, params, others, by, site.now())
    )
    more = [*(("vs", query) for query in others), *([("by", by)] if by else [])]
    values: dict[str, Any] = {
        "params": params,
        "queries": [params.query, *others, *[""] * MAX_QUERIES][:MAX_QUERIES],
        "by": by,
        "measure": measure,
        "found": found,
        "mistake": mistake,
        "chart": lines_chart(found or Counts("day", by, ()), measure),
        "groupings": GROUPINGS,
        "units": UNITS,
        "csv": parameters.search_url(params, "/api/counts", [*more, ("form", "csv")]),
    }
    return render_page(request, "counts.html", status=400 if mistake else 200, **values)
