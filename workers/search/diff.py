"""What changed from one version of an article to the next, paragraph by paragraph, then by word."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
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
MAX_PAIRS: Final = 10_000
_WORD: Final = re.compile(r"\w+")
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
    """Yield paragraphs that are similar as changed, all others as removed and added."""
    i = j = 0
    for old, new in (*_similar_pairs(before, after), (len(before), len(after))):
        yield from (_whole("removed", text) for text in before[i:old])
        yield from (_whole("added", text) for text in after[j:new])
        if old < len(before):
            yield ParagraphChange("changed", tuple(_diff_words(before[old], after[new])))
        i, j = old + 1, new + 1


def _whole(how: Literal["added", "removed"], text: str) -> ParagraphChange:
    return ParagraphChange(how, (DiffPart(how, text),))


def _similar_pairs(before: list[str], after: list[str]) -> list[tuple[int, int]]:
    """Return the places of paragraphs that are versions of each other, in order: of all ways to
    pair them without crossing, the one with the greatest similarity in sum (as Needleman and Wunsch
    align sequences, gaps being free)."""
    if len(before) * len(after) > MAX_PAIRS or sum(map(len, before + after)) > MAX_CHARACTERS:
        return []
    old_words = [Counter(_WORD.findall(text)) for text in before]
    new_words = [Counter(_WORD.findall(text)) for text in after]
    alike = [[_similarity(old, new) for new in new_words] for old in old_words]
    best = [[0.0] * (len(after) + 1) for _ in range(len(before) + 1)]
    for i in reversed(range(len(before))):
        for j in reversed(range(len(after))):
            paired = alike[i][j] + best[i + 1][j + 1] if alike[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(before) and j < len(after):
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            pairs.append((i, j))
            i, j = i + 1, j + 1
    return pairs


def _similarity(old: Counter[str], new: Counter[str]) -> float:
    """Return the share of all words that both have, 0..1 (Dice); 0 below MIN_SIMILARITY."""
    share = 2 * (old & new).total() / ((old.total() + new.total()) or 1)
    return share if share >= MIN_SIMILARITY else 0.0


def count_words(changes: Iterable[ParagraphChange], how: PartChange) -> int:
    """Return how many words stayed the same, were added or were removed."""
    parts = (part for change in changes for part in change.parts)
    return sum(len(_WORD.findall(part.text)) for part in parts if part.how == how)


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
