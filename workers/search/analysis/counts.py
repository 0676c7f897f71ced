"""How many articles were printed on something, by day, week, month or year and by outlet or another
facet, beside all that was printed then."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final

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
    first, last = _range(index, searches, now)
    if first is None or last is None:
        return Counts(params.unit or "day", by, queries)
    unit = params.unit or fitting_unit(first, last)
    spans = list(periods(first, last, unit))
    if len(spans) > MAX_PERIODS:
        larger = ", ".join(UNITS[UNITS.index(unit) + 1 :])
        raise InvalidSearchError(f"unit: more than {MAX_PERIODS} times a {unit}; take {larger}")
    rows = [row for search in searches for row in _rows(index, search, by, unit, spans)]
    return Counts(unit, by, queries, tuple(rows))


def _range(
    index: Index, searches: Iterable[SearchParams], now: datetime
) -> tuple[date | None, date | None]:
    """Return the first and the last day that is asked for or has a hit of one of these searches."""
    days: list[date] = []
    for search in searches:
        times = {name: {name: {"field": "time"}} for name in ("min", "max")}
        answer = _ask(index, filter_query(search_clauses(search)), times)
        values = [answer[name]["value"] for name in times]
        days += [day_of(int(value)) for value in values if value is not None]
        days += [day for day in asked_days(search, now) if day]
    return (min(days), max(days)) if days else (None, None)


def _rows(
    index: Index, params: SearchParams, by: str, unit: Unit, spans: list[tuple[date, date]]
) -> Iterator[CountRow]:
    groups, found = _histogram(index, search_clauses(params), by, unit, None)
    coverage = _histogram(index, _coverage_clauses(params), by, unit, groups)[1] if groups else {}
    for group in groups:
        for start, end in spans:
            articles, total = found.get((group, start), 0), coverage.get((group, start), 0)
            yield CountRow(
                query=params.query,
                start=start.isoformat(),
                end=end.isoformat(),
                group=group,
                articles=articles,
                coverage=total,
                share=round(articles / total, 6) if total else 0.0,
            )


def _histogram(
    index: Index, clauses: list[Json], by: str, unit: Unit, groups: list[str] | None
) -> tuple[list[str], Mapping[_Key, int]]:
    """Return the groups, largest first, and the number of articles of each group and period."""
    days = {"field": "time", "calendar_interval": unit, "min_doc_count": 1}
    times: Json = {"times": {"date_histogram": days}}
    if not by:
        answer = _ask(index, filter_query(clauses), times)
        return [""], {("", day_of(each["key"])): each["doc_count"] for each in _buckets(answer)}
    terms: Json = {"field": field_path(by), "size": MAX_GROUPS}
    if groups is not None:
        terms["include"] = groups
    answer = _ask(index, filter_query(clauses), {"groups": {"terms": terms, "aggs": times}})
    buckets = answer["groups"]["buckets"]
    counts = {
        (str(bucket["key"]), day_of(each["key"])): each["doc_count"]
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
    return [compile_query(ParsedQuery(params.query, kept)), *all_filters(params)]


def _searches_text(node: Node) -> bool:
    if isinstance(node, Term):
        return node.field is None or FIELDS[node.field].kind == "text"
    if isinstance(node, Not):
        return _searches_text(node.operand)
    return any(map(_searches_text, node.parts))
