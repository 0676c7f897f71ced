"""What changed from one version of an article to the next, paragraph by paragraph, then by word."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from msgspec import Struct

How = Literal["same", "added", "removed"]

# Comparing takes time by the square of the length: longer texts are compared more coarsely.
MOST_PARAGRAPHS: Final = 1_500
MOST_WORDS: Final = 500
MOST_CHARACTERS: Final = 200_000
ALIKE: Final = 0.4
_WORDS: Final = re.compile(r"\s+|[^\s\w]|\w+")


class Part(Struct, frozen=True):
    """A stretch of words."""

    how: How
    text: str


class Change(Struct, frozen=True):
    """One paragraph; `how` is "changed" where some of its parts are other than "same"."""

    how: Literal["same", "added", "removed", "changed"]
    parts: tuple[Part, ...]


class FieldChange(Struct, frozen=True):
    """A changed headline, byline or the like."""

    field: str
    parts: tuple[Part, ...]


class Comparison(Struct, frozen=True):
    """From one version to the next."""

    fields: tuple[FieldChange, ...]
    paragraphs: tuple[Change, ...]

    @property
    def is_nothing(self) -> bool:
        """Would a reader see no difference?"""
        return not self.fields and all(change.how == "same" for change in self.paragraphs)


COMPARED: Final = ("title", "subtitle", "authors", "section")


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """What changed between two documents of an article."""
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


def _changes(before: list[str], after: list[str]) -> Iterator[Change]:
    is_long = max(len(before), len(after)) > MOST_PARAGRAPHS
    matcher = SequenceMatcher(None, before, after, autojunk=is_long)
    for how, i, j, k, m in matcher.get_opcodes():
        if how == "equal":
            yield from (Change("same", (Part("same", text),)) for text in after[k:m])
        else:
            yield from _replaced(before[i:j], after[k:m])


def _replaced(before: list[str], after: list[str]) -> Iterator[Change]:
    """Paragraphs side by side while they are alike; the rest has gone or come."""
    is_long = sum(map(len, (*before, *after))) > MOST_CHARACTERS
    paired = 0 if is_long else min(len(before), len(after))
    for old, new in zip(before[:paired], after[:paired], strict=True):
        parts = tuple(_words(old, new))
        if _alike(parts) >= ALIKE:
            yield Change("changed", parts)
        else:
            yield Change("removed", (Part("removed", old),))
            yield Change("added", (Part("added", new),))
    yield from (Change("removed", (Part("removed", text),)) for text in before[paired:])
    yield from (Change("added", (Part("added", text),)) for text in after[paired:])


def _alike(parts: tuple[Part, ...]) -> float:
    total = sum(len(part.text) for part in parts) or 1
    return sum(len(part.text) for part in parts if part.how == "same") / total


def _words(old: str, new: str) -> Iterator[Part]:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(before), len(after)) > 2 * MOST_WORDS:
        before, after = [old], [new]
    for how, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            yield Part("same", "".join(after[k:m]))
            continue
        if i < j:
            yield Part("removed", "".join(before[i:j]))
        if k < m:
            yield Part("added", "".join(after[k:m]))
