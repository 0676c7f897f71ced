"""Dates as feeds and sitemaps write them: ISO 8601, RFC 822, Unix time; zones by their names."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from schemas.article import make_aware

# Abbreviations that mean one offset in nearly all feeds, in minutes east of Greenwich. Those of RFC
# 822 (EST, PDT …) are read as it says.
_OFFSETS = {
    "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "MET": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "SAST": 120, "CAT": 120, "WAT": 60, "EEST": 180, "EAT": 180, "MSK": 180, "TRT": 180,
    "PKT": 300, "IST": 330, "NPT": 345, "ICT": 420, "WIB": 420, "WITA": 480, "HKT": 480, "SGT": 480,
    "MYT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540, "WIT": 540, "ACST": 570,
    "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "BRT": -180, "ART": -180,
    "CLT": -240, "CLST": -180, "COT": -300, "PET": -300, "NST": -210, "NDT": -150, "AKST": -540,
    "AKDT": -480, "HST": -600, "AST": -240, "ADT": -180, "EST": -300, "EDT": -240, "CST": -360,
    "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420, "GMT": 0, "UTC": 0, "UT": 0,
    "Z": 0,
}  # fmt: skip
_ZONE = re.compile(
    r"(?<=[\d\s(])(?P<name>[A-Z][A-Za-z_]+(?:/[A-Za-z_+\-0-9]+){1,2}"
    r"|(?:GMT|UTC)\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?|[A-Z]{1,5})\)?"
    r"(?=\s*$|\s+\d{4}$)"
)
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)T?(\d\d)(\d\d)(\d\d)?")
_MONTH = re.compile(r"\d{4}-\d\d")
MILLISECOND_DIGITS = 12
MAX_LENGTH = 80


def read_date(text: str) -> datetime | None:
    """Return the date in `text`, in UTC if it names no zone, or None if it cannot be read."""
    text = " ".join(text.split()) if len(text) <= MAX_LENGTH else ""
    try:
        return _read_number(text) or _read_text(text)
    except (ValueError, OverflowError, OSError):
        return None


def read_unusual_date(text: str) -> datetime | None:
    """Return the date in `text` if it is one that feedparser reads wrongly: Unix time, or with a
    zone by a name that RFC 822 does not know. None if it is another."""
    text = " ".join(text.split()) if len(text) <= MAX_LENGTH else ""
    if _UNIX.fullmatch(text) or _COMPACT.fullmatch(text) or _ZONE.search(text):
        return read_date(text)
    return None


def _read_number(text: str) -> datetime | None:
    """Return the date that a row of digits stands for, or None.

    Raises:
        ValueError: there is no such date.
    """
    if _UNIX.fullmatch(text):
        scale = 1000 if len(text.partition(".")[0]) >= MILLISECOND_DIGITS else 1
        return datetime.fromtimestamp(float(text) / scale, UTC)
    if compact := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second = (int(part or 0) for part in compact.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    return datetime.fromisoformat(f"{text}-01T00:00:00Z") if _MONTH.fullmatch(text) else None


def _read_text(text: str) -> datetime:
    """Return a date in words.

    Raises:
        ValueError: it cannot be read.
    """
    found = _ZONE.search(text)
    zone = _zone_of(found) if found else None
    if found and zone is not None:
        text = " ".join(f"{text[: found.start()].rstrip(' (')} {text[found.end() :]}".split())
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        date = parsedate_to_datetime(_reorder(text))
    return make_aware(date if zone is None or date.tzinfo else date.replace(tzinfo=zone))


def _reorder(text: str) -> str:
    """Return a date in the order of RFC 822: that of asctime has the year last."""
    parts = text.replace(",", " ").split()
    is_asctime = len(parts) >= 5 and parts[-1].isdigit() and ":" in parts[-2]  # noqa: PLR2004
    return " ".join([parts[-3], parts[-4], parts[-1], parts[-2]]) if is_asctime else text


def _zone_of(found: re.Match[str]) -> tzinfo | None:
    """Return the zone of a name, or None if it is not known.

    Raises:
        ValueError: it is none that there could be.
    """
    name = found["name"]
    if found["sign"]:
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        return timezone(-offset if found["sign"] == "-" else offset)
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (LookupError, ValueError, OSError):
            return None
    minutes = _OFFSETS.get(name)
    return None if minutes is None else timezone(timedelta(minutes=minutes))
