"""The geometry of the SVG charts: hits over time, and a cluster's members over time."""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from schemas.article import make_aware
from workers.search.results import Bar, ClusterMember, Timeline

# pixels of the viewBox
WIDTH: Final = 720
HEIGHT: Final = 96
GAP: Final = 2
MIN_COLUMN_HEIGHT: Final = 3.0
MAX_COLUMN_WIDTH: Final = 48.0
ROW_HEIGHT: Final = 30
AXIS_HEIGHT: Final = 34
LABEL_WIDTH: Final = 170
MARGIN: Final = 24
MINUTES_IN_HOUR: Final = 60
MINUTES_IN_DAY: Final = 1_440


class Column(Struct, frozen=True):
    """One bar of the timeline with its place in the chart."""

    x: float
    y: float
    width: float
    height: float
    bar: Bar


class Dot(Struct, frozen=True):
    """A member of the cluster with its place in the chart; `delay` is the time after the first."""

    x: float
    y: float
    member: ClusterMember
    delay: str


class ClusterChart(Struct, frozen=True):
    """A row (outlet, y) for each outlet, in the order of their first articles."""

    height: int
    rows: tuple[tuple[str, float], ...]
    dots: tuple[Dot, ...]
    start: str
    end: str


def timeline_columns(line: Timeline) -> tuple[Column, ...]:
    """Return bars with heights in proportion to their counts; every bar with a hit is visible."""
    highest = max((bar.count for bar in line.bars), default=0)
    if not highest:
        return ()
    step = WIDTH / len(line.bars)
    placed = []
    for number, bar in enumerate(line.bars):
        height = max(MIN_COLUMN_HEIGHT, bar.count / highest * HEIGHT) if bar.count else 0.0
        width = max(1.0, min(step - GAP, MAX_COLUMN_WIDTH))
        x = number * step + (step - width) / 2
        placed.append(Column(round(x, 1), round(HEIGHT - height, 1), round(width, 1), height, bar))
    return tuple(placed)


def cluster_chart(members: tuple[ClusterMember, ...]) -> ClusterChart:
    """Return the chart of who printed the story when."""
    outlets = list(dict.fromkeys(each.outlet for each in members))
    times = [_parse_time(each.time) for each in members]
    first, last = min(times, default=_UNKNOWN), max(times, default=_UNKNOWN)
    length = (last - first) or timedelta(seconds=1)
    width = WIDTH - LABEL_WIDTH - 2 * MARGIN
    dots = tuple(
        Dot(
            x=round(LABEL_WIDTH + MARGIN + width * ((time - first) / length), 1),
            y=_row_center(outlets.index(each.outlet)),
            member=each,
            delay=delay,
        )
        for each, time, delay in zip(members, times, delays_after_first(members), strict=True)
    )
    rows = tuple((outlet, _row_center(number)) for number, outlet in enumerate(outlets))
    return ClusterChart(
        ROW_HEIGHT * len(outlets) + AXIS_HEIGHT, rows, dots, first.isoformat(), last.isoformat()
    )


def delays_after_first(members: tuple[ClusterMember, ...]) -> list[str]:
    """Return for each member how long after the first it was printed, in words."""
    times = [_parse_time(each.time) for each in members]
    return [describe_delay(time - min(times)) for time in times]


_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _row_center(number: int) -> float:
    return ROW_HEIGHT * number + ROW_HEIGHT / 2


def _parse_time(text: str) -> datetime:
    """Return the time, or 1970 if `text` is not a time."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return _UNKNOWN
    return make_aware(time)


def describe_delay(delay: timedelta) -> str:
    """Return `first`, `at once` (within a minute), `5 min later`, `3 h later` or `3 days later`."""
    minutes = int(delay.total_seconds() // 60)
    if minutes < 1:
        return "first" if not delay else "at once"
    if minutes < MINUTES_IN_HOUR:
        return f"{minutes} min later"
    if minutes < 2 * MINUTES_IN_DAY:
        hours, rest = divmod(minutes, MINUTES_IN_HOUR)
        return f"{hours} h {rest} min later" if rest else f"{hours} h later"
    return f"{minutes // MINUTES_IN_DAY} days later"
