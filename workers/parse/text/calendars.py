"""Turns years and days of other calendars into Gregorian ones, and native digits into ASCII."""

import re
import sys
import unicodedata
from datetime import date
from functools import cache
from typing import Final

from workers.parse.text import lexicon

_BUDDHIST_OFFSET: Final = 543
_BUDDHIST_YEARS: Final = range(2490, 2643)
_SOLAR_HIJRI_YEARS: Final = range(1369, 1500)
# The Solar Hijri calendar repeats its leap years every 33 years in this range. Its first day of
# year 1 is this many days before the day that the rule counts from.
_CYCLE_YEARS: Final = 33
_CYCLE_LEAP_DAYS: Final = 8
_YEAR_SHIFT: Final = 1595
_EPOCH_ORDINAL: Final = -356_033
_MONTHS: Final = 12
_LONG_MONTHS: Final = 6
_LONG_MONTH_DAYS, _SHORT_MONTH_DAYS = 31, 30
# Marks that the same word is written with and without: accents, nuktas, hamzas and vowel signs.
_MARKS: Final = re.compile(r"[\u0300-\u036f\u093c\u09bc\u0a3c\u064b-\u0655\u0640\u200c\u200f]")
_ERAS: Final[dict[str, int]] = lexicon.table("eras")["years"]
ERA_NAMES: Final[str] = "|".join(map(re.escape, _ERAS))

HAN_DIGIT: Final = "[〇○零一二三四五六七八九十廿卅]"
_HAN_DIGITS: Final = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    "○": "0",
    "零": "0",
}


@cache
def _digit_table() -> dict[int, str]:
    """Return the ASCII digit of each other decimal digit."""
    return {
        code: str(unicodedata.decimal(chr(code)))
        for code in range(0x80, sys.maxunicode + 1)
        if chr(code).isdecimal()
    }


def with_ascii_digits(text: str) -> str:
    """Return `text` with all decimal digits as 0 to 9; it keeps its length."""
    return text if text.isascii() else text.translate(_digit_table())


def han_number(text: str) -> int:
    """Return the number in characters of `HAN_DIGIT`, below 100 or as a row of digits: 二十六 is
    26, 二〇二四 is 2024."""
    spelled = text.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = spelled.partition("十")
    if ten:
        tens, ones = tens or "一", ones or "〇"
    return int("".join(_HAN_DIGITS.get(digit, "0") for digit in tens + ones) or "0")


def fold(word: str) -> str:
    """Return a word without case and without the marks that people leave out, for comparison."""
    low = word.lower()
    return low if low.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", low))


def year_of_era(era: str, year: str) -> int:
    """Return the Gregorian year of one of the eras in `ERA_NAMES`; its first may be written 元."""
    return _ERAS[era] + (1 if year == "元" else int(year))


def gregorian_year(year: int) -> int:
    """Return the Gregorian year of a Buddhist one, as Thailand writes it; others as they are."""
    return year - _BUDDHIST_OFFSET if year in _BUDDHIST_YEARS else year


def is_solar_hijri_year(year: int) -> bool:
    """Return True for a year that is of the web's time only if it is Solar Hijri."""
    return year in _SOLAR_HIJRI_YEARS


@cache
def solar_hijri_months() -> dict[str, int]:
    """Return the numbers of the months, 1..12, by their folded names."""
    return {
        fold(form): number
        for number, forms in enumerate(lexicon.table("eras")["solar_hijri"].split(", "), 1)
        for form in forms.split("/")
    }


def from_solar_hijri(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of one in the Solar Hijri calendar (Iran, Afghanistan).

    Right for the years 1178 to 1633.

    Raises:
        ValueError: there is no such day.
    """
    if not (1 <= month <= _MONTHS and 1 <= day <= _LONG_MONTH_DAYS - (month > _LONG_MONTHS)):
        raise ValueError(f"{year}-{month}-{day}")
    shifted = year + _YEAR_SHIFT
    leap_days = shifted // _CYCLE_YEARS * _CYCLE_LEAP_DAYS + (shifted % _CYCLE_YEARS + 3) // 4
    before = month - 1
    days = before * _SHORT_MONTH_DAYS + min(before, _LONG_MONTHS)
    return date.fromordinal(_EPOCH_ORDINAL + 365 * shifted + leap_days + days + day)
