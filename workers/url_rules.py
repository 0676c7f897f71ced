"""What an outlet's file says of addresses: which are its own, which are taken, which are one
story's, and where its archive pages are."""

import re
from collections.abc import Iterable
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

from schemas.outlet import Outlet
from workers import urls

KEY_GROUP = "key"
# An expression looks at so much of an address, with so many repeats: enough for every scheme, and
# too little for an address that somebody has made to take minutes.
MAX_ADDRESS_LENGTH = 500
MAX_REPEATS = 3
MAX_CHOICES = 6
ARCHIVE_FIELDS = ("year", "month", "day", "month_number", "day_number")
ARCHIVE_FIELD = re.compile(r"\{([^{}]*)\}")
_BEGINNINGS = ("/", "http://", "https://", "*")
_ATOM = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?P<\w+>|\(\?:|\(|.", re.DOTALL)
_REPEATS = {"*", "+", "{"}
_BACK_REFERENCE = re.compile(r"\\[1-9]")


def own_domains(outlet: Outlet, further: Iterable[str] = ()) -> frozenset[str]:
    """Return the registrable domains on which the outlet publishes: those of its home and its
    sections, those that its file names, and `further` ones (domains or addresses). Feeds and
    sitemaps may be hosted elsewhere and prove nothing."""
    named = (each if "//" in each else f"//{each}" for each in (*outlet.own_domains, *further))
    return frozenset(map(urls.domain_of, (outlet.home, *outlet.sections, *named)))


def is_wanted(outlet: Outlet, url: str) -> bool:
    """Return whether the outlet's file lets `url` be taken: a pattern of `allow` fits it, if there
    are any, and none of `deny`."""
    if outlet.allow and not any(fits(pattern, url) for pattern in outlet.allow):
        return False
    return not any(fits(pattern, url) for pattern in outlet.deny)


def fits(pattern: str, url: str) -> bool:
    """Return whether a glob pattern fits the whole of `url` or, if it begins with `/`, its path,
    with or without the query. `*` stands for any characters, `/` too."""
    if not pattern.startswith("/"):
        return fnmatchcase(url, pattern)
    parts = urlsplit(url)
    path = parts.path or "/"
    return fnmatchcase(path, pattern) or fnmatchcase(f"{path}?{parts.query}", pattern)


def pattern_error(pattern: str) -> str:
    """Return why a glob pattern can fit no address, or an empty string."""
    if any(character.isspace() for character in pattern):
        return "it has a space, and no address has one"
    if not pattern.startswith(_BEGINNINGS):
        return "it fits no address: begin it with /, * or https://"
    return ""


def archive_error(pattern: str) -> str:
    """Return why `pattern` is none of archive pages, or an empty string."""
    fields = ARCHIVE_FIELD.findall(pattern)
    if unknown := [field for field in fields if field not in ARCHIVE_FIELDS]:
        known = ", ".join(f"{{{name}}}" for name in ARCHIVE_FIELDS)
        return f"{{{unknown[0]}}} is no field; known: {known}"
    if {"{", "}"} & set(ARCHIVE_FIELD.sub("", pattern)):
        return "it has a brace that is no field's"
    has_month = {"month", "month_number"} & set(fields)
    has_day = {"day", "day_number"} & set(fields)
    if (has_day and not has_month) or (has_month and "year" not in fields):
        return "a day needs {month}, a month needs {year}"
    return ""


def fill_archive(pattern: str, day: date) -> str:
    """Return the address of the archive page of a day by its pattern: `{year}`, `{month}` and
    `{day}` have four and two digits, `{month_number}` and `{day_number}` no zero in front."""
    values = {
        "year": f"{day.year:04}",
        "month": f"{day.month:02}",
        "day": f"{day.day:02}",
        "month_number": str(day.month),
        "day_number": str(day.day),
    }
    return ARCHIVE_FIELD.sub(lambda found: values.get(found[1], found[0]), pattern)


def story_key(outlet: Outlet, url: str) -> str | None:
    """Return the key of the story at `url` by the outlet's own rule, or None if it has no rule or
    the rule says nothing of this address."""
    if outlet.story_key is None:
        return None
    parts = urlsplit(url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    found = _compile(outlet.story_key).match(address[:MAX_ADDRESS_LENGTH])
    return (found[KEY_GROUP] or None) if found else None


def story_key_error(pattern: str) -> str:
    """Return why `pattern` is no rule for `story_key`, or an empty string."""
    try:
        compiled = _compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return f"it is no regular expression: {error}"
    if KEY_GROUP not in compiled.groupindex:
        return f"it has no group (?P<{KEY_GROUP}>...)"
    return _slowness(pattern)


@lru_cache(maxsize=10_000)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _slowness(pattern: str) -> str:
    """Return what could make an expression take long, or an empty string. What is left has few
    repeats, one after the other, each of one character."""
    if _BACK_REFERENCE.search(pattern):
        return "it refers back to a group"
    atoms = _ATOM.findall(pattern)
    before, repeats = "", 0
    for number, atom in enumerate(atoms):
        if atom == "(" and atoms[number + 1 : number + 2] == ["?"]:
            return "of groups only (?P<key>...), (?:...) and (...) are allowed"
        if atom in _REPEATS and before == ")":
            return "it repeats a group"
        repeats += atom in _REPEATS
        before = atom
    choices = atoms.count("|") + atoms.count("?")
    if choices > MAX_CHOICES:
        return f"it has {choices} choices (| and ?), at most {MAX_CHOICES} are allowed"
    if repeats > MAX_REPEATS:
        return f"it has {repeats} repeats (*, +, {{}}), at most {MAX_REPEATS} are allowed"
    return ""
