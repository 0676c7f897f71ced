"""Measures how much of a run, and of a page's blocks, is running text.

Link density as in Kohlschütter et al., "Boilerplate Detection using Shallow Text Features" (2010).
"""

import re
from collections.abc import Container
from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html import class_names
from workers.parse.html.markup import collect_names
from workers.parse.html.tree import BlockElement, PageTree, TextRun

_CLOSING_QUOTES: Final = "»”\"'’）)]」』›“*   \n"
_SENTENCE_ENDS: Final = frozenset(".!?…。！？؟।॥።۔")
_WIDE_LETTER: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]")
NOT_THE_STORY: Final = (
    class_names.RELATED
    | class_names.NEWSLETTER
    | class_names.COMMENTS
    | class_names.ADVERT
    | class_names.CAPTION
    | class_names.BIO
    | class_names.NAV
    | class_names.FOOTER
    | class_names.CONSENT
    | class_names.SHARE
)
CLUTTER_TAGS: Final = frozenset("nav footer aside figure figcaption form".split())
_PARAGRAPH_TAGS: Final = frozenset(("p", "h2", "h3", "h4", "blockquote", "li"))
_MAX_OUTSIDE_SHARE: Final = 0.15
_MIN_SENTENCE_WORDS: Final = 8
_MIN_PROSE_WORDS: Final = 5
_MAX_PROSE_LINK_DENSITY: Final = 0.5
_MIN_PAGE_PROSE: Final = 400
_MAX_WORD_CHARS: Final = 9
# How much of a text counts as prose (0..1).
_BEFORE_STORY_WEIGHT: Final = 0.05
_CLUTTER_WEIGHT: Final = 0.05
_HIDDEN_WEIGHT: Final = 0.3
_FRAGMENT_WEIGHT: Final = 0.3
_LIST_ITEM_WEIGHT: Final = 0.5
_ANY_TEXT_WEIGHT: Final = 0.5
_MAX_CLUTTER_SHARE: Final = 0.5


@mypyc_attr(acyclic=True)
class TextMeasure:
    """Sizes of a run's text.

    Two characters of a script without spaces are one of `words`; `link_density` is the share of
    the text in links (0..1); `is_sentence` is True if the text ends as a sentence does.
    """

    def __init__(self, words: int, chars: int, link_density: float, *, is_sentence: bool) -> None:
        """Make one of its values."""
        self.words = words
        self.chars = chars
        self.link_density = link_density
        self.is_sentence = is_sentence


_EMPTY: Final = TextMeasure(0, 0, 0.0, is_sentence=False)


def measure_run(run: TextRun) -> TextMeasure:
    """Return the sizes of one run; all zero for pictures and embeds."""
    text = run.text
    if not text:
        return _EMPTY
    linked = 0
    for span in run.spans:
        if span[0] == "a":
            linked += span[2]
    chars = len(text)
    words = text.count(" ") + 1
    if "\n" in text:
        words += text.count("\n")
    if chars > _MAX_WORD_CHARS * words and not text.isascii():
        words += len(_WIDE_LETTER.findall(text)) // 2
    last = text[-4:].rstrip(_CLOSING_QUOTES)[-1:]
    is_sentence = text[-1] in _SENTENCE_ENDS or last in _SENTENCE_ENDS
    link_density = min(1.0, linked / run.source_chars) if linked else 0.0
    return TextMeasure(words, chars, link_density, is_sentence=is_sentence)


def assign_class_flags(page: PageTree) -> None:
    """Set `names` and `class_flags` of all blocks."""
    for block in page.blocks:
        if block.attributes and (names := collect_names(block.attributes)):
            block.names = names
            block.class_flags = class_names.flags_of(names)


def clear_mistaken_comments(page: PageTree, measures: list[TextMeasure]) -> None:
    """Clear the flag of comments where it cannot be right, whatever the words of the class names.

    Those are parts with running text of the story right before and behind them, and all parts of a
    page that has hardly any other running text.
    """
    if not [block for block in page.blocks if block.class_flags & class_names.COMMENTS]:
        return
    flagged = [False] * len(page.blocks)
    for block in page.blocks:
        is_outer = block.parent is not None and flagged[block.parent.order]
        flagged[block.order] = is_outer or bool(block.class_flags & class_names.COMMENTS)
    if _are_all_comments(page, measures, flagged):
        mistaken = {block.order for block in page.blocks if block.tag in _PARAGRAPH_TAGS}
    else:
        mistaken = _within_text(page, measures, flagged)
    for block in page.blocks:
        is_within = block.parent is not None and block.parent.order in mistaken
        if block.order in mistaken or is_within:
            mistaken.add(block.order)
            block.class_flags &= ~class_names.COMMENTS


def _are_all_comments(page: PageTree, measures: list[TextMeasure], flagged: list[bool]) -> bool:
    """Return True if hardly any running text is outside paragraphs that are flagged themselves.

    In boxes that are flagged, there may well be more comments than story.
    """
    texts = [(run, m) for run, m in zip(page.runs, measures, strict=True) if is_running_text(m)]
    inside = sum(
        measure.chars
        for run, measure in texts
        if run.block.class_flags & class_names.COMMENTS
        and run.block.parent is not None
        and not flagged[run.block.parent.order]
    )
    outside = sum(measure.chars for _, measure in texts) - inside
    return bool(inside) and outside < _MAX_OUTSIDE_SHARE * inside


def _within_text(page: PageTree, measures: list[TextMeasure], flagged: list[bool]) -> set[int]:
    """Return the flagged blocks that stand between running text of the block around them."""
    last_text: dict[int, int] = {}
    open_blocks: dict[int, list[int]] = {}
    found: set[int] = set()
    for run, measure in zip(page.runs, measures, strict=True):
        if not is_running_text(measure):
            continue
        block = run.block
        if not flagged[block.order]:
            around = block.parent.order if block.parent and block.tag == "p" else block.order
            found.update(open_blocks.pop(around, ()))
            last_text[around] = run.order
            continue
        while block.parent is not None and flagged[block.parent.order]:
            block = block.parent
        if block.parent is not None and block.parent.order in last_text:
            open_blocks.setdefault(block.parent.order, []).append(block.order)
    return found


def nearby_flags(block: BlockElement) -> int:
    """Return the categories of the class names of a block and its parent, as bits."""
    return block.class_flags | (block.parent.class_flags if block.parent else 0)


def is_running_text(measure: TextMeasure) -> bool:
    """Return True for a sentence as stories are made of."""
    return (
        measure.is_sentence
        and measure.words >= _MIN_SENTENCE_WORDS
        and measure.link_density < _MAX_PROSE_LINK_DENSITY
    )


def compute_prose(
    page: PageTree,
    measures: list[TextMeasure],
    title_block: BlockElement | None,
    story_start: int = 0,
) -> None:
    """Set `prose` of all blocks: the characters of running text in and below each.

    Text in blocks whose class names mean something else counts little, unless the block has the
    headline or most of the page in it; so does text before the run `story_start`. On pages with
    hardly any running text (results, lists of dates), all text outside links counts.
    """
    own = [0.0] * len(page.blocks)
    for run, measure in zip(page.runs, measures, strict=True):
        if measure.words >= _MIN_PROSE_WORDS:
            chars = _prose_chars(run, measure)
            weight = 1.0 if run.order >= story_start else _BEFORE_STORY_WEIGHT
            own[run.block.order] += weight * chars
    if _assign_prose(page, own, title_block) > _MIN_PAGE_PROSE:
        return
    for run, measure in zip(page.runs, measures, strict=True):
        own[run.block.order] += _ANY_TEXT_WEIGHT * measure.chars * (1 - measure.link_density) ** 2
    _assign_prose(page, own, title_block)


def _assign_prose(page: PageTree, own: list[float], title_block: BlockElement | None) -> float:
    """Return the prose of the page, and set `prose` of all blocks, from those of their own runs."""
    weights = _block_weights(page, _subtree_sums(page, own), title_block)
    weighted = [chars * weight for chars, weight in zip(own, weights, strict=True)]
    for block, total in zip(page.blocks, _subtree_sums(page, weighted), strict=True):
        block.prose = total
    return page.blocks[0].prose


def _block_weights(
    page: PageTree, sums: list[float], title_block: BlockElement | None
) -> list[float]:
    """Return for each block how much its text counts (0..1); `sums` are those of its subtree."""
    around_title = {block.order for block in ancestors(title_block)}
    max_clutter = _MAX_CLUTTER_SHARE * sums[0]
    weights = [1.0] * len(page.blocks)
    for block in page.blocks[1:]:
        order = block.order
        weight = weights[block.parent.order] if block.parent else 1.0
        if weight == 1.0 and sums[order] and order not in around_title:
            flags = block.class_flags
            if flags & (class_names.COMMENTS | class_names.CONSENT) or (
                sums[order] < max_clutter and (block.tag in CLUTTER_TAGS or flags & NOT_THE_STORY)
            ):
                weight = _CLUTTER_WEIGHT
            elif block.is_hidden:
                weight = _HIDDEN_WEIGHT
        weights[order] = weight
    return weights


def ancestors(block: BlockElement | None, max_levels: int = 1_000) -> list[BlockElement]:
    """Return `block` and those around it, innermost first, at most `max_levels`."""
    blocks: list[BlockElement] = []
    while block is not None and len(blocks) < max_levels:
        blocks.append(block)
        block = block.parent
    return blocks


def closest(
    block: BlockElement | None, tags: Container[str], max_levels: int = 8
) -> BlockElement | None:
    """Return the innermost of `block` and those around it that has one of `tags`, or None."""
    while block is not None and max_levels > 0:
        if block.tag in tags:
            return block
        block = block.parent
        max_levels -= 1
    return None


def is_within(block: BlockElement | None, outer: BlockElement) -> bool:
    """Return True if `outer` is `block` or around it."""
    while block is not None:
        if block is outer:
            return True
        block = block.parent if block.order > outer.order else None
    return False


def _subtree_sums(page: PageTree, own: list[float]) -> list[float]:
    """Return the sums of the values of each block and all below it."""
    sums = own.copy()
    for block in reversed(page.blocks):
        if block.parent is not None:
            sums[block.parent.order] += sums[block.order]
    return sums


def _prose_chars(run: TextRun, measure: TextMeasure) -> float:
    """Return how many characters of the run count as running text."""
    if measure.words < _MIN_SENTENCE_WORDS and not measure.is_sentence:
        return 0.0
    chars = measure.chars * (1 - measure.link_density) ** 2
    if not measure.is_sentence:
        chars *= _FRAGMENT_WEIGHT
    if run.block.tag == "li":
        chars *= _LIST_ITEM_WEIGHT
    return chars
