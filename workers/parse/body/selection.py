"""Selects the runs of a page that are the story, with a reason for each of the others."""

from typing import Final

from msgspec import Struct

from workers.parse.body import exclusion_rules, picture_series, scorer, story_end
from workers.parse.html.tree import BlockElement
from workers.parse.layout import text_density
from workers.parse.layout.ancestry import Ancestry
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.text import lexicon

MIN_LOG_ODDS: Final = 0.0
LIST_TAGS: Final = frozenset(("ul", "ol", "dl", "table"))
# Shares of the running text in the core of the page.
_MAX_LIST_SHARE: Final = 0.5
_MAX_ARTICLE_SHARE: Final = 0.3
_MAX_BRANCH_SHARE: Final = 0.05
_MAX_SERIES_LEVELS: Final = 4
_MIN_STORY_RUNS: Final = 3
# What makes runs that come again a second telling.
_MIN_TOLD_RUNS, _MIN_TOLD_CHARS, _MIN_TOLD_MEAN, _MIN_TOLD_SHARE = 5, 400, 60, 0.1
_MAX_LINKED_SHARE: Final = 0.3
_AMID_TEXT_LOG_ODDS: Final = 0.1
_MAX_ITEM_WORDS: Final = 20
_MIN_LINKED_WORDS: Final = 25


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
    end = story_end.find_story_end(analysis)
    series = picture_series.find_series(analysis)
    for order in texts:
        run, measure = runs[order], measures[order]
        ancestry = analysis.ancestries[run.block.order]
        flags = analysis.phrase_flags[order]
        reason = _reason_by_place(analysis, order, end, series)
        if not reason:
            after_picture = order > 0 and runs[order - 1].kind == "image"
            reason = exclusion_rules.reason_by_text(
                run, measure, ancestry, flags, after_picture=after_picture
            )
        reason = reason or _reason_by_opening(analysis, order, first)
        if not reason and run.block.tag == "li" and dropped.get(before) == "prompt":
            reason = "prompt"
        before = order
        if reason:
            dropped[order] = reason
        else:
            candidates.append(order)
    return texts, candidates, dropped


def _reason_by_opening(analysis: PageAnalysis, order: int, first: int) -> str:
    """Return the reason to drop the headline again, and lines above the text; else empty.

    `first` is the order of the first run of the text.
    """
    run, measure = analysis.page.runs[order], analysis.measures[order]
    if exclusion_rules.repeats_headline(
        run, measure, analysis.hints.headline, analysis.headline_words, opening=order <= first
    ):
        return "headline"
    return exclusion_rules.reason_above_text(run.text, measure) if order <= first + 1 else ""


def _reason_by_place(analysis: PageAnalysis, order: int, end: int, series: frozenset[int]) -> str:
    """Return the reason to drop a run for where it is; empty if there is none.

    `end` is the order of the run with which another story begins, `series` are the orders of the
    blocks of a slideshow.
    """
    if order >= end:
        return "following story"
    block = analysis.page.runs[order].block
    if series and _is_in_series(block, series):
        return "picture series"
    ancestry = analysis.ancestries[block.order]
    return (
        exclusion_rules.reason_by_ancestry(
            ancestry, analysis.measures[order], analysis.phrase_flags[order]
        )
        or (ancestry.distance and _reason_by_distance(analysis, order, ancestry))
        or (ancestry.article and _reason_by_article(analysis, ancestry.article))
        or ""
    )


def _is_in_series(block: BlockElement, series: frozenset[int]) -> bool:
    return any(outer.order in series for outer in text_density.ancestors(block, _MAX_SERIES_LEVELS))


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
    kept = _with_linked_paragraphs(analysis, texts, candidates, kept)
    kept = _without_biography(analysis, kept)
    kept = _without_second_telling(analysis, kept)
    chosen = frozenset(kept)
    dropped |= dict.fromkeys(
        (order for order in candidates if order not in chosen), "beside the story"
    )
    return Selection(kept, dropped, scores)


def _with_linked_paragraphs(
    analysis: PageAnalysis, texts: list[int], candidates: list[int], kept: list[int]
) -> list[int]:
    """Return the kept runs with the long sentences that are links but stand amid the story.

    Right before and behind them are paragraphs of the story that look the same.
    """
    chosen = frozenset(kept)
    possible = frozenset(candidates)
    found = [
        order
        for before, order, behind in zip(texts, texts[1:], texts[2:], strict=False)
        if order not in chosen
        and order in possible
        and before in chosen
        and behind in chosen
        and _is_long_sentence(analysis, order)
        and _is_alike_prose(analysis, before, order)
        and _is_alike_prose(analysis, behind, order)
    ]
    return sorted([*kept, *found]) if found else kept


def _is_long_sentence(analysis: PageAnalysis, order: int) -> bool:
    measure = analysis.measures[order]
    return measure.is_sentence and measure.words >= _MIN_LINKED_WORDS


def _is_alike_prose(analysis: PageAnalysis, order: int, other: int) -> bool:
    """Return True if a run is running text, and the two are in the same kind of boxes."""
    one, two = analysis.page.runs[order].block, analysis.page.runs[other].block
    is_alike = (one.tag, one.names) == (two.tag, two.names)
    if one.parent is None or two.parent is None or not is_alike:
        return False
    is_beside = one.parent is two.parent or (
        one.parent.parent is two.parent.parent
        and (one.parent.tag, one.parent.names) == (two.parent.tag, two.parent.names)
    )
    return is_beside and text_density.is_running_text(analysis.measures[order])


def _without_biography(analysis: PageAnalysis, kept: list[int]) -> list[int]:
    """Return the runs without those at the end, in a box of their own, that present the author."""
    names = analysis.hints.authors
    runs = analysis.page.runs
    end = len(kept)
    while names and end > _MIN_STORY_RUNS and runs[kept[end - 1]].text.lower().startswith(names):
        last, before = runs[kept[end - 1]].block, runs[kept[end - 2]].block
        is_in_own_box = last.parent is not before.parent or last.tag != before.tag
        if not is_in_own_box or not _tells_of_work(runs[kept[end - 1]].text, names):
            break
        end -= 1
    return kept[:end]


def _without_second_telling(analysis: PageAnalysis, kept: list[int]) -> list[int]:
    """Return the runs without those that a page prints again in the same order, as it does for
    small screens: five different ones and more, of the length of prose and a tenth of the text."""
    texts = [analysis.page.runs[order].text for order in kept]
    min_chars = max(_MIN_TOLD_CHARS, _MIN_TOLD_SHARE * sum(map(len, texts)))
    first: dict[str, int] = {}
    told: set[int] = set()
    start = 0
    while start < len(texts):
        length = _repeated_runs(texts, first.setdefault(texts[start], start), start)
        again = texts[start : start + length]
        chars = sum(map(len, again))
        if chars >= max(min_chars, _MIN_TOLD_MEAN * length) and len(set(again)) >= _MIN_TOLD_RUNS:
            told.update(kept[start : start + length])
        start += max(length, 1)
    return [order for order in kept if order not in told] if told else kept


def _repeated_runs(texts: list[str], earlier: int, start: int) -> int:
    """Return how many runs from `start` on are those from `earlier` on, up to `start`."""
    length = 0
    while (
        earlier + length < start
        and start + length < len(texts)
        and texts[earlier + length] == texts[start + length]
    ):
        length += 1
    return length


def _tells_of_work(text: str, names: tuple[str, ...]) -> bool:
    """Return True if the verb behind the author's name is one of biographies."""
    low = text.lower()
    name = next(name for name in names if low.startswith(name))
    words = low[len(name) :].split()
    return bool(words) and words[0].strip(",") in lexicon.words("vocabulary", "biography")


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
        if mean <= MIN_LOG_ODDS and _is_amid_text(analysis, analysis.page.runs[items[0]].block):
            mean = _AMID_TEXT_LOG_ODDS
        scores.update(dict.fromkeys(items, mean))


def _is_amid_text(analysis: PageAnalysis, block: BlockElement) -> bool:
    """Return True if the outermost list or table around a block has the story on both sides."""
    outer = enclosing_list(block)
    while outer is not None and outer.parent is not None:
        wider = enclosing_list(outer.parent)
        if wider is None:
            break
        outer = wider
    if outer is None or outer.class_flags & text_density.NOT_THE_STORY:
        return False
    totals = analysis.totals[outer.order]
    if totals.linked_chars > _MAX_LINKED_SHARE * (totals.chars or 1) or totals.phrase_runs:
        return False
    beside = [
        order
        for order in analysis.prose_runs
        if analysis.page.runs[order].block.parent is outer.parent
    ]
    runs = analysis.page.runs
    return bool(beside) and (
        runs[beside[0]].block.order < outer.order < runs[beside[-1]].block.order
    )


def enclosing_list(block: BlockElement) -> BlockElement | None:
    """Return the list or table around a block, at most eight levels out; None if there is none."""
    return text_density.closest(block, LIST_TAGS)


def select_all(analysis: PageAnalysis) -> Selection:
    """Return all that no rule excludes: for pages whose outlet says where the text is."""
    _, candidates, dropped = find_candidates(analysis)
    return Selection(candidates, dropped, {})
