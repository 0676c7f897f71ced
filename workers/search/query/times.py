"""Times in a query: 2026, 2026-03, 2026-03-02, 2026-03-02T12:30, 7d, today, yesterday. Days, months
and years begin at midnight in the zone of the query."""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from workers.search.query.zones import UTC_ZONE

TIME_FORMS = "2026, 2026-03, 2026-03-02, 2026-03-02T12:30, 7d, today or yesterday"

_AGO = re.compile(r"([0-9]{1,5})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 168, "m": 720, "M": 720, "y": 8_760}
_RELATIVE = re.compile(r"now(?:-([0-9]+)([hdwMy]))?(\+1d)?(/d)?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.+\-Zz]+")


def time_span(text: str, zone: ZoneInfo = UTC_ZONE) -> tuple[str, str]:
    """Return the start of the named time and the first moment after it, in Elasticsearch's date
    format; a relative day (`/d`) is one in the zone that the server is asked with.

    Raises:
        ValueError: `text` is not a time.
    """
    text = text.strip()
    if ago := _AGO.fullmatch(text.lower()):
        unit = "M" if ago[2] == "m" else ago[2]
        return f"now-{ago[1]}{unit}", "now"
    if text.lower() in {"today", "yesterday"}:
        back = 0 if text.lower() == "today" else 1
        return f"now-{back}d/d", f"now-{back}d+1d/d"
    try:
        start, end = _moments(text, zone)
    except OverflowError as error:
        raise ValueError(str(error)) from error
    return start.isoformat(), end.isoformat()


def resolve(text: str, now: datetime, zone: ZoneInfo = UTC_ZONE) -> datetime | None:
    """Return the moment that a text of `time_span` means at `now` (months have 30 days), or None
    beyond the calendar."""
    try:
        relative = _RELATIVE.fullmatch(text)
        if relative is None:
            return datetime.fromisoformat(text)
        back = timedelta(hours=int(relative[1] or 0) * _HOURS[relative[2] or "h"])
        if not relative[4]:
            return now - back
        day = local_day(now, zone) - back + timedelta(days=1 if relative[3] else 0)
        return start_of_day(day, zone)
    except OverflowError:
        return None


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first moment of a day in this zone, in UTC. At the ends of the calendar, which no
    zone may lead beyond, it is midnight in UTC."""
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(day, time(), UTC)


class ReversedRangeError(ValueError):
    """A range ends before it begins."""


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day of a moment in this zone; at the ends of the calendar, that in UTC."""
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        return moment.date()


def time_range(text: str, zone: ZoneInfo = UTC_ZONE) -> tuple[str | None, str | None]:
    """Return start and end like `time_span`, also for `from..to`; a missing side is None. A range
    to `3d` ends three days ago.

    Raises:
        ReversedRangeError: the range ends before it begins.
        ValueError: `text` is not a time.
    """
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        return time_span(text, zone)
    if not first and not last:
        raise ValueError("neither beginning nor end")
    start = time_span(first, zone)[0] if first else None
    end = (time_span(last, zone)[0 if _AGO.fullmatch(last.lower()) else 1]) if last else None
    if first and last and _is_reversed(first, last, zone):
        raise ReversedRangeError(f"this range ends before it begins; {last}..{first} is one")
    return start, end


def time_bounds(kind: str, text: str, zone: ZoneInfo = UTC_ZONE) -> tuple[str | None, str | None]:
    """Return the first moment that a field of this kind (`on`, `after` or `before`) with this time
    lets through and the first one that it no longer does, like `time_span`; None is a side that is
    open.

    Raises:
        ReversedRangeError: a range ends before it begins.
        ValueError: `text` is not a time.
    """
    if kind == "on":
        return time_range(text, zone)
    start, _ = time_span(text, zone)
    return (start, None) if kind == "after" else (None, start)


def _is_reversed(first: str, last: str, zone: ZoneInfo) -> bool:
    """Return whether both are relative times, or both are dates, and the last one is earlier."""
    ago = [_AGO.fullmatch(each.lower()) for each in (first, last)]
    if ago[0] and ago[1]:
        return _hours(ago[0]) < _hours(ago[1])
    try:
        # the day that a zone has left out ends as it begins
        return first != last and _moments(first, zone)[0] >= _moments(last, zone)[1]
    except (OverflowError, ValueError):
        return False


def _hours(ago: re.Match[str]) -> int:
    return int(ago[1]) * _HOURS[ago[2]]


def _moments(text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    if date_match := _DATE.fullmatch(text):
        first, following = _days(date_match)
        return start_of_day(first, zone), start_of_day(following, zone)
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone).astimezone(UTC)
    return aware, aware + timedelta(minutes=1)


def _days(match: re.Match[str]) -> tuple[date, date]:
    """Return the first day of a day, month or year, and the first one after it."""
    year, month, day = int(match[1]), int(match[2] or 1), int(match[3] or 1)
    start = date(year, month, day)
    if match[3]:
        return start, start + timedelta(days=1)
    if match[2]:
        return start, date(year + month // 12, month % 12 + 1, 1)
    return start, date(year + 1, 1, 1)
