"""Parses the dateline, place and agency at the beginning of the text: "MOSCOW (Sputnik) - "."""

import re

_PLACE = r"(?P<place>[^\W\d_a-zß-öø-ÿ][^\d()\[\]|:;!?]{1,40}?)"
_DATE = r"(?:,\s*[^()–—-]{0,24}\d[^()–—-]{0,16})?"
_AGENCY = r"[(（\[]\s*(?P<agency>[^()（）\[\]]{2,40}?)\s*[)）\]]"
_DASH = r"\s*[-–—:/.·]{1,2}\s"
_WITH_AGENCY = re.compile(rf"^{_PLACE}{_DATE}\s*[,.]?\s*{_AGENCY}(?:{_DASH}|\s|$)?")
_WITHOUT_BRACKETS = re.compile(
    rf"^{_PLACE}{_DATE}\s*[/,.]\s*(?P<agency>[A-Z][A-Za-z-]{{1,14}}(?: [A-Z][a-z]+)?)\s*[-–—]\s"
)
_PLACE_ONLY = re.compile(
    r"^(?P<place>[^\W\d_a-z][^\W\d_a-zß-öø-ÿ.'’ -]{2,30}(?:,\s[A-Z][\w.]{1,12})?)\s*[–—-]{1,2}\s"
)
# "МОСКВА, 26 мая — Агентство. ", "МОСКВА, 26 мая. /АГЕНТСТВО/. "
_DATED = re.compile(
    r"^(?P<place>[^\W\d_a-z][^\W\d_a-zа-яё.'’ -]{2,30}),\s*\d{1,2}\.?\s+[^\W\d_]{3,9}\.?\s*"
    r"[-–—/(]+\s*(?P<agency>[^\W\d_][^\d().,/–—]{1,30}?)\s*[)/.]"
)
_MAX_CHARS = 120
_MAX_PLACE_WORDS = 5
_MAX_SMALL_WORD_CHARS = 3


def parse_dateline(text: str) -> tuple[str | None, str | None]:
    """Return place and agency at the beginning of `text`; None for each that is missing."""
    start = text[:_MAX_CHARS]
    for pattern in (_WITH_AGENCY, _DATED, _WITHOUT_BRACKETS, _PLACE_ONLY):
        match = pattern.match(start)
        if not match:
            continue
        place = match["place"].strip(" ,.")
        agency = match.groupdict().get("agency")
        if _is_place(place, has_agency=agency is not None):
            return place, agency.strip() if agency and not agency.isdigit() else None
    return None, None


def _is_place(text: str, *, has_agency: bool) -> bool:
    """Return True for up to five words that are capitalised, or all in capitals without an agency.

    Words of up to three letters may be in lower case.
    """
    words = text.replace("/", " ").split()
    if not words or len(words) > _MAX_PLACE_WORDS:
        return False
    if not has_agency:
        return text.isupper()
    return all(not word[:1].islower() or len(word) <= _MAX_SMALL_WORD_CHARS for word in words)
