"""Pictures drawn by the server: hits over time, and a cluster's members over time."""

from datetime import UTC, datetime, timedelta
from typing import Final

from msgspec import Struct

from workers.search.results import Bar, ClusterMember, Timeline

WIDTH: Final = 720
HEIGHT: Final = 96
GAP: Final = 2
ROW: Final = 30
LEFT: Final = 170
MARGIN: Final = 24


class Column(Struct, frozen=True):
    """One bar where it is drawn."""

    x: float
    y: float
    width: float
    height: float
    bar: Bar


class Dot(Struct, frozen=True):
    """A member of the cluster where it is drawn."""

    x: float
    y: float
    member: ClusterMember
    after: str


class ClusterPicture(Struct, frozen=True):
    """A row for each outlet, in the order of their first article."""

    height: int
    rows: tuple[tuple[str, float], ...]
    dots: tuple[Dot, ...]
    start: str
    end: str


def columns(line: Timeline) -> tuple[Column, ...]:
    """Return bars as high as their counts; a bar that is not empty is always visible."""
    highest = max((bar.count for bar in line.bars), default=0)
    if not highest:
        return ()
    step = WIDTH / len(line.bars)
    drawn = []
    for number, bar in enumerate(line.bars):
        height = max(3.0, bar.count / highest * HEIGHT) if bar.count else 0.0
        width = max(1.0, min(step - GAP, 48.0))
        x = number * step + (step - width) / 2
        drawn.append(Column(round(x, 1), round(HEIGHT - height, 1), round(width, 1), height, bar))
    return tuple(drawn)


def cluster_picture(members: tuple[ClusterMember, ...]) -> ClusterPicture:
    """Return the picture of who printed first and who after."""
    outlets = list(dict.fromkeys(each.outlet for each in members))
    moments = [_moment(each.time) for each in members]
    first, last = min(moments, default=_NEVER), max(moments, default=_NEVER)
    length = (last - first) or timedelta(seconds=1)
    width = WIDTH - LEFT - 2 * MARGIN
    dots = tuple(
        Dot(
            x=round(LEFT + MARGIN + width * ((moment - first) / length), 1),
            y=_row(outlets.index(each.outlet)),
            member=each,
            after=later,
        )
        for each, moment, later in zip(members, moments, after_first(members), strict=True)
    )
    rows = tuple((outlet, _row(number)) for number, outlet in enumerate(outlets))
    return ClusterPicture(ROW * len(outlets) + 34, rows, dots, first.isoformat(), last.isoformat())


def after_first(members: tuple[ClusterMember, ...]) -> list[str]:
    """Return how long after the first each member was printed."""
    moments = [_moment(each.time) for each in members]
    return [after(moment - min(moments)) for moment in moments]


_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _row(number: int) -> float:
    return ROW * number + ROW / 2


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _NEVER
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def after(length: timedelta) -> str:
    """Return `first`, `5 min later`, `3 h later`, `3 days later`."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "first" if not length else "at once"
    if minutes < 60:  # noqa: PLR2004  of an hour, and below of two days
        return f"{minutes} min later"
    if minutes < 2_880:  # noqa: PLR2004
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min later" if rest else f"{hours} h later"
    return f"{minutes // 1_440} days later"
