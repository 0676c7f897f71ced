"""Parses dates and times in text: ISO 8601, RFC 2822, numbers, month names of many languages."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache, lru_cache
from typing import Final

from schemas.article import MAX_CLOCK_SKEW, make_aware
from workers.parse.text import calendars, lexicon, time_of_day

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
# 25xx is Buddhist, 13xx and 14xx Solar Hijri.
_YEAR: Final = r"((?:19|20|25|13|14)\d{2})"
_YEAR_FIRST: Final = re.compile(
    rf"(?<!\d){_YEAR}\s?[-/.年년]\s?(\d{{1,2}})\s?[-/.月월]\s?(\d{{1,2}})(?!\d)"
)
_DAY_FIRST: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s?[./-]\s?(\d{{1,2}})\s?[./-]\s?(?:{_YEAR}|(\d{{2}}))(?!\d)"
)
_ERA_FIRST: Final = re.compile(
    rf"({calendars.ERA_NAMES})\s?(元|\d{{1,3}})\s?年\s?(\d{{1,2}})\s?月\s?(\d{{1,2}})(?!\d)"
)


def _names_of_two_words() -> str:
    """Return a pattern for the months of which each form has two words, with or without hamza."""
    forms = {
        form
        for names in lexicon.table("months").values()
        for form in re.split(r", |/", names)
        if " " in form and not form.startswith("de ") and not re.search(r"\d", form)
    }
    return "|".join(re.escape(form).replace("أ", "[أا]") for form in sorted(forms))


# Two words, an abbreviation with stops within (Thai), or one word.
_NAME: Final = rf"({_names_of_two_words()}|[ก-๎]{{1,3}}\.[ก-ฮ]|[^\W\d_][^\d\s,./]{{1,14}})"
# "نيسان / أبريل"
_OTHER_NAME: Final = r"(?:\s?/\s?[^\W\d_][^\d\s,./]{1,14})?"
# A year of four digits; of two after an apostrophe or between the marks of "12-Mar-24".
_YEAR_OF_NAMED: Final = rf"(?:{_YEAR}|(?<=['’/-])(\d{{2}}))(?![\d:])"
_COMMA: Final = r"(?:\s?[,،၊])?"
_NAMED_DAY_FIRST: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.)?{_COMMA}[\s./-]{{1,2}}(?:de |of |ng |d'|ខែ)?"
    rf"{_NAME}\.?{_OTHER_NAME}{_COMMA}[\s./-]{{1,2}}"
    rf"(?:de |del |of |พ\.ศ\.\s?|ឆ្នាំ|['’])?{_YEAR_OF_NAMED}",
    re.IGNORECASE,
)
_NAMED_MONTH_FIRST: Final = re.compile(
    rf"{_NAME}\.?[\s/-]{{1,2}}(\d{{1,2}})(?:st|nd|rd|th|\.)?{_COMMA}[\s/-]{{1,2}}['’]?{_YEAR_OF_NAMED}",
    re.IGNORECASE,
)
# "2024. március 12.", "2024 m. kovo 12 d.", "2024ko martxoaren 12a", "2024 թ. մարտի 12"
_NAMED_YEAR_FIRST: Final = re.compile(
    rf"(?<!\d){_YEAR}(?:e?ko|\.|,|\s?m\.|\s?թ\.,?)?\s{{1,2}}{_NAME}\.?\s{{1,2}}(\d{{1,2}})(?!\d|:)",
    re.IGNORECASE,
)
# "2024. gada 12. marts", "2024-yil 12-mart"
_NAMED_YEAR_DAY: Final = re.compile(
    rf"(?<!\d){_YEAR}(?:\.?\s?gada|[- ]yil|\s?жылғы)\s{{1,2}}(\d{{1,2}})[.\s-]{{1,2}}{_NAME}",
    re.IGNORECASE,
)
# With the groups of day, name and year, and that of a year of two digits.
_NAMED_PATTERNS: Final = (
    (_NAMED_DAY_FIRST, (1, 2, 3, 4)),
    (_NAMED_MONTH_FIRST, (2, 1, 3, 4)),
    (_NAMED_YEAR_FIRST, (3, 2, 1, 1)),
    (_NAMED_YEAR_DAY, (2, 3, 1, 1)),
)
_THAI_SHORT: Final = re.compile(r"(?<!\d)(\d{1,2})\s?([ก-๎]{1,3}\.[ก-ฮ])\.?\s?(\d{2})(?!\d)")
_VIETNAMESE: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s(?:tháng|thg)\s(\d{{1,2}})(?:,|\snăm)?\s{_YEAR}(?!\d)", re.IGNORECASE
)
_MONGOLIAN: Final = re.compile(
    rf"(?<!\d){_YEAR}\sоны\s(\d{{1,2}})[-\s]?(?:р|дугаар|дүгээр)\sсарын\s(\d{{1,2}})(?!\d)"
)
# "二〇二四年三月十二日"
_HAN_DATE: Final = re.compile(
    rf"({calendars.HAN_DIGIT}{{4}})年({calendars.HAN_DIGIT}{{1,3}})月({calendars.HAN_DIGIT}{{1,3}})[日號号]"
)
# "113年3月12日", as Taiwan counts
_REPUBLIC_DATE: Final = re.compile(r"(?<!\d)(1[01]\d)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_REPUBLIC_ERA: Final = "民國"
_DIGIT: Final = re.compile(r"\d")
_CHANGE_PHRASES: Final = lexicon.phrases("vocabulary", "changed")
_PUBLISHED_PHRASES: Final = lexicon.phrases("vocabulary", "first_printed")


def _marker_pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for phrases at the start of a word.

    With a capital also within one, as in "20 Apr 2026 ESTUpdated"; anywhere in scripts without
    capitals.
    """
    return re.compile(
        rf"(?<![^\W\d_])(?i:{'|'.join(phrases)})|{'|'.join(map(str.capitalize, phrases))}"
    )


_CHANGE_MARKER: Final = _marker_pattern(_CHANGE_PHRASES)
_PUBLISHED_MARKER: Final = _marker_pattern(_PUBLISHED_PHRASES)
MIN_YEAR: Final = 1990
_MAX_LINE_CHARS: Final = 300
_MAX_TIME_DISTANCE_CHARS: Final = 24
_CENTURY: Final = 2000
_BUDDHIST_CENTURY: Final = 2500
# Word forms: a month's name may lose a letter and end in others, if it is long.
_MIN_STEM_CHARS: Final = 5
_MAX_ENDING_CHARS: Final = 5
_SOLAR_HIJRI_LANGUAGES: Final = frozenset(("fa", "ps"))

DateSpan = tuple[datetime, int, int]
"""A date, and where in the text it begins and ends."""


def parse_timestamp(value: str) -> datetime | None:
    """Return the time of a machine-written date, or None if it cannot be parsed.

    It has a zone only if one is written.
    """
    value = calendars.with_ascii_digits(value.strip())
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
    date = _make_day(int(year), int(month), int(day), may_be_solar=True)
    if date is None:
        return None
    try:
        return date.replace(
            hour=time_of_day.to_24_hours(int(hour or 0), half),
            minute=int(minute or 0),
            second=min(59, int(second or 0)),
            tzinfo=time_of_day.parse_zone(zone),
        )
    except ValueError:
        return None


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
        calendars.fold(form).rstrip(".॰"): number
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
    if not _DIGIT.search(text) and "年" not in text:
        return None
    text = calendars.with_ascii_digits(text)
    span = _find_named_date(text, language[:2].lower()) or _find_numeric_date(text, language)
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


def find_published_marker(text: str, start: int = 0) -> int | None:
    """Return the position of words such as "published" at or behind `start`, or None."""
    match = _PUBLISHED_MARKER.search(text, start)
    return match.start() if match else None


def _find_named_date(text: str, language: str) -> DateSpan | None:
    """Return the first date whose month is a name."""
    for pattern, (day, name, year, short) in _NAMED_PATTERNS:
        for match in pattern.finditer(text):
            number = int(match[year]) if match[year] else _CENTURY + int(match[short])
            if date := _make_named_day(number, match[name], int(match[day]), language):
                return date, match.start(), match.end()
    return None if text.isascii() else _find_local_date(text, language)


def _find_local_date(text: str, language: str) -> DateSpan | None:
    """Return the first date in a form of one language only: "12 มี.ค. 67", "12 tháng 3, 2024"."""
    if thai := _THAI_SHORT.search(text):
        year_number = _BUDDHIST_CENTURY + int(thai[3])
        if date := _make_named_day(year_number, thai[2], int(thai[1]), "th"):
            return date, thai.start(), thai.end()
    for pattern, order in ((_VIETNAMESE, (3, 2, 1)), (_MONGOLIAN, (1, 2, 3))):
        if match := pattern.search(text):
            year, month, day = (int(match[group]) for group in order)
            if date := _make_day(year, month, day):
                return date, match.start(), match.end()
    return _find_chinese_date(text, language) if "年" in text else None


def _find_chinese_date(text: str, language: str) -> DateSpan | None:
    """Return the first date whose numbers are characters, or whose year counts from 1912."""
    if match := _HAN_DATE.search(text):
        year, month, day = (calendars.han_number(part) for part in match.groups())
        if date := _make_day(year, month, day):
            return date, match.start(), match.end()
    if language == "zh" and (match := _REPUBLIC_DATE.search(text)):
        year = calendars.year_of_era(_REPUBLIC_ERA, match[1])
        if date := _make_day(year, int(match[2]), int(match[3])):
            return date, match.start(), match.end()
    return None


def _make_named_day(year: int, name: str, day: int, language: str) -> datetime | None:
    """Return the day of a month's name in a language, or None if it is none."""
    key = calendars.fold(name).rstrip(".॰")
    if calendars.is_solar_hijri_year(year):
        solar_month = calendars.solar_hijri_months().get(key)
        return _make_solar_day(year, solar_month, day) if solar_month else None
    month = (
        _month_numbers(language).get(key)
        or _month_numbers("en").get(key)
        or _month_numbers("").get(key)
        or _month_of_inflected(key, language)
    )
    return _make_day(year, month, day) if month else None


@lru_cache(maxsize=1_000)
def _month_of_inflected(key: str, language: str) -> int:
    """Return the month of a word form in a language, such as "otsailaren"; 0 if it is none."""
    if not language or language == "en":
        return 0
    months = _month_numbers(language)
    if key[:1] == "ב" and key[1:] in months:
        return months[key[1:]]
    for name, number in months.items():
        stem = name[:-1]
        if (
            len(stem) >= _MIN_STEM_CHARS
            and key.startswith(stem)
            and len(key) <= len(stem) + _MAX_ENDING_CHARS
        ):
            return number
    return 0


def _find_numeric_date(text: str, language: str) -> DateSpan | None:
    """Return the first date in numbers; the month is first in US English."""
    code = language.lower().replace("_", "-")
    may_be_solar = code[:2] in _SOLAR_HIJRI_LANGUAGES
    if match := _YEAR_FIRST.search(text):
        date = _make_day(int(match[1]), int(match[2]), int(match[3]), may_be_solar=may_be_solar)
    elif match := _ERA_FIRST.search(text):
        year = calendars.year_of_era(match[1], match[2])
        date = _make_day(year, int(match[3]), int(match[4]))
    elif match := _DAY_FIRST.search(text):
        century = _BUDDHIST_CENTURY if code[:2] == "th" else _CENTURY
        year = int(match[3]) if match[3] else century + int(match[4])
        first, second = int(match[1]), int(match[2])
        if code == "en-us":
            first, second = second, first
        date = _make_day(year, second, first, may_be_solar=may_be_solar) or _make_day(
            year, first, second, may_be_solar=may_be_solar
        )
    else:
        return None
    return (date, match.start(), match.end()) if date else None


def _make_day(year: int, month: int, day: int, *, may_be_solar: bool = False) -> datetime | None:
    """Return the day, or None if there is none; Buddhist years are told by their size.

    `may_be_solar`: years such as 1402 are Solar Hijri.
    """
    if calendars.is_solar_hijri_year(year):
        return _make_solar_day(year, month, day) if may_be_solar else None
    try:
        return _checked(datetime(calendars.gregorian_year(year), month, day))  # noqa: DTZ001  no zone is printed
    except ValueError:
        return None


def _make_solar_day(year: int, month: int, day: int) -> datetime | None:
    try:
        date = calendars.from_solar_hijri(year, month, day)
    except ValueError:
        return None
    return _checked(datetime(date.year, date.month, date.day))  # noqa: DTZ001  no zone is printed
