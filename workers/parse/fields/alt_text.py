"""A picture's alternative text of the kind "Caption - Outlet, 1920, 26.05.2023"."""

import re

from msgspec import Struct

_TEXT = re.compile(
    r"^(?P<caption>\S.*?)\s+[-–—|]\s+(?P<site>[^\d,|][^,|]{1,60}),\s*\d{3,4}(?:\s?[x×]\s?\d{3,4})?"
    r"(?:,\s*(?P<date>\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2}))?$"
)
_LONGEST = 700


class AltText(Struct, frozen=True):
    """`date` is as printed, empty if there is none."""

    caption: str
    site: str
    date: str


def read(text: str) -> AltText | None:
    """The parts of `text`: what the picture shows, whose page it is on, and since when."""
    match = _TEXT.match(text) if len(text) <= _LONGEST else None
    if match is None:
        return None
    return AltText(match["caption"], match["site"].strip(), match["date"] or "")
