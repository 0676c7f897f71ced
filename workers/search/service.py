"""One page of results: hits, their clusters, facets, timeline, and the way to the next page."""

from collections.abc import Mapping

from schemas.json import Json
from workers.search import related, requests, response
from workers.search.cursors import Cursor, fingerprint, seal, unseal
from workers.search.params import MAX_RESULT_WINDOW, SearchParams, check
from workers.search.ports import Index, answer_of
from workers.search.results import Cluster, Hit, Results

KEEP_ALIVE = "3m"


def run_search(index: Index, params: SearchParams, key: bytes, cursor: str = "") -> Results:
    """Return the first page of results, or the page that `cursor` leads to. A point in time is
    opened with the second page, because most readers never go on; one that has expired is opened
    anew, so that a page left open over lunch still goes on.

    Raises:
        QueryError: the query is not valid.
        InvalidSearchError: the parameters are not valid.
        CursorError: the cursor belongs to another search.
    """
    check(params)
    here = unseal(cursor, params, key) if cursor else Cursor(fingerprint(params))
    answer, point = _page(index, params, here, is_first=not cursor)
    numbers = answer_of(index, requests.numbers_request(params))
    raw = answer["hits"]["hits"]
    there = _next(params, here, raw, point)
    if point and there is None:
        index.close_point(point)
    found = numbers["aggregations"]["found"]
    return Results(
        hits=_hits(index, raw[: params.size]),
        sort=requests.order(params),
        total=found["doc_count"],
        stories=found["stories"]["value"],
        facets=response.facets(numbers["aggregations"], params),
        timeline=response.days(found["days"]),
        cursor=seal(there, key) if there else None,
        took_ms=answer["took"] + numbers["took"],
    )


def _page(index: Index, params: SearchParams, here: Cursor, *, is_first: bool) -> tuple[Json, str]:
    request = requests.hits_request(params, start=here.start, after=list(here.after))
    if is_first:
        return answer_of(index, {**request, "request_cache": True}), ""
    point = here.point or index.open_point()
    answer = index.ask({**request, "pit": {"id": point, "keep_alive": KEEP_ALIVE}})
    if answer is None:
        point = index.open_point()
        answer = answer_of(index, {**request, "pit": {"id": point, "keep_alive": KEEP_ALIVE}})
    return answer, answer.get("pit_id", point)


def _next(params: SearchParams, here: Cursor, raw: list[Json], point: str) -> Cursor | None:
    if len(raw) <= params.size:
        return None
    if not params.is_collapsed:
        after = raw[params.size - 1]["sort"][: len(requests.ORDER[requests.order(params)])]
        return Cursor(here.search, after=tuple(after), point=point)
    start = here.start + params.size
    is_reachable = start + params.size < MAX_RESULT_WINDOW
    return Cursor(here.search, start=start, point=point) if is_reachable else None


def _hits(index: Index, raw: list[Json]) -> tuple[Hit, ...]:
    ids = {each["_source"].get("cluster_id", "") for each in raw}
    clusters = clusters_of(index, sorted(ids - {""}))
    return tuple(response.hit(each, clusters) for each in raw)


def clusters_of(index: Index, ids: list[str]) -> Mapping[str, Cluster]:
    """Return those of the clusters that have more than one article."""
    if not ids:
        return {}
    answer = answer_of(index, related.clusters_request(ids))
    return response.clusters(answer["aggregations"])


def similar(index: Index, document: Json) -> tuple[Hit, ...]:
    """Return other stories like this article."""
    answer = answer_of(index, related.similar_request(document))
    return _hits(index, answer["hits"]["hits"])
