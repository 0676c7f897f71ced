"""Searches of the index: pages of results, clusters, similar stories."""

from collections.abc import Mapping

import msgspec

from schemas.json import Json
from workers import clock
from workers.search.cursors import Cursor, fingerprint, seal, unseal
from workers.search.params import MAX_RESULT_WINDOW, SearchParams, validate
from workers.search.parts import count_parts
from workers.search.ports import Index, execute
from workers.search.related import clusters_request, similar_request
from workers.search.requests import (
    SORT_CLAUSES,
    aggregations_request,
    effective_sort,
    hits_request,
    marks_request,
    most_copied_request,
)
from workers.search.response import parse_clusters, parse_facets, parse_hit, parse_timeline
from workers.search.results import Cluster, Hit, Results

KEEP_ALIVE = "3m"


def run_search(index: Index, params: SearchParams, key: bytes, cursor: str = "") -> Results:
    """Return the first page of results, or the page that `cursor` leads to. The second page opens
    a point in time, because most readers never go further than the first. One that has expired
    is opened anew, so that a page left open over lunch still has a next page.

    Raises:
        QueryError: the query is not valid.
        InvalidSearchError: the parameters are not valid.
        CursorError: the cursor belongs to another search.
    """
    validate(params)
    if params.sort == "copies":  # a story is printed often, an article once
        params = msgspec.structs.replace(params, is_collapsed=True)
    start = unseal(cursor, params, key) if cursor else Cursor(fingerprint(params))
    response, point = _fetch_page(index, params, start, is_first=not cursor)
    numbers = execute(index, aggregations_request(params))
    raw_hits = response["hits"]["hits"]
    next_cursor = _next_cursor(params, start, raw_hits, point)
    if point and next_cursor is None:
        index.close_point(point)
    found = numbers["aggregations"]["found"]
    return Results(
        hits=_with_clusters(index, raw_hits[: params.size]),
        sort=effective_sort(params),
        total=found["doc_count"],
        stories=found["stories"]["value"],
        facets=parse_facets(numbers["aggregations"], params),
        timeline=parse_timeline(found["days"], params, clock.now()),
        cursor=seal(next_cursor, key) if next_cursor else None,
        took_ms=response["took"] + numbers["took"],
        hints=params.parsed.hints,
        parts=() if found["doc_count"] else count_parts(index, params),
    )


def _fetch_page(
    index: Index, params: SearchParams, cursor: Cursor, *, is_first: bool
) -> tuple[Json, str]:
    """Return the response, and the id of its point in time (empty on the first page)."""
    if params.sort == "copies":
        return _fetch_most_copied(index, params, cursor.start), ""
    request = hits_request(params, start=cursor.start, after=list(cursor.after))
    if is_first:
        return execute(index, {**request, "request_cache": True}), ""
    point = cursor.point or index.open_point()
    response = index.search({**request, "pit": {"id": point, "keep_alive": KEEP_ALIVE}})
    if response is None:
        point = index.open_point()
        response = execute(index, {**request, "pit": {"id": point, "keep_alive": KEEP_ALIVE}})
    return response, response.get("pit_id", point)


def _fetch_most_copied(index: Index, params: SearchParams, start: int) -> Json:
    """Return the response with one hit of each story, the story with the most articles first."""
    end = start + params.size + 1
    numbers = execute(index, most_copied_request(params, end))
    buckets = numbers["aggregations"]["clusters"]["buckets"][start:end]
    ranks = {bucket["key"]: rank for rank, bucket in enumerate(buckets)}
    request = hits_request(params)
    request["query"]["bool"]["filter"].append({"terms": {"cluster_id": list(ranks)}})
    response = execute(index, request)
    response["hits"]["hits"].sort(key=lambda hit: ranks[hit["_source"]["cluster_id"]])
    return {**response, "took": response["took"] + numbers["took"]}


def _next_cursor(
    params: SearchParams, cursor: Cursor, raw_hits: list[Json], point: str
) -> Cursor | None:
    """Return the cursor of the next page, or None if this is the last one."""
    if len(raw_hits) <= params.size:
        return None
    if not params.is_collapsed:
        # a point in time adds a sort value of its own, which the next request must not name
        number = len(SORT_CLAUSES[effective_sort(params)])
        after = raw_hits[params.size - 1]["sort"][:number]
        return Cursor(cursor.search, after=tuple(after), point=point)
    start = cursor.start + params.size
    is_reachable = start + params.size < MAX_RESULT_WINDOW
    return Cursor(cursor.search, start=start, point=point) if is_reachable else None


def _with_clusters(index: Index, raw_hits: list[Json]) -> tuple[Hit, ...]:
    ids = {each["_source"].get("cluster_id", "") for each in raw_hits}
    clusters = fetch_clusters(index, sorted(ids - {""}))
    return tuple(parse_hit(each, clusters) for each in raw_hits)


def fetch_clusters(index: Index, ids: list[str]) -> Mapping[str, Cluster]:
    """Return clusters by id; those of a single article are left out."""
    if not ids:
        return {}
    response = execute(index, clusters_request(ids))
    return parse_clusters(response["aggregations"])


def mark_hits(index: Index, document: Json, params: SearchParams) -> Json:
    """Return the article with the markers of what the query matches in title and body.

    Raises:
        QueryError: the query is not valid.
    """
    request = marks_request(document["document_id"], params.parsed)
    if request is None:
        return document
    hits = execute(index, request)["hits"]["hits"]
    marked = hits[0].get("highlight", {}) if hits else {}
    return {**document, **{name: texts[0] for name, texts in marked.items()}}


def find_similar(index: Index, document: Json) -> tuple[Hit, ...]:
    """Return stories similar to this article, one article of each; best first."""
    response = execute(index, similar_request(document))
    return _with_clusters(index, response["hits"]["hits"])
