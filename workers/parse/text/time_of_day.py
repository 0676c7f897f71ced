"""Times of day as people and machines write them, with am or pm and the time zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from workers.parse.text import lexicon

_ZONES: Final = {
    name: offset for offset, names in lexicon.table("zones").items() for name in names.split()
}
_ZONE_NAMES: Final = "|".join(sorted(_ZONES, key=len, reverse=True))
_OFFSET: Final = r"[+−-]\d{1,2}(?::?\d{2})?(?![\d:])"
# What may follow a time: am or pm and a zone, as in "ESTUpdated" but not in "ISTANBUL".
TIME_SUFFIX: Final[str] = (
    r"(?:\s*([aApP])(?:\.\s?)?[mM]\b\.?)?(?:\s?Uhr)?"
    rf"(?:\s*\(?((?:GMT|UTC)\s?{_OFFSET}|(?:{_ZONE_NAMES})(?![A-Z]{{2}}|[a-z])|Z\b|{_OFFSET}))?"
)
TIME_PATTERN: Final[re.Pattern[str]] = re.compile(
    r"(?<![\d+])(\d{1,2})\s?[:.hH]\s?(\d{2})(?::(\d{2})(?:[.,]\d{1,6})?)?(?!\d|[.:]\d{4})"
    + TIME_SUFFIX
)
_MAX_OFFSET_HOURS: Final = 14
_NOON: Final = 12


def to_24_hours(hour: int, half: str | None) -> int:
    """Return the hour, 0..23; `half` is "a" or "p" for am and pm, ignored after 12."""
    if not half or hour > _NOON:
        return hour
    return hour % _NOON + (_NOON if half in {"p", "P"} else 0)


def parse_zone(text: str | None) -> timezone | None:
    """Return the zone of a name or an offset; None if `text` is empty.

    Raises:
        ValueError: the offset is one that no place on earth has.
    """
    if not text or text == "Z":
        return UTC if text else None
    offset = _ZONES.get(text) or text.removeprefix("GMT").removeprefix("UTC").strip()
    digits = offset[1:].replace(":", "")
    if len(digits) % 2:
        digits = f"0{digits}"
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > _MAX_OFFSET_HOURS:
        raise ValueError(text)
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def add_time(day: datetime, time: re.Match[str]) -> datetime:
    """Return `day` at a match of `TIME_PATTERN`; the day alone if there is no such time."""
    hour, minute, second, half, zone = time.groups()
    try:
        return day.replace(
            hour=to_24_hours(int(hour), half),
            minute=int(minute),
            second=min(59, int(second or 0)),
            tzinfo=None if _is_range(second, zone) else parse_zone(zone),
        )
    except ValueError:
        return day


def _is_range(second: str | None, zone: str | None) -> bool:
    """Return True for a range such as "19:00-21:00", whose end looks like the offset of a zone."""
    return not second and zone is not None and zone[0] not in "+GU" and ":" in zone
