"""Outlets as their articles show them: all of them in a list, and one with its volume, languages,
sections, hours, agencies, corrections and silences."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import gcd
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from schemas.json import Json
from workers.search.analysis.corrections import (
    OutletCorrections,
    parse_corrections,
    with_corrections,
)
from workers.search.params import SearchParams, validate
from workers.search.ports import Index, execute
from workers.search.query.times import local_day
from workers.search.requests import (
    aggregations_only,
    filter_query,
    search_clauses,
    time_histogram,
)
from workers.search.response import day_of, moment_of
from workers.search.results import FacetValue, Timeline
from workers.search.timeline import asked_days, asked_span, build_timeline

MAX_OUTLETS: Final = 1_000
MAX_VALUES: Final = 12
DAYS: Final = 90
# A span without articles is a silence from this length on, and from so many usual gaps on.
MIN_SILENCE: Final = timedelta(hours=12)
USUAL_GAPS: Final = 4
MAX_SILENCES: Final = 10
HOUR: Final = timedelta(hours=1)
HOUR_SECONDS: Final = 3_600
MIN_PART_SECONDS: Final = 900  # no zone of today is off by less than a quarter of an hour
_PROFILED: Final = {
    "languages": "language",
    "sections": "section",
    "authors": "authors",
    "agencies": "source",
    "roles": "role",
}


# The docstrings of these classes are descriptions in the OpenAPI document.
class OutletRow(Struct, frozen=True):
    """An outlet among all: its number of articles, the times of its first and last one, and how
    long it was silent since: until now, or the end of the range asked for."""

    outlet: str
    country: str
    language: str
    articles: int
    changed: int
    first: str
    last: str
    silent_seconds: float


class Silence(Struct, frozen=True):
    """A span without articles, within the hour; `is_now` if it lasts on. No span goes beyond the
    end of the range asked for."""

    start: str
    end: str
    hours: int
    is_now: bool = False


class OutletProfile(Struct, frozen=True, kw_only=True):
    """What an outlet printed from `start` to `end`: without a range asked for, the 90 days before
    its last article. `hours` are articles by weekday, Monday first, and hour of the day in `zone`.
    `own_share` is the part that no other outlet had before, 0..1. `silent_seconds` are those from
    the last article until now, or until the end of the range asked for."""

    outlet: str
    site_name: str
    country: str
    start: str
    end: str
    articles: int
    words: int | None
    own_share: float
    timeline: Timeline
    zone: str
    hours: tuple[tuple[int, ...], ...]
    languages: tuple[FacetValue, ...]
    sections: tuple[FacetValue, ...]
    authors: tuple[FacetValue, ...]
    agencies: tuple[FacetValue, ...]
    roles: tuple[FacetValue, ...]
    corrections: OutletCorrections
    silences: tuple[Silence, ...]
    silent_seconds: float


def list_outlets(index: Index, params: SearchParams, now: datetime) -> tuple[OutletRow, ...]:
    """Return the outlets of the articles that a search finds, in the order of their ids.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    one = {name: {"terms": {"field": name, "size": 1}} for name in ("country", "language")}
    changed = {"changed": {"filter": {"exists": {"field": "changed_at"}}}}
    outlets = {"terms": {"field": "outlet", "size": MAX_OUTLETS}}
    aggregations = {"outlets": {**outlets, "aggs": {**_times(), **one, **changed}}}
    answer = _ask(index, params, aggregations)
    end = asked_span(params, now)[1] or now
    rows = [_outlet_row(bucket, end) for bucket in answer["outlets"]["buckets"]]
    return tuple(sorted(rows, key=lambda row: row.outlet))


def _times() -> Json:
    return {"first": {"min": {"field": "time"}}, "last": {"max": {"field": "time"}}}


def _outlet_row(bucket: Json, end: datetime) -> OutletRow:
    last = moment_of(bucket["last"]["value"] or 0)
    most = {name: bucket[name]["buckets"][:1] for name in ("country", "language")}
    return OutletRow(
        outlet=bucket["key"],
        articles=bucket["doc_count"],
        changed=bucket["changed"]["doc_count"],
        first=moment_of(bucket["first"]["value"] or 0).isoformat(),
        last=last.isoformat(),
        silent_seconds=_silent_seconds(last, end),
        **{name: found[0]["key"] if found else "" for name, found in most.items()},
    )


def _silent_seconds(last: datetime, end: datetime) -> float:
    return max(0.0, (end - last).total_seconds())


def profile_outlet(
    index: Index, outlet: str, params: SearchParams, now: datetime
) -> OutletProfile | None:
    """Return what an outlet printed, or None if it printed nothing at all. Other outlets among the
    filters of the search are left out.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    others = (each for each in params.filters if each[0] != "outlet")
    own, zone = msgspec.structs.replace(params, filters=(*others, ("outlet", outlet))), params.zone
    span = _ask(index, own, _times())
    if span["last"]["value"] is None:
        return None
    first, last = moment_of(span["first"]["value"]), moment_of(span["last"]["value"])
    end, asked = asked_span(own, now)[1] or now, asked_days(own, now)
    if asked == (None, None):
        first = max(first, last - timedelta(days=DAYS))
        asked = (local_day(first, zone), None)
        own = msgspec.structs.replace(
            own, filters=(*own.filters, ("after", local_day(first, zone).isoformat()))
        )
    answer = _ask(index, own, _profile_aggregations(zone, last))
    parts = [(moment_of(each["key"]), each["doc_count"]) for each in answer["hours"]["buckets"]]
    days = {day_of(each["key"], zone): each["doc_count"] for each in answer["days"]["buckets"]}
    articles = max(1, answer["all"]["doc_count"])
    words = answer["all"]["words"]["values"]["50.0"]
    return OutletProfile(
        outlet=outlet,
        site_name=next((each["key"] for each in answer["site_name"]["buckets"]), ""),
        country=next((each["key"] for each in answer["country"]["buckets"]), ""),
        start=first.isoformat(),
        end=last.isoformat(),
        articles=answer["all"]["doc_count"],
        words=None if words is None else round(words),
        own_share=round(answer["all"]["own"]["doc_count"] / articles, 6),
        timeline=build_timeline(days, asked, params.unit),
        zone=str(zone),
        hours=_by_weekday_and_hour(parts, zone),
        corrections=parse_corrections({"key": outlet, **answer["all"]}),
        silences=tuple(find_silences(_hours([at for at, _ in parts]), end, lasts_on=end == now)),
        silent_seconds=_silent_seconds(last, end),
        **{name: _values(answer[name]) for name in _PROFILED},
    )


def _part_seconds(zone: ZoneInfo, at: datetime) -> int:
    """Return the length of the longest parts of an hour in UTC of which each lies within one hour
    of the zone, in summer and in winter."""
    offsets = [at.replace(month=month, day=1).astimezone(zone).utcoffset() for month in (1, 7)]
    seconds = [int(offset.total_seconds()) for offset in offsets if offset]
    return max(MIN_PART_SECONDS, gcd(HOUR_SECONDS, *seconds))


def _profile_aggregations(zone: ZoneInfo, last: datetime) -> Json:
    part = f"{_part_seconds(zone, last)}s"
    hours = {"field": "time", "fixed_interval": part, "min_doc_count": 1}
    own = {"filter": {"term": {"role": "original"}}}
    words = {"percentiles": {"field": "words", "percents": [50]}}
    return {
        "hours": {"date_histogram": hours},
        "days": time_histogram("day", zone),
        "all": {
            "filter": {"match_all": {}},
            "aggs": {"own": own, "words": words, **with_corrections()},
        },
        **{
            name: {"terms": {"field": path, "size": MAX_VALUES}}
            for name, path in (*_PROFILED.items(), ("site_name",) * 2, ("country",) * 2)
        },
    }


def _ask(index: Index, params: SearchParams, aggregations: Json) -> Json:
    request = aggregations_only(filter_query(search_clauses(params)), aggregations)
    answer: Json = execute(index, request)["aggregations"]
    return answer


def _values(aggregation: Json) -> tuple[FacetValue, ...]:
    return tuple(FacetValue(each["key"], each["doc_count"]) for each in aggregation["buckets"])


def _by_weekday_and_hour(
    parts: Iterable[tuple[datetime, int]], zone: ZoneInfo
) -> tuple[tuple[int, ...], ...]:
    table = [[0] * 24 for _ in range(7)]
    for part, articles in parts:
        local = part.astimezone(zone)
        table[local.weekday()][local.hour] += articles
    return tuple(map(tuple, table))


def _hours(parts: Iterable[datetime]) -> list[datetime]:
    """Return the hours (their beginnings) that these parts of hours are in, each once, in order."""
    return list(dict.fromkeys(part.replace(minute=0, second=0) for part in parts))


def find_silences(
    hours: Sequence[datetime], end: datetime, *, lasts_on: bool = True
) -> list[Silence]:
    """Return the spans until `end` that are long for this outlet, longest first, from the hours
    (their beginnings, in order) in which it printed something. The last one may last on unless
    more may have been printed after `end`."""
    if not hours:
        return []
    gaps = [(end - start, start, end) for start, end in pairwise(hours)]
    usual = timedelta(seconds=median(gap.total_seconds() for gap, _, _ in gaps) if gaps else 0)
    shortest = max(MIN_SILENCE, USUAL_GAPS * usual)
    found = [_silence(start, end) for gap, start, end in gaps if gap - HOUR >= shortest]
    if end - hours[-1] - HOUR >= shortest:
        found.append(msgspec.structs.replace(_silence(hours[-1], end), is_now=lasts_on))
    return sorted(found, key=lambda silence: -silence.hours)[:MAX_SILENCES]


def _silence(start: datetime, end: datetime) -> Silence:
    """Return the span from the end of one hour with articles to the beginning of another."""
    begin = (start + HOUR).astimezone(UTC)
    return Silence(begin.isoformat(), end.astimezone(UTC).isoformat(), (end - begin) // HOUR)
