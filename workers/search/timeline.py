"""Hits a day, summed up to the bars of a chart: days if they fit, else weeks, months or years."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final, Literal

from workers.search.results import Bar, Timeline

Unit = Literal["day", "week", "month", "year"]
MAX_BARS: Final = 62
_UNITS: Final[tuple[tuple[Unit, int], ...]] = (("day", 1), ("week", 7), ("month", 28))


def build_timeline(days: Mapping[date, int]) -> Timeline:
    """Return bars from the first day with a hit to the last. Where even years are too many, the
    first bar has all years before the last MAX_BARS - 1."""
    if not days:
        return Timeline("day")
    first, last = min(days), max(days)
    length = (last - first).days + 1
    unit: Unit = next((name for name, size in _UNITS if length / size <= MAX_BARS), "year")
    counts: dict[date, int] = {}
    for day, count in days.items():
        start = _bar_start(day, unit)
        counts[start] = counts.get(start, 0) + count
    return Timeline(unit, _bars(counts, _bar_start(first, unit), last, unit))


def _bars(counts: Mapping[date, int], start: date, last: date, unit: Unit) -> tuple[Bar, ...]:
    bars: list[Bar] = []
    while start <= last:
        following = _next_bar_start(start, unit)
        end = following - timedelta(days=1) if following else date.max
        bars.append(Bar(start.isoformat(), end.isoformat(), counts.get(start, 0)))
        if following is None:
            break
        start = following
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
