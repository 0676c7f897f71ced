"""Times of day as people and machines write them, with the half of the day and the zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from workers.parse.text import lexicon

_ZONES: Final = {
    name: offset for offset, names in lexicon.table("zones").items() for name in names.split()
}
_NAMES: Final = "|".join(sorted(_ZONES, key=len, reverse=True))
_OFFSET: Final = r"[+−-]\d{1,2}(?::?\d{2})?(?![\d:])"
# What may follow a clock: the half of the day and a zone, that of "ESTUpdated" but not "ISTANBUL".
TAIL: Final[str] = (
    r"(?:\s*([aApP])(?:\.\s?)?[mM]\b\.?)?(?:\s?Uhr)?"
    rf"(?:\s*\(?((?:GMT|UTC)\s?{_OFFSET}|(?:{_NAMES})(?![A-Z]{{2}}|[a-z])|Z\b|{_OFFSET}))?"
)
CLOCK: Final[re.Pattern[str]] = re.compile(
    r"(?<![\d+])(\d{1,2})\s?[:.hH]\s?(\d{2})(?::(\d{2})(?:[.,]\d{1,6})?)?(?!\d|[.:]\d{4})" + TAIL
)
_LARGEST_OFFSET: Final = 14


def hour_of(hour: int, half: str | None) -> int:
    """Of 24, with the half of the day ("a", "p") where one is written."""
    if not half or hour > 12:  # noqa: PLR2004  a clock of 24 hours, whatever is written behind it
        return hour
    return hour % 12 + (12 if half in {"p", "P"} else 0)


def zone_of(text: str | None) -> timezone | None:
    """Raises ValueError for what no place on earth has."""
    if not text or text == "Z":
        return UTC if text else None
    offset = _ZONES.get(text) or text.removeprefix("GMT").removeprefix("UTC").strip()
    digits = offset[1:].replace(":", "")
    if len(digits) % 2:
        digits = f"0{digits}"
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > _LARGEST_OFFSET:
        raise ValueError(text)
    return timezone((1 if offset[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def add_time(day: datetime, clock: re.Match[str]) -> datetime:
    """`day` at the time that `CLOCK` found; the day alone if there is no such time."""
    hour, minute, second, half, zone = clock.groups()
    try:
        return day.replace(
            hour=hour_of(int(hour), half),
            minute=int(minute),
            second=min(59, int(second or 0)),
            tzinfo=None if _is_range(second, zone) else zone_of(zone),
        )
    except ValueError:  # no time of a day
        return day


def _is_range(second: str | None, zone: str | None) -> bool:
    """True for "19:00-21:00", which ends two hours later and has no zone."""
    return not second and zone is not None and zone[0] not in "+GU" and ":" in zone
