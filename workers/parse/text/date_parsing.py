"""Parses dates and times in text: ISO 8601, RFC 2822, numbers, month names of many languages."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

from schemas.article import MAX_CLOCK_SKEW, make_aware
from workers.parse.text import lexicon, time_of_day

_ISO: Final = re.compile(
    r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})"
    rf"(?:[T\s,]{{1,3}}(\d{{1,2}}):?(\d{{2}})(?::?(\d{{2}})(?:[.,:]\d{{1,9}})?)?{time_of_day.TIME_SUFFIX})?"
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
_CHANGE_PHRASES: Final = lexicon.phrases("vocabulary", "changed")
# At the start of a word; with a capital also within one, as in "20 Apr 2026 ESTUpdated"; anywhere
# in scripts without capitals.
_CHANGE_MARKER: Final = re.compile(
    rf"(?<![^\W\d_])(?i:{'|'.join(_CHANGE_PHRASES)})"
    rf"|{'|'.join(map(str.capitalize, _CHANGE_PHRASES))}"
)
MIN_YEAR: Final = 1990
_MAX_LINE_CHARS: Final = 300
_MAX_TIME_DISTANCE_CHARS: Final = 24
_CENTURY: Final = 2000
_YEAR_DIGITS: Final = 4

DateSpan = tuple[datetime, int, int]
"""A date, and where in the text it begins and ends."""


def parse_timestamp(value: str) -> datetime | None:
    """Return the time of a machine-written date, or None if it cannot be parsed.

    It has a zone only if one is written.
    """
    value = value.strip()
    if value.isascii() and value.isdigit() and len(value) in (10, 13) and value[0] == "1":
        return _checked(datetime.fromtimestamp(int(value[:10]), UTC))
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
        date = _checked(parsedate_to_datetime(value))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date is None or date.tzinfo:
        return date
    # Again, with am and pm and the zones that the RFC does not have.
    return find_date(value, "en")


def _from_iso(match: re.Match[str]) -> datetime | None:
    year, month, day, hour, minute, second, half, zone = match.groups()
    try:
        date = datetime(
            int(year),
            int(month),
            int(day),
            time_of_day.to_24_hours(int(hour or 0), half),
            int(minute or 0),
            min(59, int(second or 0)),
            tzinfo=time_of_day.parse_zone(zone),
        )
    except ValueError:
        return None
    return _checked(date)


def _checked(date: datetime) -> datetime | None:
    """Return the date, or None if it is too old for a page of the web."""
    return date if date.year >= MIN_YEAR else None


@cache
def _month_numbers(language: str) -> dict[str, int]:
    """Return months by name in one language; for an unknown one, the names of all languages that
    mean one month only."""
    by_language = lexicon.table("months")
    if language in by_language:
        return _parse_months(by_language[language])
    numbers: dict[str, int] = {}
    for names in by_language.values():
        for name, number in _parse_months(names).items():
            numbers[name] = number if numbers.get(name, number) == number else 0
    return {name: number for name, number in numbers.items() if number}


def _parse_months(names: str) -> dict[str, int]:
    """Return the numbers of names as `months.toml` lists them: "january/jan, february/feb"."""
    return {
        form: number
        for number, forms in enumerate(names.split(", "), 1)
        for form in forms.split("/")
    }


def find_date(text: str, language: str = "") -> datetime | None:
    """Return the first date in a line for readers, with the time beside it; None without a date."""
    span = find_date_span(text, language)
    return span[0] if span else None


def find_date_span(text: str, language: str = "") -> DateSpan | None:
    """Return the same with its position, which includes the time."""
    text = text[:_MAX_LINE_CHARS]
    if not _DIGIT.search(text):
        return None
    span = _find_named_date(text, language[:2]) or _find_numeric_date(text, language)
    if span is None:
        return None
    day, start, end = span
    time = _find_time_beside(text, start, end)
    if time is None:
        return span
    return time_of_day.add_time(day, time), min(start, time.start()), max(end, time.end())


def _find_time_beside(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the time of the date at `start` to `end`, or None: it is near the date, with no other
    number and no mention of a change between them."""
    after = time_of_day.TIME_PATTERN.search(text, end)
    if after and _is_near(text[end : after.start()]):
        return after
    for before in [*time_of_day.TIME_PATTERN.finditer(text, 0, start)][-1:]:
        first = before.start()
        is_of_other_date = bool(_DIGIT.search(text, max(0, first - 3), first))  # "2024-03-12T14:05"
        if not is_of_other_date and _is_near(text[before.end() : start]):
            return before
    return None


def _is_near(between: str) -> bool:
    return (
        len(between) <= _MAX_TIME_DISTANCE_CHARS
        and not _DIGIT.search(between)
        and find_change_marker(between) is None
    )


def is_past(date: datetime | None, now: datetime | None) -> bool:
    """Return True for a date before `now`, when the page was fetched, or any date without `now`.

    `MAX_CLOCK_SKEW` is tolerated, as zones are often missing.
    """
    return date is not None and (
        now is None or make_aware(date) <= make_aware(now) + MAX_CLOCK_SKEW
    )


def find_change_marker(text: str) -> int | None:
    """Return the position of words such as "updated", or None: a later date is that of a change."""
    match = _CHANGE_MARKER.search(text)
    return match.start() if match else None


def _find_named_date(text: str, language: str) -> DateSpan | None:
    """Return the first date whose month is a name."""
    for pattern, order in ((_NAMED_DAY_FIRST, (1, 2, 3)), (_NAMED_MONTH_FIRST, (2, 1, 3))):
        for match in pattern.finditer(text):
            day, name, year = (match[index] for index in order)
            name = name.lower().rstrip(".")
            month = (
                _month_numbers(language).get(name)
                or _month_numbers("en").get(name)
                or _month_numbers("").get(name)
            )
            if month and (date := _make_day(int(year), month, int(day))):
                return date, match.start(), match.end()
    return None


def _find_numeric_date(text: str, language: str) -> DateSpan | None:
    """Return the first date in numbers; the month is first in US English."""
    if match := _YEAR_FIRST.search(text):
        date = _make_day(int(match[1]), int(match[2]), int(match[3]))
    elif match := _DAY_FIRST.search(text):
        year = int(match[3]) if len(match[3]) == _YEAR_DIGITS else _CENTURY + int(match[3])
        first, second = int(match[1]), int(match[2])
        if language.lower().replace("_", "-") == "en-us":
            first, second = second, first
        date = _make_day(year, second, first) or _make_day(year, first, second)
    else:
        return None
    return (date, match.start(), match.end()) if date else None


def _make_day(year: int, month: int, day: int) -> datetime | None:
    try:
        return _checked(datetime(year, month, day))  # noqa: DTZ001  no zone is printed
    except ValueError:
        return None
