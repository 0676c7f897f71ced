"""Sums what is in each block and below it."""

from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout.text_density import TextMeasure

HEADINGS: Final = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_MIN_LINK_CHARS: Final = 16
_MAX_LINK_SHARE: Final = 0.9
_MAX_LEADING_SPACES: Final = 3
_MIN_TEASER_LINK_DENSITY: Final = 0.8
_MIN_TEASER_WORDS: Final = 5


@mypyc_attr(acyclic=True)
class SubtreeTotals:
    """The sums of one block and all below it.

    `linked_chars` are those in links, `phrase_runs` the runs that begin with one of `phrases`,
    `teasers` the lines that link to another story.
    """

    chars: int = 0
    linked_chars: float = 0.0
    words: int = 0
    runs: int = 0
    pictures: int = 0
    phrase_runs: int = 0
    teasers: int = 0


def starts_with_link(run: TextRun) -> bool:
    """Return True if the run begins with a link of some length, and continues after it."""
    return any(
        tag == "a"
        and before <= _MAX_LEADING_SPACES
        and _MIN_LINK_CHARS <= chars < _MAX_LINK_SHARE * run.source_chars
        for tag, _, chars, before in run.spans
    )


def is_teaser(run: TextRun, measure: TextMeasure) -> bool:
    """Return True for a line that looks like the link to another story."""
    if measure.link_density > _MIN_TEASER_LINK_DENSITY:  # all but a date or a mark at the end
        is_headline = measure.words >= _MIN_TEASER_WORDS and not measure.is_sentence
        return run.block.tag in HEADINGS or is_headline
    return measure.link_density > 0 and starts_with_link(run)


def compute_totals(
    page: PageTree, measures: list[TextMeasure], phrase_flags: list[int]
) -> list[SubtreeTotals]:
    """Return the totals of all blocks of the page, by their order."""
    totals = _sum_own_runs(page, measures, phrase_flags)
    for block in reversed(page.blocks):
        own = totals[block.order]
        if block.parent is not None and (own.runs or own.pictures):
            outer = totals[block.parent.order]
            outer.chars += own.chars
            outer.words += own.words
            outer.runs += own.runs
            outer.phrase_runs += own.phrase_runs
            if own.pictures:
                outer.pictures += own.pictures
            if own.linked_chars:
                outer.linked_chars += own.linked_chars
                outer.teasers += own.teasers
    return totals


def _sum_own_runs(
    page: PageTree, measures: list[TextMeasure], phrase_flags: list[int]
) -> list[SubtreeTotals]:
    """Return the sums of each block's own runs, without those of the blocks in it."""
    totals = [SubtreeTotals() for _ in page.blocks]
    for run, measure, flags in zip(page.runs, measures, phrase_flags, strict=True):
        own = totals[run.block.order]
        if run.kind != "text":
            own.pictures += 1
            continue
        own.chars += measure.chars
        own.words += measure.words
        own.runs += 1
        if flags:
            own.phrase_runs += 1
        if measure.link_density:
            own.linked_chars += measure.link_density * measure.chars
            own.teasers += is_teaser(run, measure)
    return totals
