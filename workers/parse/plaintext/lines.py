"""Flattened text cut into clean lines, with the marks that some dumps put before them."""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.events import Reason
from workers.exceptions import PermanentFailure
from workers.parse.text import lexicon

Mark = Literal["", "title", "heading", "item", "quote", "picture", "field"]

_LARGEST_TEXT = 1_000_000
_MOST_LINES = 5_000
_LONGEST_LINE = 50_000
_BINARY_SHARE = 0.02
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\x00-\x08\x0e-\x1f]")
_HEADING = re.compile(r"^(#{1,6})\s+(?P<text>\S.*)$")
_ITEM = re.compile(r"^(?:[-*•‣▪●◦]|\d{1,2}\))\s+(?P<text>.+)$")
_QUOTE = re.compile(r"^>\s+(?P<text>.+)$")
_PICTURE = re.compile(r"^!\[(?P<text>[^\]]*)\]\((?P<url>[^)\s]+)[^)]*\)$")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s\"[^\"]*\")?\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,400}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_]{1,400})(?<=\S)\1(?![\w*])")
_FIELD = re.compile(r"^(?P<name>[^\W\d][\w ]{1,20}):\s*(?P<text>.+)$")
_FIELDS_WITHIN = 15


class Line(Struct, frozen=True):
    """`is_apart` is true where blank lines stand before and behind."""

    text: str
    mark: Mark = ""
    url: str | None = None
    is_apart: bool = False


def split(text: str) -> list[Line]:
    """The lines that say something. Raises GiveUp (UNREADABLE) for what is no text of a page."""
    text = text[:_LARGEST_TEXT]
    _check(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    groups = _groups(text)
    width = _wrap_width([line for group in groups for line in group])
    found = [_marked(_clean(line)) for line in _whole_lines(groups, width)]
    first = [_field(line) if n < _FIELDS_WITHIN else line for n, line in enumerate(_spaced(found))]
    said = [line for line in first if any(map(str.isalnum, line.text)) or line.mark == "picture"]
    if not said:
        raise PermanentFailure(Reason.UNREADABLE, "no word in the input")
    return said[:_MOST_LINES]


def is_cut(text: str) -> bool:
    """True for a text of which `split` took only a part."""
    return len(text) > _LARGEST_TEXT or text.count("\n") > _MOST_LINES


def _check(text: str) -> None:
    sample = text.strip()
    if not sample:
        raise PermanentFailure(Reason.UNREADABLE, "empty input")
    strange = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    if strange > _BINARY_SHARE * len(sample):
        raise PermanentFailure(Reason.UNREADABLE, "binary data, no text")
    if max(map(len, sample.splitlines())) > _LONGEST_LINE:
        raise PermanentFailure(
            Reason.UNREADABLE, f"a line of more than {_LONGEST_LINE:,} characters"
        )


def _groups(text: str) -> list[list[str]]:
    """Lines without a blank one between them."""
    found: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            found[-1].append(line.strip())
        elif found[-1]:
            found.append([])
    return [group for group in found if group]


def _whole_lines(groups: list[list[str]], width: int) -> list[str]:
    """Paragraphs on a line each, an empty line between groups."""
    found: list[str] = []
    for group in groups:
        found += [*(_unwrapped(group, width) if width else group), ""]
    return found


_NARROWEST, _WIDEST = 50, 120
_WRAPPED_SHARE = 0.7
_NEARLY_FULL = 0.75
_ENDS = (".", "!", "?", ":")


def _wrap_width(lines: list[str]) -> int:
    """The column at which a dump broke its lines; 0 if it did not."""
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return 0
    full = [line for line in lines if len(line) > 0.8 * width]
    broken = [line for line in full if not line.endswith(_ENDS)]
    return width if len(full) > 5 and len(broken) > _WRAPPED_SHARE * len(full) else 0  # noqa: PLR2004  lines


def _unwrapped(group: list[str], width: int) -> list[str]:
    """A line is joined to the one before where its first word had no room there, or where that
    one is nearly full and no end of a sentence."""
    found = [group[0]]
    before = group[0]
    for line in group[1:]:
        had_room = len(before) + 1 + len(line.split(maxsplit=1)[0]) <= width
        is_ended = len(before) < _NEARLY_FULL * width or before.endswith(_ENDS)
        if not (had_room and is_ended) and not _ITEM.match(line):
            found[-1] += f" {line}"
        else:
            found.append(line)
        before = line
    return found


def _clean(line: str) -> str:
    return " ".join(_INVISIBLE.sub("", line).split())


def _marked(text: str) -> Line:
    if match := _PICTURE.match(text):
        return Line(match["text"].strip(), "picture", match["url"])
    text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", _LINK.sub(r"\1", text))).strip()
    if match := _HEADING.match(text):
        return Line(match["text"].rstrip("# "), "title" if len(match[1]) == 1 else "heading")
    if match := _ITEM.match(text):
        return Line(match["text"], "item")
    if match := _QUOTE.match(text):
        return Line(match["text"], "quote")
    return Line(text)


def _field(line: Line) -> Line:
    """ "Title: …" and its like, as some dumps begin."""
    match = _FIELD.match(line.text)
    if match is None or line.mark:
        return line
    name = match["name"].strip().lower()
    if name in lexicon.phrases("flattened", "title_fields"):
        return replace(line, text=match["text"], mark="title")
    if name in lexicon.phrases("flattened", "other_fields"):
        return replace(line, mark="field")
    return line


def _spaced(lines: list[Line]) -> list[Line]:
    """Told which of them stand apart, unless nearly all do."""
    apart = [
        bool(line.text)
        and (n == 0 or not lines[n - 1].text)
        and (n + 1 == len(lines) or not lines[n + 1].text)
        for n, line in enumerate(lines)
    ]
    if sum(apart) > 0.5 * sum(bool(line.text) for line in lines):
        return lines
    return [replace(line, is_apart=own) for line, own in zip(lines, apart, strict=True)]
