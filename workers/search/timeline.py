"""Hits a day, summed up to the bars of a chart: days if they fit, else weeks, months or years."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from workers.search.params import SearchParams, Unit
from workers.search.query.ast import And, Term
from workers.search.query.fields import FIELDS
from workers.search.query.times import local_day, resolve, time_bounds
from workers.search.results import Bar, Timeline

MAX_BARS: Final = 62
_UNITS: Final[tuple[tuple[Unit, int], ...]] = (("day", 1), ("week", 7), ("month", 28))


def asked_days(params: SearchParams, now: datetime) -> tuple[date | None, date | None]:
    """Return the first and the last day that a search asks for, like `asked_span`, in its zone."""
    start, end = asked_span(params, now)
    last = end - timedelta(microseconds=1) if end else None
    return (
        local_day(start, params.zone) if start else None,
        local_day(last, params.zone) if last else None,
    )


def asked_span(params: SearchParams, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the first moment that a search asks for and the first one beyond, by its filters and
    by the times that every hit must have. None is a side that is open; no range goes beyond
    `now`."""
    parsed = params.parsed.root
    parts = parsed.parts if isinstance(parsed, And) else (parsed,)
    asked = [(part.field, part.text) for part in parts if isinstance(part, Term) and part.field]
    starts, ends = [], []
    for name, text in (*asked, *params.filters):
        if FIELDS[name].paths != ("time",):
            continue
        first, last = time_bounds(FIELDS[name].kind, text, params.zone)
        starts += [start] if first and (start := resolve(first, now, params.zone)) else []
        ends += [end] if last and (end := resolve(last, now, params.zone)) else []
    return (max(starts, default=None), min([*ends, now]) if starts or ends else None)


def build_timeline(
    days: Mapping[date, int],
    asked: tuple[date | None, date | None] = (None, None),
    chosen: Unit | None = None,
) -> Timeline:
    """Return bars over the days asked for, or from the first day with a hit to the last, each of a
    `chosen` unit or one that fits. Where that unit makes too many bars, the first one has all that
    is before the last MAX_BARS - 1."""
    if not days:
        return Timeline(chosen or "day")
    first, last = min(asked[0] or date.max, *days), max(asked[1] or date.min, *days)
    unit = chosen or fitting_unit(first, last)
    counts: dict[date, int] = {}
    for day, count in days.items():
        start = _bar_start(day, unit)
        counts[start] = counts.get(start, 0) + count
    return Timeline(unit, _bars(counts, _bar_start(first, unit), last, unit))


def fitting_unit(first: date, last: date) -> Unit:
    """Return the smallest unit of which at most MAX_BARS make up these days, or a year."""
    length = (last - first).days + 1
    return next((name for name, size in _UNITS if length / size <= MAX_BARS), "year")


def periods(first: date, last: date, unit: Unit) -> Iterator[tuple[date, date]]:
    """Yield the first and the last day of each period from `first` to `last`."""
    start: date | None = _bar_start(first, unit)
    while start is not None and start <= last:
        following = _next_bar_start(start, unit)
        yield start, following - timedelta(days=1) if following else date.max
        start = following


def _bars(counts: Mapping[date, int], start: date, last: date, unit: Unit) -> tuple[Bar, ...]:
    bars = [
        Bar(begin.isoformat(), end.isoformat(), counts.get(begin, 0))
        for begin, end in periods(start, last, unit)
    ]
    early, late = bars[: 1 - MAX_BARS], bars[1 - MAX_BARS :]
    if len(bars) <= MAX_BARS:
        return tuple(bars)
    return (Bar(early[0].start, early[-1].end, sum(bar.count for bar in early)), *late)


def _bar_start(day: date, unit: Unit) -> date:
    if unit == "week":
        return date.fromordinal(max(1, day.toordinal() - day.weekday()))
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _next_bar_start(start: date, unit: Unit) -> date | None:
    """Return the first day of the next bar, or None at the end of the calendar."""
    days = {"day": 1, "week": 7, "month": 32, "year": 366}[unit]
    if start.toordinal() + days > date.max.toordinal():
        return None
    return _bar_start(start + timedelta(days=days), unit)
