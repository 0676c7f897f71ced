"""Computes the features that say where on the page a run is."""

from typing import Final

from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.ancestry import Ancestry
from workers.parse.layout.page_analysis import PageAnalysis

_ITEM_TAGS: Final = frozenset(("p", "li"))


class PositionFeatures:
    """The features of one page's runs; caches those that many runs have in common."""

    def __init__(self, analysis: PageAnalysis) -> None:
        """Make those of an analysed page."""
        self._analysis = analysis
        self._core_prose = analysis.core.prose or 1.0
        self._page_prose = analysis.page.blocks[0].prose or 1.0
        title_block = analysis.page.runs[analysis.title_order].block
        self._own_articles = (0, analysis.ancestries[title_block.order].article)
        self._page_row = (analysis.core.prose / self._page_prose, analysis.core.depth)
        self._branch_rows: dict[int, tuple[float, ...]] = {}
        self._parent_rows: dict[int, tuple[float, ...]] = {}

    def build_row(self, run: TextRun, ancestry: Ancestry) -> tuple[float, ...]:
        """Return the features of a run, from "out" to "core_depth" of `features.FEATURE_NAMES`."""
        block, analysis = run.block, self._analysis
        parent = block.parent or block
        class_chars = analysis.chars_by_class.get((block.tag, ancestry.names), 0)
        branch = ancestry.branch or block
        around = parent if ancestry.branch is None or block.tag in _ITEM_TAGS else block
        return (
            ancestry.distance,
            ancestry.depth,
            analysis.chars_by_parent.get(parent.order, 0) / analysis.prose_chars,
            class_chars / analysis.prose_chars,
            class_chars / self._core_prose,
            block.prose / self._page_prose,
            analysis.runs_by_parent.get(parent.order, 0),
            *(self._branch_rows.get(branch.order) or self._build_branch_row(branch)),
            *(self._parent_rows.get(around.order) or self._build_parent_row(around)),
            ancestry.article not in self._own_articles,
            *self._page_row,
        )

    def _build_branch_row(self, block: BlockElement) -> tuple[float, ...]:
        totals = self._analysis.totals[block.order]
        runs = totals.runs or 1
        row = self._branch_rows[block.order] = (
            block.prose / self._core_prose,
            totals.linked_chars / (totals.chars or 1),
            runs,
            totals.words / runs,
            totals.pictures,
            totals.phrase_runs / runs,
            totals.teasers / runs,
            totals.chars / self._page_prose,
        )
        return row

    def _build_parent_row(self, block: BlockElement) -> tuple[float, ...]:
        totals = self._analysis.totals[block.order]
        row = self._parent_rows[block.order] = (
            block.prose / self._core_prose,
            totals.linked_chars / (totals.chars or 1),
            totals.words / (totals.runs or 1),
            totals.pictures,
            totals.teasers,
        )
        return row
