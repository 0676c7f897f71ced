"""What a page may hold before its tree is built: a tree builder's time grows with the square of the
depth, of the attributes of one element, and of the options of one list."""

import re
from typing import Final

from workers import html_depth

MAX_ATTRIBUTES: Final = 1_000
MAX_OPTIONS: Final = 5_000
# A tag and as many of its attributes as are allowed, as the HTML standard reads them, then one more
# if there is one; a tag in a script looks the same.
_ATTRIBUTE: Final = (
    r"""(?:[\s/]*+[^\s/>=][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+)?+"""
    r"|[\s/]*+=)"
)
_TAG: Final = re.compile(rf"<[a-zA-Z]{_ATTRIBUTE}{{0,{MAX_ATTRIBUTES}}}+({_ATTRIBUTE})?+")
# Where such a tag may begin, as most tags are passed faster by this. A step is an attribute with a
# value, or names up to a slash: a tag with fewer than `_MAX_STEPS` of them, each of at most
# `_MAX_STEP_CHARS` besides the value, has no more than `MAX_ATTRIBUTES` attributes. A longer value
# without quotes counts as several steps, so that no two tags read the same long one.
_MAX_STEPS: Final = 30
_MAX_STEP_CHARS: Final = 60
_STEP: Final = (
    rf"[\s/]*+[^\s/>=][^=>/]{{0,{_MAX_STEP_CHARS - 1}}}+"
    r"""(?:=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]{0,100}+|)|/)"""
)
_LONG_TAG: Final = re.compile(
    rf"<[a-zA-Z](?:{_STEP}){{0,{_MAX_STEPS - 1}}}+(?:[\s/]*+=|[^=>]{{{_MAX_STEP_CHARS}}}|{_STEP})"
)
# All reading of long tags may pass over this many times the page's length: tags in scripts and in
# one another are read again and again, and then the scripts are taken out first.
_MAX_PASSES: Final = 4
# A comment as the HTML standard ends it, or a tag as above; what is in either begins nothing.
_COMMENT_OR_TAG: Final = re.compile(
    rf"<!--(?:-?>|.*?(?:--!?>|\Z))|<(?:(?P<raw>script|style)(?=[\s/>])|[a-zA-Z])"
    rf"{_ATTRIBUTE}{{0,{MAX_ATTRIBUTES}}}+(?P<more>{_ATTRIBUTE})?+",
    re.DOTALL | re.IGNORECASE,
)
_END_OF_RAW: Final = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}
_OPTION: Final = re.compile(r"<opt(?:ion|group)[\s/>]", re.IGNORECASE)


def find_excess(html: str) -> str:
    """Return what `html` has too much of to be parsed in a bounded time, such as "elements nested
    5,000 deep", or an empty string."""
    if (depth := html_depth.measure_depth(html)) > html_depth.MAX_DEPTH:
        return f"elements nested {depth:,} deep"
    if _has_many_attributes(html):
        return f"an element with more than {MAX_ATTRIBUTES:,} attributes"
    if _has_many_options(html):
        return f"more than {MAX_OPTIONS:,} options to choose from"
    return ""


def _has_many_attributes(html: str) -> bool:
    """Return whether one tag outside of scripts has too many attributes."""
    position = 0
    chars_left = _MAX_PASSES * len(html)
    while (long := _LONG_TAG.search(html, position)) and (tag := _TAG.match(html, long.start())):
        chars_left -= tag.end() - tag.start()
        if tag[1] or chars_left < 0:
            return _has_such_a_tag(html)
        position = long.start() + 1
    return False


def _has_such_a_tag(html: str) -> bool:
    """Return the same by reading comments, tags and scripts one after the other."""
    position = 0
    while found := _COMMENT_OR_TAG.search(html, position):
        if found["more"]:
            return True
        position = found.end()
        if raw := found["raw"]:
            end = _END_OF_RAW[raw.lower()].search(html, position)
            position = end.start() if end else len(html)
    return False


def _has_many_options(html: str) -> bool:
    """Return whether the lists of a page have too many options in all."""
    if html.count("<") <= MAX_OPTIONS:
        return False
    return sum(1 for _ in _OPTION.finditer(html)) > MAX_OPTIONS
