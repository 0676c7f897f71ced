"""Sums over all that stands in a box."""

from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout.text_density import TextMeasure

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}


@mypyc_attr(acyclic=True)
class SubtreeTotals:
    """Characters, those of them in links, words, runs, pictures, lines with a telling beginning,
    and lines that link to another story."""

    chars: int = 0
    linked: float = 0.0
    words: int = 0
    runs: int = 0
    pictures: int = 0
    said: int = 0
    teasers: int = 0


def starts_with_link(run: TextRun) -> bool:
    """True if the run opens with a link of some length and goes on after it."""
    return any(
        tag == "a" and before < 4 and 15 < chars < 0.9 * run.length  # noqa: PLR2004  spaces
        for tag, _, chars, before in run.marks
    )


def is_teaser(run: TextRun, size: TextMeasure) -> bool:
    """True for a line that looks like the link to another story."""
    if size.linked > 0.8:  # noqa: PLR2004  all but a trailing date or mark
        return run.box.tag in HEADINGS or (size.words > 4 and not size.is_sentence)  # noqa: PLR2004
    return size.linked > 0 and starts_with_link(run)


def subtree_totals(
    page: PageTree, measures: list[TextMeasure], says: list[int]
) -> list[SubtreeTotals]:
    """One for each box of the page, by its order."""
    found = _own(page, measures, says)
    for box in reversed(page.boxes):
        own = found[box.order]
        if box.parent is not None and (own.runs or own.pictures):
            around = found[box.parent.order]
            around.chars += own.chars
            around.words += own.words
            around.runs += own.runs
            around.said += own.said
            if own.pictures:
                around.pictures += own.pictures
            if own.linked:
                around.linked += own.linked
                around.teasers += own.teasers
    return found


def _own(page: PageTree, measures: list[TextMeasure], says: list[int]) -> list[SubtreeTotals]:
    """What stands in each box itself, not in one within it."""
    found = [SubtreeTotals() for _ in page.boxes]
    for run, size, said in zip(page.runs, measures, says, strict=True):
        group = found[run.box.order]
        if run.kind != "text":
            group.pictures += 1
            continue
        group.chars += size.chars
        group.words += size.words
        group.runs += 1
        if said:
            group.said += 1
        if size.linked:
            group.linked += size.linked * size.chars
            group.teasers += is_teaser(run, size)
    return found
