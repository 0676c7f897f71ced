"""Who copies whom: the stories that were printed most often, how long outlets take to print what
another had first, and which agencies' texts they print."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

from msgspec import Struct

from schemas.json import Json
from workers.search.params import InvalidSearchError, SearchParams, validate
from workers.search.ports import Index, execute
from workers.search.requests import aggregations_only, filter_query, search_clauses
from workers.search.results import Cluster
from workers.search.service import fetch_clusters

MAX_STORIES: Final = 50
# Lags are read from this many stories, those with the most articles.
MAX_SAMPLED_STORIES: Final = 1_000
MAX_OUTLETS: Final = 50
MAX_AGENCIES: Final = 30
MIN_COPIES: Final = 2
MAX_COPIES: Final = 10_000


# The docstrings of these classes are descriptions in the OpenAPI document.
class OutletCopies(Struct, frozen=True):
    """An outlet's part in the stories that several printed: in how many it was `first`, and how
    long after the first one it was in the others. `own_share` is the part of all its articles that
    no other outlet had before, 0..1."""

    outlet: str
    articles: int
    own_share: float
    shared_stories: int
    first: int
    median_lag_seconds: float | None = None


class AgencyCount(Struct, frozen=True):
    """Articles of one outlet that name this agency or other source."""

    agency: str
    outlet: str
    articles: int


class Copies(Struct, frozen=True):
    """`stories` are those with at least as many articles as were asked for, most articles first;
    outlets count in `sampled_stories` of them."""

    stories: tuple[Cluster, ...]
    outlets: tuple[OutletCopies, ...]
    agencies: tuple[AgencyCount, ...]
    sampled_stories: int


def find_copies(index: Index, params: SearchParams, minimum: int) -> Copies:
    """Return who copied whom among the articles that a search finds, for stories of at least
    `minimum` articles.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    if not MIN_COPIES <= minimum <= MAX_COPIES:
        raise InvalidSearchError(f"copies: from {MIN_COPIES} to {MAX_COPIES}")
    answer = execute(index, _request(params, minimum))["aggregations"]
    stories = answer["stories"]["buckets"]
    shown = [bucket["key"] for bucket in stories[:MAX_STORIES]]
    clusters = fetch_clusters(index, shown)
    return Copies(
        stories=tuple(clusters[each] for each in shown if each in clusters),
        outlets=_outlets(answer["outlets"]["buckets"], stories),
        agencies=_agencies(answer["agencies"]["buckets"]),
        sampled_stories=len(stories),
    )


def _request(params: SearchParams, minimum: int) -> Json:
    first = {"first": {"min": {"field": "time"}}}
    printers = {"terms": {"field": "outlet", "size": MAX_OUTLETS}}
    stories = {"field": "cluster_id", "size": MAX_SAMPLED_STORIES, "min_doc_count": minimum}
    agencies = {"field": "source", "size": MAX_AGENCIES}
    original = {"own": {"filter": {"term": {"role": "original"}}}}
    aggregations = {
        "stories": {"terms": stories, "aggs": {"outlets": {**printers, "aggs": first}}},
        "outlets": {**printers, "aggs": original},
        "agencies": {"terms": agencies, "aggs": {"outlets": printers}},
    }
    return aggregations_only(filter_query(search_clauses(params)), aggregations)


def _outlets(buckets: Iterable[Json], stories: Iterable[Json]) -> tuple[OutletCopies, ...]:
    lags = _lags_seconds(stories)
    rows = [_outlet_row(bucket, lags.get(bucket["key"], [])) for bucket in buckets]
    return tuple(sorted(rows, key=lambda row: (-row.shared_stories, row.outlet)))


def _outlet_row(bucket: Json, lags: list[float]) -> OutletCopies:
    later = [lag for lag in lags if lag > 0]
    return OutletCopies(
        outlet=bucket["key"],
        articles=bucket["doc_count"],
        own_share=round(bucket["own"]["doc_count"] / bucket["doc_count"], 6),
        shared_stories=len(lags),
        first=len(lags) - len(later),
        median_lag_seconds=median(later) if later else None,
    )


def _lags_seconds(stories: Iterable[Json]) -> Mapping[str, list[float]]:
    """Return for each outlet how long after the first one it had each story of several outlets."""
    lags: dict[str, list[float]] = defaultdict(list)
    for story in stories:
        times = {each["key"]: each["first"]["value"] for each in story["outlets"]["buckets"]}
        known = {outlet: time for outlet, time in times.items() if time is not None}
        if len(known) > 1:
            first = min(known.values())
            for outlet, time in known.items():
                lags[outlet].append((time - first) / 1_000)
    return lags


def _agencies(buckets: Iterable[Json]) -> tuple[AgencyCount, ...]:
    return tuple(
        AgencyCount(bucket["key"], each["key"], each["doc_count"])
        for bucket in buckets
        for each in bucket["outlets"]["buckets"]
    )
