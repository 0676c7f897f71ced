"""The geometry of the chart of counts: a line for each query or group, with an axis of values."""

import math
from collections.abc import Iterator
from itertools import groupby
from typing import Final, Literal

from msgspec import Struct

from workers.search.analysis.counts import CountRow, Counts

# pixels of the viewBox
WIDTH: Final = 720
HEIGHT: Final = 240
LEFT: Final = 52
BOTTOM: Final = 24
TOP: Final = 10
MAX_LINES: Final = 5
TICKS: Final = 4

Measure = Literal["articles", "share"]


class Series(Struct, frozen=True):
    """`points` as SVG takes them; `dots` have the text that tells a value. `total` counts
    articles."""

    name: str
    points: str
    dots: tuple[tuple[float, float, str], ...]
    total: int


class LinesChart(Struct, frozen=True):
    """`ticks` are (y, text) of the axis of values."""

    lines: tuple[Series, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    start: str = ""
    end: str = ""


def lines_chart(counts: Counts, measure: Measure) -> LinesChart:
    """Return the chart of the series with the most articles, at most MAX_LINES of them."""
    series = [list(rows) for _, rows in groupby(counts.rows, lambda row: (row.query, row.group))]
    if not series:
        return LinesChart()
    chosen = sorted(series, key=lambda rows: -sum(row.articles for row in rows))[:MAX_LINES]
    shown = [rows for rows in series if rows in chosen]
    highest = max(_value(row, measure) for rows in shown for row in rows)
    step = _step(highest, measure)
    top = step * TICKS
    ticks = tuple(
        (_y(step * number, top), _text(step * number, measure)) for number in range(TICKS + 1)
    )
    lines = tuple(_line(rows, measure, top, len(counts.queries) > 1) for rows in shown)
    return LinesChart(lines, ticks, shown[0][0].start, shown[0][-1].end)


def _line(rows: list[CountRow], measure: Measure, top: float, names_query: bool) -> Series:
    width = WIDTH - LEFT
    step = width / len(rows)
    places = [
        (round(LEFT + (number + 0.5) * step, 1), _y(_value(row, measure), top))
        for number, row in enumerate(rows)
    ]
    dots = tuple(
        (x, y, f"{row.start}: {row.articles:,} of {row.coverage:,} ({row.share:.2%})")
        for (x, y), row in zip(places, rows, strict=True)
    )
    names = [rows[0].query or "everything"] if names_query or not rows[0].group else []
    name = " · ".join([*names, *([rows[0].group] if rows[0].group else [])])
    points = " ".join(f"{x},{y}" for x, y in places)
    return Series(name, points, dots, sum(row.articles for row in rows))


def _value(row: CountRow, measure: Measure) -> float:
    return row.share if measure == "share" else row.articles


def _y(value: float, top: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)


def _step(highest: float, measure: Measure) -> float:
    """Return a round distance of ticks: 1, 2 or 5 times a power of ten; whole for articles."""
    wanted = max(highest / TICKS, 1e-6)
    steps = _round_steps(10 ** math.floor(math.log10(wanted)))
    found = next(step for step in steps if step >= wanted)
    return max(1.0, found) if measure == "articles" else found


def _round_steps(power: float) -> Iterator[float]:
    yield from (power * factor for factor in (1, 2, 5, 10, 20))


def _text(value: float, measure: Measure) -> str:
    return f"{value * 100:g} %" if measure == "share" else f"{value:,.0f}"
