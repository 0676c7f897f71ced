"""Elasticsearch requests of a search: hits of one page, aggregations, export."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from schemas.json import Json
from workers.search.params import FACETS, SearchParams, Sort, Unit
from workers.search.query.ast import ParsedQuery, Term
from workers.search.query.compiler import compile_query, compile_term, is_ranked
from workers.search.query.fields import FIELDS
from workers.search.query.highlighting import highlight_options
from workers.search.query.zones import UTC_ZONE

# Private-use characters around each match: no text of a page can pass for such a marker.
HIT_START: Final = "\ue000"
HIT_END: Final = "\ue001"

# After this time Elasticsearch ends a search by itself, so that work does not pile up.
TIMEOUT: Final = "10s"
MAX_FACET_VALUES: Final = 15
# Where the index has what people call the value of a facet.
NAME_PATHS: Final = {"outlet": "site_name"}
HIT_FIELDS: Final = (
    *("document_id", "url", "outlet", "site_name", "country", "language", "section", "authors"),
    *("source", "kind", "cluster_id", "role", "shared", "title", "subtitle", "words"),
    *("place_countries", "places", "names"),
    *("time", "published", "modified", "changed_at", "changes", "changed_words", "changed_in"),
)
# Longer texts are highlighted at their beginning only.
MAX_HIGHLIGHTED_CHARACTERS: Final = 300_000
_FRAGMENTS: Final[Json] = {"fragment_size": 180, "number_of_fragments": 2}
HIGHLIGHTED_FIELDS: Final[dict[str, Json]] = {
    "title": {"number_of_fragments": 0},
    "body": {**_FRAGMENTS, "no_match_size": 220},
    "captions": {**_FRAGMENTS, "number_of_fragments": 1},
}
_MARKERS: Final[Json] = {
    "type": "unified",
    "pre_tags": [HIT_START],
    "post_tags": [HIT_END],
    "max_analyzed_offset": MAX_HIGHLIGHTED_CHARACTERS,
}
SORT_CLAUSES: Final[dict[str, list[Json]]] = {
    "relevance": [{"_score": "desc"}, {"time": "desc"}, {"document_id": "asc"}],
    "newest": [{"time": "desc"}, {"document_id": "asc"}],
    "oldest": [{"time": "asc"}, {"document_id": "asc"}],
    # of the stories that were printed most often, the first printing stands for each
    "copies": [{"time": "asc"}, {"document_id": "asc"}],
    "changed": [
        {"changed_at": {"order": "desc", "missing": "_last", "unmapped_type": "date"}},
        {"document_id": "asc"},
    ],
}


def effective_sort(params: SearchParams) -> Sort:
    """Return the order of the hits: without `sort`, relevance if the query searches text, else
    newest first."""
    return params.sort or ("relevance" if is_ranked(params.parsed) else "newest")


def hits_request(params: SearchParams, *, start: int = 0, after: list[Any] | None = None) -> Json:
    """Return the request for one page of hits and one more hit, which shows that there is a next
    page."""
    filters = all_filters(params)
    request: Json = {
        "query": {"bool": {"must": [compile_query(params.parsed)], "filter": filters}},
        "sort": SORT_CLAUSES[effective_sort(params)],
        "size": params.size + 1,
        "source": list(HIT_FIELDS),
        "highlight": _highlight(params.parsed),
        "track_total_hits": False,
        "timeout": TIMEOUT,
    }
    if after:
        request["search_after"] = after
    if params.is_collapsed:
        request |= {"collapse": {"field": "cluster_id"}, "from": start}
    return request


def marks_request(document_id: str, query: ParsedQuery) -> Json | None:
    """Return the request for title and body of one article with all marks, or None if the query
    searches neither."""
    options = {path: highlight_options(query, path) for path in ("title", "body")}
    fields = {path: {"number_of_fragments": 0, **found} for path, found in options.items() if found}
    if not fields:
        return None
    return {
        "query": {"ids": {"values": [document_id]}},
        "size": 1,
        "source": False,
        "highlight": {**_MARKERS, "fields": fields},
        "timeout": TIMEOUT,
    }


def search_clauses(params: SearchParams) -> list[Json]:
    """Return the clauses of a search: its query, and all of its filters."""
    return [compile_query(params.parsed), *all_filters(params)]


def aggregations_only(query: Json, aggregations: Json) -> Json:
    """Return the request for aggregations of what `query` finds, without any hit."""
    return {
        "query": query,
        "size": 0,
        "track_total_hits": False,
        "aggs": aggregations,
        "timeout": TIMEOUT,
    }


def most_copied_request(params: SearchParams, size: int) -> Json:
    """Return the request for the clusters with the most articles that match."""
    order = [{"_count": "desc"}, {"_key": "asc"}]
    clusters = {"terms": {"field": "cluster_id", "size": size, "order": order}}
    return aggregations_only(filter_query(search_clauses(params)), {"clusters": clusters})


def aggregations_request(params: SearchParams) -> Json:
    """Return the request for total, facets and hits a day; as it has no hits, Elasticsearch can
    cache its response. A facet is counted under all filters but its own: those without a chosen
    value share one filter, which takes two thirds of the time of one for each."""
    values = {name: facet_terms(name, MAX_FACET_VALUES) for name in FACETS}
    chosen = [name for name in FACETS if params.chosen(name)]
    apart = {
        facet_key(name): {
            "filter": filter_query(
                facet_filters(params, [each for each in chosen if each != name])
            ),
            "aggs": {facet_key(name): values[name]},
        }
        for name in chosen
    }
    found = {
        "filter": filter_query(facet_filters(params, chosen)),
        "aggs": {
            **{facet_key(name): values[name] for name in FACETS if name not in chosen},
            "days": time_histogram("day", params.zone),
            "stories": {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}},
        },
    }
    query = filter_query([compile_query(params.parsed), *extra_filters(params)])
    return aggregations_only(query, {"found": found, **apart})


def facet_key(name: str) -> str:
    """Return the name of the aggregation that counts a facet's values."""
    return f"facet_{name}"


def export_request(params: SearchParams, fields: Sequence[str], seed: int | None) -> Json:
    """Return the request for all documents that match, in the order of the hits on the screen or,
    with a `seed`, in a random one; only these fields of them, if any are named."""
    must, filters = [compile_query(params.parsed)], all_filters(params)
    query: Json = {"bool": {"must": must, "filter": filters}}
    return {
        "query": query if seed is None else shuffled(query, seed, "_seq_no"),
        "sort": SORT_CLAUSES["relevance" if seed is not None else effective_sort(params)],
        "source": list(fields) or {"excludes": ["suggest", "quotes", "captions", "outline"]},
        "track_total_hits": False,
    }


def shuffled(query: Json, seed: int, field: str) -> Json:
    """Return the query with a random score; the same seed gives the same one again, as long as
    nothing is written. Articles that share the value of `field` share their score."""
    chance = {"seed": seed, "field": field}
    return {"function_score": {"query": query, "random_score": chance, "boost_mode": "replace"}}


def all_filters(params: SearchParams) -> list[Json]:
    """Return the filters of a search, besides its query."""
    return [*facet_filters(params, FACETS), *extra_filters(params)]


def facet_filters(params: SearchParams, names: Iterable[str]) -> list[Json]:
    """Return the filters of these facets."""
    return [
        {
            "terms": {
                field_path(name): [value.lower() if name == "place" else value for value in values]
            }
        }
        for name in names
        if (values := params.chosen(name))
    ]


def extra_filters(params: SearchParams) -> list[Json]:
    """Return the filters that are no facets: times and a cluster."""
    return [
        compile_term(term, ParsedQuery(value, term, zone=params.zone))
        for name, value in params.filters
        if name not in FACETS
        for term in (Term(value, name),)
    ]


def filter_query(clauses: list[Json]) -> Json:
    """Return the query that matches what all of these match, without a score."""
    return {"bool": {"filter": clauses}} if clauses else {"match_all": {}}


def time_histogram(unit: Unit, zone: ZoneInfo) -> Json:
    """Return the aggregation of articles by the days, weeks, months or years of this zone."""
    times: Json = {"field": "time", "calendar_interval": unit, "min_doc_count": 1}
    return {"date_histogram": times if zone == UTC_ZONE else {**times, "time_zone": zone.key}}


def facet_terms(name: str, size: int, **more: Any) -> Json:  # noqa: ANN401  Elasticsearch's
    """Return the aggregation of the most frequent values of a facet, each with what people call it
    if the index knows."""
    terms: Json = {"terms": {"field": field_path(name), "size": size, **more}}
    if name in NAME_PATHS:
        terms["aggs"] = {"name": {"terms": {"field": NAME_PATHS[name], "size": 1}}}
    return terms


def field_path(facet: str) -> str:
    """Return the field of the index that a facet counts."""
    return FIELDS[facet].paths[0]


def _highlight(query: ParsedQuery) -> Json:
    """Return the highlight options of all fields; of a body without a match, its beginning is
    shown."""
    options = {path: highlight_options(query, path) for path in HIGHLIGHTED_FIELDS}
    return {
        **_MARKERS,
        "order": "score",
        "fields": {
            path: {**defaults, **(options[path] or {"highlight_query": {"match_none": {}}})}
            for path, defaults in HIGHLIGHTED_FIELDS.items()
            if options[path] or "no_match_size" in defaults
        },
    }
