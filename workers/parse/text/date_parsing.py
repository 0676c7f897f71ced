"""A point in time out of text: ISO 8601, RFC 2822, numbers, month names of many languages."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

from schemas.article import MAX_CLOCK_SKEW, make_aware
from workers.parse.text import lexicon, time_of_day

_ISO: Final = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})"
    rf"(?:[T\s,]{{1,3}}(\d{{1,2}}):?(\d{{2}})(?::?(\d{{2}})(?:[.,:]\d{{1,9}})?)?{time_of_day.TAIL})?"
)
_RFC: Final = re.compile(r"[A-Z][a-z]{2},? \d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}")
# As JavaScript writes it, "Tue Mar 12 2024 14:05:33", and Unix, "Tue Mar 12 14:05:33 CET 2024".
_YEAR_WITHIN: Final = re.compile(r"[A-Z][a-z]{2} [A-Z][a-z]{2} {1,2}\d{1,2} \d{4} ")
_YEAR_LAST: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} {1,2}\d{1,2}) (\d{2}:\d{2}.{0,12}) (\d{4})$"
)
_YEAR_FIRST: Final = re.compile(
    r"(?<!\d)((?:19|20)\d{2})\s?[-/.年년]\s?(\d{1,2})\s?[-/.月월]\s?(\d{1,2})(?!\d)"
)
_DAY_FIRST: Final = re.compile(
    r"(?<!\d)(\d{1,2})\s?[./-]\s?(\d{1,2})\s?[./-]\s?((?:19|20)\d{2}|\d{2})(?!\d)"
)
_WORD: Final = r"([^\W\d_][^\d\s,.]{1,14})"
_YEAR: Final = r"((?:19|20)\d{2})"
_NAMED_DAY_FIRST: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?,?[\s-]{{1,2}}(?:de |of |d')?"
    rf"{_WORD}\.?,?[\s-]{{1,2}}(?:de |del |of )?{_YEAR}"
)
_NAMED_MONTH_FIRST: Final = re.compile(
    rf"{_WORD}\.?\s{{1,2}}(\d{{1,2}})(?:st|nd|rd|th|\.)?,?\s{{1,2}}{_YEAR}"
)
_DIGIT: Final = re.compile(r"\d")
_CHANGES: Final = lexicon.phrases("vocabulary", "changed")
# At the start of a word; with a capital also within one, as in "20 Apr 2026 ESTUpdated"; in scripts
# that have no capitals anywhere.
_CHANGED: Final = re.compile(
    rf"(?<![^\W\d_])(?i:{'|'.join(_CHANGES)})|{'|'.join(map(str.capitalize, _CHANGES))}"
)
FIRST_YEAR: Final = 1990
_LONGEST: Final = 300
_FARTHEST: Final = 24

DateSpan = tuple[datetime, int, int]


def parse(value: str) -> datetime | None:
    """A machine-written date; without a zone if none is written. None if it cannot be read."""
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) in (10, 13) and value[0] == "1":
        return _valid(datetime.fromtimestamp(int(value[:10]), UTC))
    if match := _ISO.match(value):
        return _from_iso(match)
    if _RFC.match(value):
        return _from_rfc(value)
    if _YEAR_WITHIN.match(value):
        return find_date(value, "en")
    if match := _YEAR_LAST.match(value):
        return find_date(f"{match[1]} {match[3]} {match[2]}", "en")
    return None


def _from_rfc(value: str) -> datetime | None:
    try:
        found = _valid(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if found is None or found.tzinfo:
        return found
    return find_date(
        value, "en"
    )  # with what the standard does not know: halves of days, more zones


def _from_iso(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, half, zone = match.groups()
    try:
        found = datetime(
            int(year),
            int(month),
            int(day),
            time_of_day.hour_of(int(hour or 0), half),
            int(minute or 0),
            min(59, int(second or 0)),
            tzinfo=time_of_day.zone_of(zone),
        )
    except ValueError:
        return None
    return _valid(found)


def _valid(found: datetime) -> datetime | None:
    return found if found.year >= FIRST_YEAR else None


@cache
def _months(language: str) -> dict[str, int]:
    """Month by name, for one language; for an unknown one all names that mean one month only."""
    every = lexicon.table("months")
    if language in every:
        return _numbered(every[language])
    found: dict[str, int] = {}
    for names in every.values():
        for name, number in _numbered(names).items():
            found[name] = number if found.get(name, number) == number else 0
    return {name: number for name, number in found.items() if number}


def _numbered(names: str) -> dict[str, int]:
    return {
        form: number
        for number, forms in enumerate(names.split(", "), 1)
        for form in forms.split("/")
    }


def find_date(text: str, language: str = "") -> datetime | None:
    """The first date in a line that people read, with the time beside it if there is one."""
    found = find_date_span(text, language)
    return found[0] if found else None


def find_date_span(text: str, language: str = "") -> DateSpan | None:
    """As `spotted`, with where date and time begin and end."""
    text = text[:_LONGEST]
    if not _DIGIT.search(text):
        return None
    found = _named(text, language[:2]) or _numbers(text, language)
    if found is None:
        return None
    day, start, end = found
    clock = _clock_beside(text, start, end)
    if clock is None:
        return found
    return time_of_day.add_time(day, clock), min(start, clock.start()), max(end, clock.end())


def _clock_beside(text: str, start: int, end: int) -> re.Match[str] | None:
    """The time that belongs to a date: nothing dated and no change stands between the two."""
    after = time_of_day.CLOCK.search(text, end)
    if after and _is_near(text[end : after.start()]):
        return after
    for before in [*time_of_day.CLOCK.finditer(text, 0, start)][-1:]:
        first = before.start()
        is_another_s = bool(_DIGIT.search(text, max(0, first - 3), first))  # "2024-03-12T14:05"
        if not is_another_s and _is_near(text[before.end() : start]):
            return before
    return None


def _is_near(between: str) -> bool:
    return len(between) <= _FARTHEST and not _DIGIT.search(between) and change_at(between) is None


def is_past(date: datetime | None, now: datetime | None) -> bool:
    """True for a date that a page got at `now` can be of; a day of grace, as zones are often
    missing."""
    return date is not None and (
        now is None or make_aware(date) <= make_aware(now) + MAX_CLOCK_SKEW
    )


def change_at(text: str) -> int | None:
    """Where a line begins to speak of a change: a date after that is not of the first print."""
    match = _CHANGED.search(text)
    return match.start() if match else None


def _named(text: str, language: str) -> DateSpan | None:
    for pattern, order in ((_NAMED_DAY_FIRST, (1, 2, 3)), (_NAMED_MONTH_FIRST, (2, 1, 3))):
        for match in pattern.finditer(text):
            day, name, year = (match[n] for n in order)
            name = name.lower().rstrip(".")
            month = _months(language).get(name) or _months("en").get(name) or _months("").get(name)
            if month and (found := _day(int(year), month, int(day))):
                return found, match.start(), match.end()
    return None


def _numbers(text: str, language: str) -> DateSpan | None:
    if match := _YEAR_FIRST.search(text):
        found = _day(int(match[1]), int(match[2]), int(match[3]))
    elif match := _DAY_FIRST.search(text):
        year = int(match[3]) if len(match[3]) == 4 else 2000 + int(match[3])  # noqa: PLR2004
        first, second = int(match[1]), int(match[2])
        if language.lower().replace("_", "-") == "en-us":
            first, second = second, first
        found = _day(year, second, first) or _day(year, first, second)
    else:
        return None
    return (found, match.start(), match.end()) if found else None


def _day(year: int, month: int, day: int) -> datetime | None:
    try:
        return _valid(datetime(year, month, day))  # noqa: DTZ001  no zone is printed
    except ValueError:
        return None
