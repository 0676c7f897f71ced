"""Finds where the story ends because another one begins, as on pages that scroll without end."""

from typing import Final

from workers.parse.html import class_names
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout import text_density
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import date_parsing, phrases

_MIN_STORY_RUNS: Final = 2
# The lines below a headline that may be its byline and date.
_LINES_BELOW: Final = 3
_MAX_LINE_CHARS: Final = 120


def find_story_end(analysis: PageAnalysis) -> int:
    """Return the order of the headline of the story that follows, or the number of runs.

    That is an h1 behind text of the story, with a byline or date below it or in an <article> of its
    own. Where the headline is no h1, others mean something else; where one did not end the story,
    those beside it do not either.
    """
    runs = analysis.page.runs
    prose = analysis.prose_runs
    if len(prose) <= _MIN_STORY_RUNS or runs[analysis.title_order].block.tag != "h1":
        return len(runs)
    begin = max(prose[_MIN_STORY_RUNS - 1], analysis.title_order)
    boxes_of_subheadings: set[int] = set()
    for run in runs[analysis.title_order + 1 :]:
        if run.block.tag != "h1" or not run.text or run.text.lower() == analysis.hints.headline:
            continue
        box = run.block.parent.order if run.block.parent else 0
        if run.order > begin and (
            _is_in_new_article(analysis, run, prose[0])
            or (box not in boxes_of_subheadings and _has_byline_below(analysis, run))
        ):
            return run.order
        boxes_of_subheadings.add(box)
    return len(runs)


def _is_in_new_article(analysis: PageAnalysis, run: TextRun, first: int) -> bool:
    """Return True if the run's <article> is beside the one of the story's first run."""
    own = text_density.closest(run.block, ("article",))
    story = text_density.closest(analysis.page.runs[first].block, ("article",))
    if own is None or own is story:
        return False
    return story is None or not (_is_around(own, story) or _is_around(story, own))


def _is_around(outer: BlockElement, block: BlockElement) -> bool:
    return text_density.is_within(block, outer)


def _has_byline_below(analysis: PageAnalysis, headline: TextRun) -> bool:
    lines = analysis.page.runs[headline.order + 1 : headline.order + 1 + _LINES_BELOW]
    return any(
        len(run.text) < _MAX_LINE_CHARS
        and (
            text_density.nearby_flags(run.block) & (class_names.BYLINE | class_names.DATE)
            or analysis.phrase_flags[run.order] & phrases.BYLINE
            or date_parsing.find_date(run.text) is not None
        )
        for run in lines
        if run.text
    )
