"""Search requests: one for the hits of a page, one for the numbers beside them."""

from collections.abc import Iterable
from typing import Any, Final

from schemas.json import Json
from workers.search.params import FACETS, SearchParams, Sort
from workers.search.query.ast import ParsedQuery, Term
from workers.search.query.compiler import compile_query, compile_term, is_ranked
from workers.search.query.fields import FIELDS
from workers.search.query.highlighting import highlight_query

# Private-use characters stand around a hit: no text of a page can pass for a mark of ours.
HIT_START: Final = "\ue000"
HIT_END: Final = "\ue001"

# A server that is this slow gives up by itself instead of piling up work.
TIMEOUT: Final = "20s"
FACET_VALUES: Final = 15
SHOWN: Final = (
    *("document_id", "url", "outlet", "site_name", "country", "language", "section", "authors"),
    *("source", "kind", "cluster_id", "role", "shared", "title", "subtitle", "words"),
    *("time", "published", "modified"),
)
# Longer texts are highlighted at their beginning only.
HIGHLIGHTED_CHARACTERS: Final = 300_000
_PIECES: Final[Json] = {"fragment_size": 180, "number_of_fragments": 2}
MARKED: Final[dict[str, Json]] = {
    "title": {"number_of_fragments": 0},
    "body": {**_PIECES, "no_match_size": 220},
    "captions": {**_PIECES, "number_of_fragments": 1},
}
ORDER: Final[dict[str, list[Json]]] = {
    "relevance": [{"_score": "desc"}, {"time": "desc"}, {"document_id": "asc"}],
    "newest": [{"time": "desc"}, {"document_id": "asc"}],
    "oldest": [{"time": "asc"}, {"document_id": "asc"}],
}


def order(params: SearchParams) -> Sort:
    """Return the order of the hits: relevance only where the query searches text."""
    return params.sort or ("relevance" if is_ranked(params.parsed) else "newest")


def hits_request(params: SearchParams, *, start: int = 0, after: list[Any] | None = None) -> Json:
    """Return the request for one page of hits and one more hit, which tells whether there is a next
    page."""
    narrowed = [*_filters(params, FACETS), *_beside(params)]
    request: Json = {
        "query": {"bool": {"must": [compile_query(params.parsed)], "filter": narrowed}},
        "sort": ORDER[order(params)],
        "size": params.size + 1,
        "source": list(SHOWN),
        "highlight": _highlight(params.parsed),
        "track_total_hits": False,
        "timeout": TIMEOUT,
    }
    if after:
        request["search_after"] = after
    if params.is_collapsed:
        request |= {"collapse": {"field": "cluster_id"}, "from": start}
    return request


def numbers_request(params: SearchParams) -> Json:
    """Return the request for total, facets and hits a day. Without hits, the server may answer it
    from its cache."""
    facets = {
        f"facet_{name}": {
            "filter": _both(_filters(params, [other for other in FACETS if other != name])),
            "aggs": {"values": {"terms": {"field": _path(name), "size": FACET_VALUES}}},
        }
        for name in FACETS
    }
    days = {"field": "time", "calendar_interval": "day", "min_doc_count": 1}
    found = {
        "filter": _both(_filters(params, FACETS)),
        "aggs": {
            "days": {"date_histogram": days},
            "stories": {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}},
        },
    }
    return {
        "query": _both([compile_query(params.parsed)], _beside(params)),
        "size": 0,
        "track_total_hits": False,
        "aggs": {"found": found, **facets},
        "timeout": TIMEOUT,
    }


def everything_request(params: SearchParams) -> Json:
    """Return the request for all that matches, in the index's own order: the cheapest for an
    export."""
    filters = [*_filters(params, FACETS), *_beside(params)]
    return {
        "query": _both([compile_query(params.parsed)], filters),
        "sort": ["_shard_doc"],
        "source": {"excludes": ["suggest", "quotes", "captions", "outline"]},
        "track_total_hits": False,
    }


def _filters(params: SearchParams, names: Iterable[str]) -> list[Json]:
    return [
        {"terms": {_path(name): list(values)}} for name in names if (values := params.chosen(name))
    ]


def _beside(params: SearchParams) -> list[Json]:
    return [
        compile_term(Term(value, name), value)
        for name, value in params.filters
        if name not in FACETS
    ]


def _both(first: list[Json], second: Iterable[Json] = ()) -> Json:
    parts = [*first, *second]
    return {"bool": {"filter": parts}} if parts else {"match_all": {}}


def _path(facet: str) -> str:
    return FIELDS[facet].paths[0]


def _highlight(query: ParsedQuery) -> Json:
    """Return the highlight options; a text without a hit shows its beginning."""
    marked = {path: highlight_query(query, path) for path in MARKED}
    return {
        "type": "unified",
        "pre_tags": [HIT_START],
        "post_tags": [HIT_END],
        "order": "score",
        "max_analyzed_offset": HIGHLIGHTED_CHARACTERS,
        "fields": {
            path: {**shape, **(marked[path] or {"highlight_query": {"match_none": {}}})}
            for path, shape in MARKED.items()
            if marked[path] or "no_match_size" in shape
        },
    }
