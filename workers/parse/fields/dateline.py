"""Place and agency at the beginning of the text: "MOSCOW (Sputnik) - "."""

import re

_PLACE = r"(?P<place>[^\W\d_a-zß-öø-ÿ][^\d()\[\]|:;!?]{1,40}?)"
_DATE = r"(?:,\s*[^()–—-]{0,24}\d[^()–—-]{0,16})?"
_AGENCY = r"[(（\[]\s*(?P<agency>[^()（）\[\]]{2,40}?)\s*[)）\]]"
_DASH = r"\s*[-–—:/.·]{1,2}\s"
_WITH_AGENCY = re.compile(rf"^{_PLACE}{_DATE}\s*[,.]?\s*{_AGENCY}(?:{_DASH}|\s|$)?")
_SPELT = re.compile(
    rf"^{_PLACE}{_DATE}\s*[/,.]\s*(?P<agency>[A-Z][A-Za-z-]{{1,14}}(?: [A-Z][a-z]+)?)\s*[-–—]\s"
)
_CAPITALS = re.compile(
    r"^(?P<place>[^\W\d_a-z][^\W\d_a-zß-öø-ÿ.'’ -]{2,30}(?:,\s[A-Z][\w.]{1,12})?)\s*[–—-]{1,2}\s"
)
# "МОСКВА, 26 мая — Агентство. ", "МОСКВА, 26 мая. /АГЕНТСТВО/. "
_DATED = re.compile(
    r"^(?P<place>[^\W\d_a-z][^\W\d_a-zа-яё.'’ -]{2,30}),\s*\d{1,2}\.?\s+[^\W\d_]{3,9}\.?\s*"
    r"[-–—/(]+\s*(?P<agency>[^\W\d_][^\d().,/–—]{1,30}?)\s*[)/.]"
)
_MOST_WORDS = 5


def read(text: str) -> tuple[str | None, str | None]:
    """Place and agency with which `text` opens; None for what is not there."""
    start = text[:120]
    for pattern in (_WITH_AGENCY, _DATED, _SPELT, _CAPITALS):
        match = pattern.match(start)
        if not match:
            continue
        place = match["place"].strip(" ,.")
        agency = match.groupdict().get("agency")
        if _is_place(place, named=agency is not None):
            return place, agency.strip() if agency and not agency.isdigit() else None
    return None, None


def _is_place(text: str, *, named: bool) -> bool:
    """True for up to five words with a capital each, all in capitals if no agency is `named`."""
    words = text.replace("/", " ").split()
    if not words or len(words) > _MOST_WORDS:
        return False
    if not named:
        return text.isupper()
    return all(word[:1].isupper() or not word[:1].islower() or len(word) <= 3 for word in words)  # noqa: PLR2004
