"""Splits flattened text into clean lines and reads the marks that some dumps put before them."""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.text import lexicon

Mark = Literal["", "title", "heading", "item", "quote", "picture", "field"]

MAX_CHARS = 1_000_000
MAX_LINES = 5_000
MAX_LINE_CHARS = 50_000
_MAX_BINARY_SHARE = 0.02
_MAX_FIELD_LINES = 15
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
# How dumps wrap their lines: columns, and the share of the full lines that break in mid sentence.
_MIN_WRAP_COLUMN, _MAX_WRAP_COLUMN = 50, 120
_MIN_FULL_LINES = 6
_FULL_LINE_SHARE = 0.8
_NEARLY_FULL_SHARE = 0.75
_MIN_BROKEN_SHARE = 0.7
_SENTENCE_ENDS = (".", "!", "?", ":")


class Line(Struct, frozen=True):
    """A line of text; `is_apart` is true if blank lines stand before and behind it."""

    text: str
    mark: Mark = ""
    url: str | None = None
    is_apart: bool = False


def split_lines(text: str) -> list[Line]:
    """Return the lines with a word or a picture in them, at most 5,000.

    Raises:
        PermanentFailure: the text is empty, binary or has no word in it (UNREADABLE).
    """
    text = text[:MAX_CHARS]
    _check(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    groups = _split_groups(text)
    width = _wrap_width([line for group in groups for line in group])
    marked = [_parse_mark(_clean(line)) for line in _unwrap_groups(groups, width)]
    lines = [
        _parse_field(line) if index < _MAX_FIELD_LINES else line
        for index, line in enumerate(_mark_apart(marked))
    ]
    lines = [line for line in lines if any(map(str.isalnum, line.text)) or line.mark == "picture"]
    if not lines:
        raise PermanentFailure(Reason.UNREADABLE, "no word in the input")
    return lines[:MAX_LINES]


def is_truncated(text: str) -> bool:
    """Return True if `split_lines` takes only a part of the text."""
    return len(text) > MAX_CHARS or text.count("\n") > MAX_LINES


def _check(text: str) -> None:
    stripped = text.strip()
    if not stripped:
        raise PermanentFailure(Reason.UNREADABLE, "empty input")
    unprintable = len(_CONTROL.findall(stripped)) + stripped.count("\ufffd")
    if unprintable > _MAX_BINARY_SHARE * len(stripped):
        raise PermanentFailure(Reason.UNREADABLE, "binary data, no text")
    if max(map(len, stripped.splitlines())) > MAX_LINE_CHARS:
        raise PermanentFailure(
            Reason.UNREADABLE, f"a line of more than {MAX_LINE_CHARS:,} characters"
        )


def _split_groups(text: str) -> list[list[str]]:
    """Return groups of stripped lines; blank lines part the groups."""
    groups: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            groups[-1].append(line.strip())
        elif groups[-1]:
            groups.append([])
    return [group for group in groups if group]


def _unwrap_groups(groups: list[list[str]], width: int) -> list[str]:
    """Return one line a paragraph, an empty line after each group."""
    lines: list[str] = []
    for group in groups:
        lines += [*(_unwrap(group, width) if width else group), ""]
    return lines


def _wrap_width(lines: list[str]) -> int:
    """Return the column at which a dump broke its lines; 0 if it did not."""
    width = max(map(len, lines))
    if not _MIN_WRAP_COLUMN <= width <= _MAX_WRAP_COLUMN:
        return 0
    full = [line for line in lines if len(line) > _FULL_LINE_SHARE * width]
    broken = [line for line in full if not line.endswith(_SENTENCE_ENDS)]
    is_wrapped = len(full) >= _MIN_FULL_LINES and len(broken) > _MIN_BROKEN_SHARE * len(full)
    return width if is_wrapped else 0


def _unwrap(group: list[str], width: int) -> list[str]:
    """Return the paragraphs of wrapped lines.

    A line goes on from the one before if its first word had no room there, or if that one is
    nearly full and does not end a sentence.
    """
    joined = [group[0]]
    before = group[0]
    for line in group[1:]:
        had_room = len(before) + 1 + len(line.split(maxsplit=1)[0]) <= width
        is_ended = len(before) < _NEARLY_FULL_SHARE * width or before.endswith(_SENTENCE_ENDS)
        if not (had_room and is_ended) and not _ITEM.match(line):
            joined[-1] += f" {line}"
        else:
            joined.append(line)
        before = line
    return joined


def _clean(line: str) -> str:
    return " ".join(_INVISIBLE.sub("", line).split())


def _parse_mark(text: str) -> Line:
    """Return the line with its mark from Markdown, without Markdown's links and emphasis."""
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


def _parse_field(line: Line) -> Line:
    """Return the line marked as "Title: …" or another field with which some dumps begin."""
    match = _FIELD.match(line.text)
    if match is None or line.mark:
        return line
    name = match["name"].strip().lower()
    if name in lexicon.phrases("flattened", "title_fields"):
        return replace(line, text=match["text"], mark="title")
    if name in lexicon.phrases("flattened", "other_fields"):
        return replace(line, mark="field")
    return line


def _mark_apart(lines: list[Line]) -> list[Line]:
    """Return the lines with `is_apart` set.

    Where more than half of the lines are apart, that says nothing: it is left unset.
    """
    apart = [
        bool(line.text)
        and (index == 0 or not lines[index - 1].text)
        and (index + 1 == len(lines) or not lines[index + 1].text)
        for index, line in enumerate(lines)
    ]
    if sum(apart) > 0.5 * sum(bool(line.text) for line in lines):
        return lines
    return [replace(line, is_apart=is_apart) for line, is_apart in zip(lines, apart, strict=True)]
