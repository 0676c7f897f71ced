"""Selects the runs of a page that are the story, with a reason for each of the others."""

from typing import Final

from msgspec import Struct

from workers.parse.body import exclusion_rules, scorer
from workers.parse.html.tree import BlockElement
from workers.parse.layout import text_density
from workers.parse.layout.ancestry import Ancestry
from workers.parse.layout.page_analysis import PageAnalysis

MIN_LOG_ODDS: Final = 0.0
LIST_TAGS: Final = frozenset(("ul", "ol", "dl", "table"))
# Shares of the running text in the core of the page.
_MAX_LIST_SHARE: Final = 0.5
_MAX_ARTICLE_SHARE: Final = 0.3
_MAX_BRANCH_SHARE: Final = 0.05
_MAX_ITEM_WORDS: Final = 20


class Selection(Struct, eq=False):
    """`kept` and the keys of `dropped` (with a reason) and `scores` (log odds) are orders of runs;
    runs of the story score above `MIN_LOG_ODDS`."""

    kept: list[int]
    dropped: dict[int, str]
    scores: dict[int, float]


def find_candidates(analysis: PageAnalysis) -> tuple[list[int], list[int], dict[int, str]]:
    """Return all runs of text, those to be scored, and the reasons to drop the others.

    Runs are given by their orders.
    """
    runs, measures = analysis.page.runs, analysis.measures
    texts = [run.order for run in runs if run.kind == "text"]
    dropped: dict[int, str] = {}
    candidates = []
    first = analysis.prose_runs[0] if analysis.prose_runs else len(runs)
    before = -1
    for order in texts:
        run, measure = runs[order], measures[order]
        ancestry = analysis.ancestries[run.block.order]
        flags = analysis.phrase_flags[order]
        reason = (
            exclusion_rules.reason_by_ancestry(ancestry, measure, flags)
            or (ancestry.distance and _reason_by_distance(analysis, order, ancestry))
            or (ancestry.article and _reason_by_article(analysis, ancestry.article))
        )
        if not reason:
            after_picture = order > 0 and runs[order - 1].kind == "image"
            reason = exclusion_rules.reason_by_text(
                run, measure, ancestry, flags, after_picture=after_picture
            )
        if not reason and exclusion_rules.repeats_headline(
            run, measure, analysis.hints.headline, analysis.headline_words, opening=order <= first
        ):
            reason = "headline"
        if not reason and order <= first + 1:
            reason = exclusion_rules.reason_above_text(run.text, measure)
        if not reason and run.block.tag == "li" and dropped.get(before) == "prompt":
            reason = "prompt"
        before = order
        if reason:
            dropped[order] = reason
        else:
            candidates.append(order)
    return texts, candidates, dropped


def _reason_by_distance(analysis: PageAnalysis, order: int, ancestry: Ancestry) -> str:
    """Return the reason to drop small parts before or after the core; empty if there is none."""
    if not analysis.prose_runs:
        return ""
    branch = ancestry.branch
    is_small = branch is None or branch.prose < _MAX_BRANCH_SHARE * analysis.core.prose
    if order > analysis.prose_runs[-1] and is_small:
        return "after the story"
    if order < analysis.title_order and is_small and analysis.title_order < analysis.prose_runs[-1]:
        return "before the headline"
    return ""


def _reason_by_article(analysis: PageAnalysis, article: int) -> str:
    """Return the reason to drop a small <article> that links to another story; else empty.

    `article` is the order of its block.
    """
    title_block = analysis.page.runs[analysis.title_order].block
    of_title = analysis.ancestries[title_block.order].article
    of_core = analysis.ancestries[analysis.core.order].article
    if not of_title or article in (of_title, of_core) or not analysis.totals[article].teasers:
        return ""
    prose = analysis.page.blocks[article].prose
    return "another article" if prose < _MAX_ARTICLE_SHARE * analysis.core.prose else ""


def select(analysis: PageAnalysis) -> Selection:
    """Return the story's runs by their scores; the items of one list or table share one score."""
    texts, candidates, dropped = find_candidates(analysis)
    scores = scorer.score_runs(analysis, texts, candidates)
    _average_lists(analysis, scores)
    kept = [order for order in candidates if scores[order] > MIN_LOG_ODDS]
    kept = kept or _sentences_in_core(analysis, candidates)
    chosen = frozenset(kept)
    dropped |= dict.fromkeys(
        (order for order in candidates if order not in chosen), "beside the story"
    )
    return Selection(kept, dropped, scores)


def _sentences_in_core(analysis: PageAnalysis, candidates: list[int]) -> list[int]:
    """Return the last resort for short and odd pages on which nothing scores."""
    return [
        order
        for order in candidates
        if text_density.is_running_text(analysis.measures[order])
        and not analysis.ancestries[analysis.page.runs[order].block.order].distance
    ]


def _average_lists(analysis: PageAnalysis, scores: dict[int, float]) -> None:
    """Give all items of a small list or table the mean of their scores, weighted by length."""
    lists: dict[int, list[int]] = {}
    for order in scores:
        block = enclosing_list(analysis.page.runs[order].block)
        if block is not None and block.prose < _MAX_LIST_SHARE * analysis.core.prose:
            lists.setdefault(block.order, []).append(order)
    for items in lists.values():
        weights = [min(analysis.measures[order].words, _MAX_ITEM_WORDS) for order in items]
        pairs = zip(items, weights, strict=True)
        mean = sum(scores[order] * weight for order, weight in pairs) / sum(weights)
        scores.update(dict.fromkeys(items, mean))


def enclosing_list(block: BlockElement) -> BlockElement | None:
    """Return the list or table around a block, at most eight levels out; None if there is none."""
    return text_density.closest(block, LIST_TAGS)


def select_all(analysis: PageAnalysis) -> Selection:
    """Return all that no rule excludes: for pages whose outlet says where the text is."""
    _, candidates, dropped = find_candidates(analysis)
    return Selection(candidates, dropped, {})
