"""Times of day as people and machines write them, with am or pm and the time zone."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from workers.parse.text import lexicon

_ZONES: Final = {
    name: offset for offset, names in lexicon.table("zones").items() for name in names.split()
}
# Zones that change with the season.
_PLACES: Final = {
    name: place
    for place, names in lexicon.table("clock")["places"].items()
    for name in names.split()
}
_ZONE_NAMES: Final = "|".join(sorted([*_ZONES, *_PLACES], key=len, reverse=True))
_BEFORE_NOON: Final = lexicon.phrases("clock", "before_noon")
_AFTER_NOON: Final = lexicon.phrases("clock", "after_noon")
_NOON_WORDS: Final = lexicon.phrases("clock", "noon")
_HALVES: Final = "|".join(
    re.escape(word)
    for word in sorted((*_BEFORE_NOON, *_AFTER_NOON, *_NOON_WORDS), key=len, reverse=True)
)
_OFFSET: Final = r"[+−-]\d{1,2}(?::?\d{2})?(?![\d:])"
# What may follow a time: am or pm and a zone, as in "ESTUpdated" but not in "ISTANBUL".
TIME_SUFFIX: Final[str] = (
    rf"(?:\s*([aApP](?:\.\s?)?[mM]\b\.?|(?:{_HALVES})(?!\w)))?(?:\s?Uhr)?"
    rf"(?:\s*\(?((?:GMT|UTC)\s?{_OFFSET}|(?:{_ZONE_NAMES})(?![A-Z]{{2}}|[a-z])|Z\b|{_OFFSET}))?"
)
TIME_PATTERN: Final[re.Pattern[str]] = re.compile(
    rf"(?:({_HALVES})\s?)?(?<![\d+])(\d{{1,2}})\s?[:.hH：時时시点點]\s?(\d{{2}}|\d(?=\s?[分분]))"
    rf"(?:\s?[分분]|:(\d{{2}})(?:[.,]\d{{1,6}})?)?(?!\d|[.:]\d{{4}}){TIME_SUFFIX}"
)
_MAX_OFFSET_HOURS: Final = 14
_NOON: Final = 12


def to_24_hours(hour: int, half: str | None) -> int:
    """Return the hour, 0..23; `half` is "am", "p.m." or such words, ignored after 12."""
    if not half or hour > _NOON:
        return hour
    word = half.lower()
    if word in _NOON_WORDS:
        return hour if hour in {_NOON - 1, _NOON} else hour % _NOON + _NOON
    is_after = word in _AFTER_NOON or word[0] == "p"
    return hour % _NOON + (_NOON if is_after else 0)


def parse_zone(text: str | None) -> tzinfo | None:
    """Return the zone of a name or an offset; None if `text` is empty.

    Raises:
        ValueError: the offset is one that no place on earth has.
    """
    if not text or text == "Z":
        return UTC if text else None
    if text in _PLACES:
        return ZoneInfo(_PLACES[text])
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
    half_before, hour, minute, second, half_after, zone = time.groups()
    try:
        return day.replace(
            hour=to_24_hours(int(hour), half_before or half_after),
            minute=int(minute),
            second=min(59, int(second or 0)),
            tzinfo=None if _is_range(second, zone) else parse_zone(zone),
        )
    except ValueError:
        return day


def _is_range(second: str | None, zone: str | None) -> bool:
    """Return True for a range such as "19:00-21:00", whose end looks like the offset of a zone."""
    return not second and zone is not None and zone[0] not in "+GU" and ":" in zone
