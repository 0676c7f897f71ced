"""Finds slideshows amid a story: items with a picture, a counter such as "3/8", and a text."""

import re
from typing import Final

from workers.parse.html.tree import BlockElement
from workers.parse.layout import text_density
from workers.parse.layout.page_analysis import PageAnalysis

_COUNTER: Final = re.compile(
    r"^\W{0,2}\d{1,3}\s?(?:/|／|of|von|de|sur|di|van|из)\s?\d{1,3}(?!\d|/)"
)
_ITEM_TAGS: Final = frozenset(("li", "figure", "div", "section"))
_MIN_ITEMS: Final = 3
_MAX_LEVELS: Final = 3
# The running text outside, by the text of the series: with less of it, the series is the story.
_MIN_OUTSIDE_SHARE: Final = 0.5


def find_series(analysis: PageAnalysis) -> frozenset[int]:
    """Return the orders of the blocks that are items of a slideshow; empty if it is the story."""
    items: dict[int, BlockElement] = {}
    for run in analysis.page.runs:
        if run.kind == "text" and _COUNTER.match(run.text):
            item = _item_around(analysis, run.block)
            if item is not None:
                items[item.order] = item
    if len(items) < _MIN_ITEMS:
        return frozenset()
    chars = sum(analysis.totals[order].chars for order in items)
    outside = sum(
        analysis.measures[order].chars
        for order in analysis.prose_runs
        if _item_around(analysis, analysis.page.runs[order].block) is None
    )
    return frozenset(items) if outside > _MIN_OUTSIDE_SHARE * chars else frozenset()


def _item_around(analysis: PageAnalysis, block: BlockElement) -> BlockElement | None:
    """Return the innermost block around a counter that has a picture too, or None."""
    for outer in text_density.ancestors(block, _MAX_LEVELS):
        if outer.tag in _ITEM_TAGS and analysis.totals[outer.order].pictures == 1:
            return outer
    return None
