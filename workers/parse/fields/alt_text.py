"""Parses alternative texts of pictures of the form "Caption - Outlet, 1920, 26.05.2023"."""

import re

from msgspec import Struct

_PATTERN = re.compile(
    r"^(?P<caption>\S.*?)\s+[-–—|]\s+(?P<site>[^\d,|][^,|]{1,60}),\s*\d{3,4}(?:\s?[x×]\s?\d{3,4})?"
    r"(?:,\s*(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2}))?$"
)
_MAX_CHARS = 700


class AltText(Struct, frozen=True):
    """The parts of an alternative text; `date` is as printed, or empty."""

    caption: str
    site: str
    date: str


def parse_alt_text(text: str) -> AltText | None:
    """Return caption, site and date in `text`, or None if it has another form."""
    match = _PATTERN.match(text) if len(text) <= _MAX_CHARS else None
    if match is None:
        return None
    return AltText(match["caption"], match["site"].strip(), match["date"] or "")
