"""What changed from one version of an article to the next, paragraph by paragraph, then by word."""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final, Literal

from msgspec import Struct

PartChange = Literal["same", "added", "removed"]

# The time of a comparison grows with the square of the length: longer texts are compared more
# coarsely.
MAX_PARAGRAPHS: Final = 1_500
MAX_TOKENS: Final = 1_000  # words, spaces and signs
MAX_CHARACTERS: Final = 200_000
MIN_SIMILARITY: Final = 0.4
_TOKEN: Final = re.compile(r"\s+|[^\s\w]|\w+")


# The docstrings of these classes are descriptions in the OpenAPI document.
class DiffPart(Struct, frozen=True):
    """A stretch of words."""

    how: PartChange
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
    def is_empty(self) -> bool:
        """Whether a reader would see no difference."""
        return not self.fields and all(change.how == "same" for change in self.paragraphs)


COMPARED_FIELDS: Final = ("title", "subtitle", "authors", "section")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> Comparison:
    """Return what changed between two documents of an article."""
    fields = [
        FieldChange(name, tuple(_diff_words(_field_text(old, name), _field_text(new, name))))
        for name in COMPARED_FIELDS
        if _field_text(old, name) != _field_text(new, name)
    ]
    before, after = _paragraphs(old), _paragraphs(new)
    return Comparison(tuple(fields), tuple(_diff_paragraphs(before, after)))


def _field_text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name) or ""
    return value if isinstance(value, str) else ", ".join(value)


def _paragraphs(document: Mapping[str, Any]) -> list[str]:
    return [text for text in str(document.get("body", "")).split("\n\n") if text]


def _diff_paragraphs(before: list[str], after: list[str]) -> Iterator[ParagraphChange]:
    is_long = max(len(before), len(after)) > MAX_PARAGRAPHS
    matcher = SequenceMatcher(None, before, after, autojunk=is_long)
    for how, i1, i2, j1, j2 in matcher.get_opcodes():
        if how == "equal":
            yield from (ParagraphChange("same", (DiffPart("same", text),)) for text in after[j1:j2])
        else:
            yield from _diff_replaced(before[i1:i2], after[j1:j2])


def _diff_replaced(before: list[str], after: list[str]) -> Iterator[ParagraphChange]:
    """Yield paired paragraphs that are similar as changed, all others as removed and added."""
    is_long = sum(map(len, (*before, *after))) > MAX_CHARACTERS
    paired = 0 if is_long else min(len(before), len(after))
    for old, new in zip(before[:paired], after[:paired], strict=True):
        parts = tuple(_diff_words(old, new))
        if _similarity(parts) >= MIN_SIMILARITY:
            yield ParagraphChange("changed", parts)
        else:
            yield ParagraphChange("removed", (DiffPart("removed", old),))
            yield ParagraphChange("added", (DiffPart("added", new),))
    yield from (
        ParagraphChange("removed", (DiffPart("removed", text),)) for text in before[paired:]
    )
    yield from (ParagraphChange("added", (DiffPart("added", text),)) for text in after[paired:])


def _similarity(parts: tuple[DiffPart, ...]) -> float:
    """Return the share of characters that stayed the same, 0..1."""
    total = sum(len(part.text) for part in parts) or 1
    return sum(len(part.text) for part in parts if part.how == "same") / total


def _diff_words(old: str, new: str) -> Iterator[DiffPart]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > MAX_TOKENS:
        before, after = [old], [new]
    for how, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if how == "equal":
            yield DiffPart("same", "".join(after[j1:j2]))
            continue
        if i1 < i2:
            yield DiffPart("removed", "".join(before[i1:i2]))
        if j1 < j2:
            yield DiffPart("added", "".join(after[j1:j2]))
