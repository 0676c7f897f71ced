"""What changed from one version of an article to the next, paragraph by paragraph, then by word."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from msgspec import Struct

How = Literal["same", "added", "removed"]

# Comparing takes time by the square of the length: longer texts are compared more coarsely.
MAX_PARAGRAPHS: Final = 1_500
MAX_WORDS: Final = 500
MAX_CHARACTERS: Final = 200_000
ALIKE: Final = 0.4
_WORDS: Final = re.compile(r"\s+|[^\s\w]|\w+")


class DiffPart(Struct, frozen=True):
    """A stretch of words."""

    how: How
    text: str


class ParagraphChange(Struct, frozen=True):
    """One paragraph; `how` is "changed" where some of its parts are other than "same"."""

    how: Literal["same", "added", "removed", "changed"]
    parts: tuple[DiffPart, ...]


class FieldChange(Struct, frozen=True):
    """A changed headline, byline or the like."""

    field: str
    parts: tuple[DiffPart, ...]


class Comparison(Struct, frozen=True):
    """From one version to the next."""

    fields: tuple[FieldChange, ...]
    paragraphs: tuple[ParagraphChange, ...]

    @property
    def is_nothing(self) -> bool:
        """Would a reader see no difference?"""
        return not self.fields and all(change.how == "same" for change in self.paragraphs)


COMPARED: Final = ("title", "subtitle", "authors", "section")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Return what changed between two documents of an article."""
    fields = [
        FieldChange(name, tuple(_words(_text(old, name), _text(new, name))))
        for name in COMPARED
        if _text(old, name) != _text(new, name)
    ]
    before, after = _paragraphs(old), _paragraphs(new)
    return Comparison(tuple(fields), tuple(_changes(before, after)))


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name) or ""
    return value if isinstance(value, str) else ", ".join(value)


def _paragraphs(document: Mapping[str, Any]) -> list[str]:
    return [text for text in str(document.get("body", "")).split("\n\n") if text]


def _changes(before: list[str], after: list[str]) -> Iterator[ParagraphChange]:
    is_long = max(len(before), len(after)) > MAX_PARAGRAPHS
    matcher = SequenceMatcher(None, before, after, autojunk=is_long)
    for how, i, j, k, m in matcher.get_opcodes():
        if how == "equal":
            yield from (ParagraphChange("same", (DiffPart("same", text),)) for text in after[k:m])
        else:
            yield from _replaced(before[i:j], after[k:m])


def _replaced(before: list[str], after: list[str]) -> Iterator[ParagraphChange]:
    """Yield paragraphs as pairs while they are alike; the rest was removed or added."""
    is_long = sum(map(len, (*before, *after))) > MAX_CHARACTERS
    paired = 0 if is_long else min(len(before), len(after))
    for old, new in zip(before[:paired], after[:paired], strict=True):
        parts = tuple(_words(old, new))
        if _alike(parts) >= ALIKE:
            yield ParagraphChange("changed", parts)
        else:
            yield ParagraphChange("removed", (DiffPart("removed", old),))
            yield ParagraphChange("added", (DiffPart("added", new),))
    yield from (
        ParagraphChange("removed", (DiffPart("removed", text),)) for text in before[paired:]
    )
    yield from (ParagraphChange("added", (DiffPart("added", text),)) for text in after[paired:])


def _alike(parts: tuple[DiffPart, ...]) -> float:
    total = sum(len(part.text) for part in parts) or 1
    return sum(len(part.text) for part in parts if part.how == "same") / total


def _words(old: str, new: str) -> Iterator[DiffPart]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > 2 * MAX_WORDS:
        before, after = [old], [new]
    for how, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            yield DiffPart("same", "".join(after[k:m]))
            continue
        if i < j:
            yield DiffPart("removed", "".join(before[i:j]))
        if k < m:
            yield DiffPart("added", "".join(after[k:m]))
