"""Search parameters in a URL, read and written: a search is shared by its URL."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Annotated, Final, Literal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import msgspec
from fastapi import Depends, Query, Request
from msgspec import Struct
from pydantic import BaseModel, Field

from workers.search.analysis.counts import GROUPINGS
from workers.search.export import ExportOptions
from workers.search.outlet_sets import check_collections
from workers.search.params import (
    EXTRA_FILTERS,
    FACETS,
    MAX_PAGE_SIZE,
    SearchParams,
    Unit,
    View,
    parse_zone,
)
from workers.search.query.lexer import QueryError
from workers.search.query.times import local_day, start_of_day, time_bounds
from workers.search.query.zones import UTC_ZONE
from workers.site.services import SiteDep
from workers.site.zones import reader_zone

TIME_FILTERS: Final = frozenset({"on", "after", "before"})
Values = Annotated[list[str], Field(default_factory=list, max_length=50)]


class SearchQueryString(BaseModel):
    """Values of one filter widen the search, filters narrow it."""

    q: str = Field("", description="The query; see /help for its language.")
    outlet: Values
    country: Values
    place: Annotated[Values, Field(description="A country (code) that articles tell of.")]
    name: Annotated[Values, Field(description="A capitalised name in the text.")]
    lang: Values
    section: Values
    author: Values
    agency: Values
    kind: Values
    role: Values
    collection: Annotated[
        Values, Field(description="A named set of outlets, see /api/collections.")
    ]
    on: Annotated[Values, Field(description="A time, or a range such as 2026-03-01..2026-03-07.")]
    after: Values
    before: Values
    cluster: Values
    changed: Annotated[Values, Field(description="When the text was last changed, as `on`.")]
    changes: Annotated[Values, Field(description="How often it was changed, as in `1..`.")]
    sort: Literal["relevance", "newest", "oldest", "changed", "copies", ""] = ""
    size: int = Field(20, ge=1, le=MAX_PAGE_SIZE)
    reprints: bool = Field(default=False, description="Every article, not one of each cluster.")
    start: Annotated[
        str, Field("", description="First day, as a date picker sends it; takes the place of `on`.")
    ]
    end: Annotated[str, Field("", description="Last day, as `start`.")]
    view: Literal["full", "compact", "table", ""] = ""
    unit: Literal["day", "week", "month", "year", ""] = Field(
        "", description="The time of a bar in the chart; without it, one that fits."
    )
    zone: Annotated[
        str,
        Field("", description="Whose days are meant and counted, as Europe/Berlin; UTC if empty."),
    ]


def _search_params(
    fields: Annotated[SearchQueryString, Query()], request: Request, site: SiteDep
) -> SearchParams:
    filters = [
        (name, value)
        for name in (*FACETS, *EXTRA_FILTERS)
        for value in getattr(fields, name)
        if value
    ]
    if fields.start or fields.end:
        filters = [each for each in filters if each[0] not in TIME_FILTERS]
        filters.append(("on", f"{fields.start}..{fields.end}"))
    params = SearchParams(
        query=fields.q,
        filters=tuple(dict.fromkeys(filters)),
        sort=fields.sort or None,
        size=fields.size,
        is_collapsed=not fields.reprints,
        unit=fields.unit or None,
        view=fields.view or "full",
        zone=parse_zone(fields.zone) if fields.zone else _zone_of_reader(request),
        is_zone_named=bool(fields.zone),
    )
    if not fields.zone and params.zone != UTC_ZONE:
        params = _as_for_everybody(params, request.query_params.getlist("vs"))
    check_collections(site.reader, params)
    return params


def _zone_of_reader(request: Request) -> ZoneInfo:
    """Return the zone that the reader of a page chose; the API has no readers."""
    return UTC_ZONE if request.url.path.startswith("/api/") else reader_zone(request)


def _as_for_everybody(params: SearchParams, vs: Iterable[str]) -> SearchParams:
    """Return the search of a link without a zone: if it or a query beside it names days, they are
    days in UTC, so that it means the same for every reader."""
    try:
        names_times = params.names_times or any(SearchParams(query=each).names_times for each in vs)
    except QueryError:  # the search itself says so
        return params
    return msgspec.structs.replace(params, zone=UTC_ZONE) if names_times else params


class Counted(Struct, frozen=True):
    """What is counted besides the query: further queries, and by which facet."""

    vs: tuple[str, ...]
    by: str


def _counted(
    site: SiteDep,
    vs: Annotated[list[str] | None, Query(description="Further queries, at most four.")] = None,
    by: Annotated[str, Query(description=f"One of {', '.join(GROUPINGS)}.")] = "",
) -> Counted:
    queries = tuple(query for query in vs or () if query.strip())
    for query in queries:
        check_collections(site.reader, SearchParams(query=query))
    return Counted(queries, by)


def _export_options(
    fields: Annotated[str, Query(description="Names of fields with commas; without it, all.")] = "",
    sample: Annotated[int, Query(description="So many articles at random; 0: all.")] = 0,
    seed: Annotated[int, Query(description="The same seed takes the same sample.")] = 0,
) -> ExportOptions:
    names = tuple(dict.fromkeys(name.strip() for name in fields.split(",") if name.strip()))
    return ExportOptions(names, sample, seed)


ExportOptionsDep = Annotated[ExportOptions, Depends(_export_options)]
CountedDep = Annotated[Counted, Depends(_counted)]
SearchParamsDep = Annotated[SearchParams, Depends(_search_params)]


def to_pairs(params: SearchParams) -> list[tuple[str, str]]:
    """Return the search as parameters of a URL, without those that have their defaults."""
    query_pairs = [("q", params.query)] if params.query else []
    query_pairs += params.filters
    if params.sort:
        query_pairs.append(("sort", params.sort))
    if params.size != SearchParams().size:
        query_pairs.append(("size", str(params.size)))
    if params.unit:
        query_pairs.append(("unit", params.unit))
    if params.view != "full":
        query_pairs.append(("view", params.view))
    if params.zone != UTC_ZONE or params.is_zone_named:
        query_pairs.append(("zone", params.zone.key))
    return query_pairs if params.is_collapsed else [*query_pairs, ("reprints", "true")]


def search_url(params: SearchParams, path: str = "/", more: Iterable[tuple[str, str]] = ()) -> str:
    """Return the URL of a search, with `more` parameters."""
    query_string = urlencode([*to_pairs(params), *more])
    return f"{path}?{query_string}" if query_string else path


def with_unit(params: SearchParams, unit: Unit | None) -> SearchParams:
    """Return the search with another unit of its chart."""
    return msgspec.structs.replace(params, unit=unit)


def with_view(params: SearchParams, view: View) -> SearchParams:
    """Return the search with its hits shown in another way."""
    return msgspec.structs.replace(params, view=view)


def with_query_alone(params: SearchParams, query: str) -> SearchParams:
    """Return the search for another query, without filters, that means the same days."""
    return SearchParams(query=query, zone=params.zone, is_zone_named=params.is_zone_named)


def without_filters(params: SearchParams) -> SearchParams:
    """Return the search with its query alone."""
    return msgspec.structs.replace(params, filters=())


def in_time(params: SearchParams, name: str = "", value: str = "") -> SearchParams:
    """Return the search narrowed to this time alone, or to none without a name."""
    others = tuple(each for each in params.filters if each[0] not in TIME_FILTERS)
    time = ((name, value),) if name else ()
    return msgspec.structs.replace(params, filters=(*others, *time))


def chosen_days(params: SearchParams) -> tuple[str, str]:
    """Return the first and the last day that a date picker shows in the place of all filters of
    time of a search, empty where it is open; both are empty where whole days would not be the
    same, as with hours or with times relative to now."""
    filters = [each for each in params.filters if each[0] in TIME_FILTERS]
    try:
        bounds = [time_bounds(name, text, params.zone) for name, text in filters]
        starts = [_day_from(start, params.zone) for start, _ in bounds if start]
        ends = [_day_from(end, params.zone) - timedelta(days=1) for _, end in bounds if end]
    except (OverflowError, ValueError):
        return "", ""
    first, last = max(starts, default=None), min(ends, default=None)
    return first.isoformat() if first else "", last.isoformat() if last else ""


def _day_from(moment: str, zone: ZoneInfo) -> date:
    """Return the day of this zone that begins at a moment of `time_bounds`.

    Raises:
        ValueError: none does, or the moment is relative to now.
    """
    at = datetime.fromisoformat(moment)
    day = local_day(at, zone)
    if at != start_of_day(day, zone):
        raise ValueError(moment)
    return day


def toggle_filter(params: SearchParams, name: str, value: str) -> SearchParams:
    """Return the search without the filter if it has it, else with it."""
    toggled = (name, value)
    if toggled in params.filters:
        others = tuple(each for each in params.filters if each != toggled)
        return msgspec.structs.replace(params, filters=others)
    return msgspec.structs.replace(params, filters=(*params.filters, toggled))


def narrow_to_bar(params: SearchParams, start: str, end: str) -> SearchParams:
    """Return the search narrowed to the days of a bar of the timeline."""
    return in_time(params, "on", start if start == end else f"{start}..{end}")
