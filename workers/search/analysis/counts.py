"""How many articles were printed on something, by day, week, month or year and by outlet or another
facet, beside all that was printed then."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from schemas.json import Json
from workers.search.params import FACETS, UNITS, InvalidSearchError, SearchParams, Unit, validate
from workers.search.ports import Index, execute
from workers.search.query.ast import And, Node, Not, ParsedQuery, Term
from workers.search.query.compiler import compile_query
from workers.search.query.fields import FIELDS
from workers.search.requests import (
    aggregations_only,
    all_filters,
    field_path,
    filter_query,
    search_clauses,
    time_histogram,
)
from workers.search.response import day_of
from workers.search.timeline import asked_days, fitting_unit, periods

MAX_QUERIES: Final = 5
MAX_GROUPS: Final = 20
MAX_PERIODS: Final = 1_500
GROUPINGS: Final = FACETS

_Key = tuple[str, date]  # a group, and the first day of a period


# The docstrings of these classes are descriptions in the OpenAPI document.
class CountRow(Struct, frozen=True):
    """Articles of one query from the day `start` to the day `end`, both in it. `group` is an
    outlet, a language and so on, empty where nothing was grouped. `coverage` is the number of all
    articles under the same filters, and `share` the part of them that the query found, 0..1."""

    query: str
    start: str
    end: str
    group: str
    articles: int
    coverage: int
    share: float


class Counts(Struct, frozen=True):
    """`rows` are without gaps: each query, group and period has one. Of many groups, those with
    the most articles are listed."""

    unit: Unit
    by: str
    queries: tuple[str, ...]
    rows: tuple[CountRow, ...] = ()


def count_articles(
    index: Index, params: SearchParams, more_queries: Iterable[str], by: str, now: datetime
) -> Counts:
    """Return counts for the query of `params` and `more_queries` under the same filters.

    Raises:
        InvalidSearchError: there are too many queries or periods, or `by` is no facet.
        QueryError: a query has a mistake.
    """
    validate(params)
    queries = tuple(dict.fromkeys((params.query, *more_queries)))
    if len(queries) > MAX_QUERIES:
        raise InvalidSearchError(f"vs: no more than {MAX_QUERIES} queries at a time")
    if by and by not in GROUPINGS:
        raise InvalidSearchError(f"by: takes one of {', '.join(GROUPINGS)}")
    searches = [msgspec.structs.replace(params, query=query) for query in queries]
    found = [] if by else [_days(index, search_clauses(search), search.zone) for search in searches]
    days = [day for each in found for day in each] or _outer_days(index, searches)
    days += [day for search in searches for day in asked_days(search, now) if day]
    first, last = min(days, default=None), max(days, default=None)
    if first is None or last is None:
        return Counts(params.unit or "day", by, queries)
    unit = params.unit or fitting_unit(first, last)
    spans = list(periods(first, last, unit))
    if len(spans) > MAX_PERIODS:
        larger = ", ".join(UNITS[UNITS.index(unit) + 1 :])
        raise InvalidSearchError(f"unit: more than {MAX_PERIODS} times a {unit}; take {larger}")
    if by:
        rows = [row for search in searches for row in _rows(index, search, by, unit, spans)]
    else:
        rows = list(_ungrouped_rows(index, searches, found, spans))
    return Counts(unit, by, queries, tuple(rows))


def _outer_days(index: Index, searches: Sequence[SearchParams]) -> list[date]:
    """Return the days of the first and the last hit of each of these searches."""
    times = {name: {name: {"field": "time"}} for name in ("min", "max")}
    answers = [_ask(index, filter_query(search_clauses(search)), times) for search in searches]
    values = [answer[name]["value"] for answer in answers for name in times]
    zone = searches[0].zone
    return [day_of(int(value), zone) for value in values if value is not None]


def _ungrouped_rows(
    index: Index,
    searches: Iterable[SearchParams],
    found: Iterable[Mapping[date, int]],
    spans: list[tuple[date, date]],
) -> Iterator[CountRow]:
    """Yield the rows of searches whose articles by day are `found`. What queries have in common is
    asked once: all coverage, where they have no field."""
    known: list[tuple[list[Json], Mapping[date, int]]] = []
    for search, days in zip(searches, found, strict=True):
        clauses = _coverage_clauses(search)
        coverage = next((each for asked, each in known if asked == clauses), None)
        if coverage is None:
            coverage = _days(index, clauses, search.zone)
            known.append((clauses, coverage))
        articles, all_articles = _by_period(days, spans), _by_period(coverage, spans)
        for span in spans:
            yield _row(search.query, span, "", articles[span[0]], all_articles[span[0]])


def _days(index: Index, clauses: list[Json], zone: ZoneInfo) -> Mapping[date, int]:
    """Return the number of articles of each day that has any."""
    answer = _ask(index, filter_query(clauses), {"times": time_histogram("day", zone)})
    return {day_of(each["key"], zone): each["doc_count"] for each in _buckets(answer)}


def _by_period(days: Mapping[date, int], spans: list[tuple[date, date]]) -> Counter[date]:
    """Return the numbers of days, summed up by the first day of each period that they are in."""
    starts = [start for start, _ in spans]
    counts: Counter[date] = Counter()
    for day, number in days.items():
        if starts[0] <= day <= spans[-1][1]:
            counts[starts[bisect_right(starts, day) - 1]] += number
    return counts


def _row(query: str, span: tuple[date, date], group: str, articles: int, coverage: int) -> CountRow:
    return CountRow(
        query=query,
        start=span[0].isoformat(),
        end=span[1].isoformat(),
        group=group,
        articles=articles,
        coverage=coverage,
        share=round(articles / coverage, 6) if coverage else 0.0,
    )


def _rows(
    index: Index, params: SearchParams, by: str, unit: Unit, spans: list[tuple[date, date]]
) -> Iterator[CountRow]:
    terms: Json = {"field": field_path(by), "size": MAX_GROUPS}
    groups, found = _histogram(index, search_clauses(params), terms, unit, params.zone)
    if not groups:
        return
    terms["include"] = groups
    _, coverage = _histogram(index, _coverage_clauses(params), terms, unit, params.zone)
    for group in groups:
        for span in spans:
            key = (group, span[0])
            yield _row(params.query, span, group, found.get(key, 0), coverage.get(key, 0))


def _histogram(
    index: Index, clauses: list[Json], terms: Json, unit: Unit, zone: ZoneInfo
) -> tuple[list[str], Mapping[_Key, int]]:
    """Return the groups, largest first, and the number of articles of each group and period."""
    times: Json = {"times": time_histogram(unit, zone)}
    answer = _ask(index, filter_query(clauses), {"groups": {"terms": terms, "aggs": times}})
    buckets = answer["groups"]["buckets"]
    counts = {
        (str(bucket["key"]), day_of(each["key"], zone)): each["doc_count"]
        for bucket in buckets
        for each in _buckets(bucket)
    }
    return [str(bucket["key"]) for bucket in buckets], counts


def _buckets(aggregation: Json) -> list[Json]:
    buckets: list[Json] = aggregation["times"]["buckets"]
    return buckets


def _ask(index: Index, query: Json, aggregations: Json) -> Json:
    answer: Json = execute(index, aggregations_only(query, aggregations))["aggregations"]
    return answer


def _coverage_clauses(params: SearchParams) -> list[Json]:
    """Return the clauses of all that the query could have found: its fields without its words."""
    root = params.parsed.root
    parts = root.parts if isinstance(root, And) else (root,)
    kept = And(tuple(part for part in parts if not _searches_text(part)))
    return [compile_query(ParsedQuery(params.query, kept, zone=params.zone)), *all_filters(params)]


def _searches_text(node: Node) -> bool:
    if isinstance(node, Term):
        return node.field is None or FIELDS[node.field].kind == "text"
    if isinstance(node, Not):
        return _searches_text(node.operand)
    return any(map(_searches_text, node.parts))
