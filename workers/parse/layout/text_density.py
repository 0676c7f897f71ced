"""How much like running text a run is, and how much of it each box holds."""

import re
from collections.abc import Container
from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html import class_names
from workers.parse.html.markup import names_of
from workers.parse.html.tree import BlockElement, PageTree, TextRun

_CLOSING: Final = "»”\"'’）)]」』›“*   \n"
_ENDS: Final = frozenset(".!?…。！？؟।॥።۔")
_WIDE: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]")
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
_FEW_WORDS: Final = 8
_NEXT_TO_NOTHING: Final = 400


@mypyc_attr(acyclic=True)
class TextMeasure:
    """Sizes of a run's text: words (two characters of a wide script are one), the part in links
    (0..1), whether it ends as a sentence does."""

    def __init__(self, words: int, chars: int, linked: float, *, is_sentence: bool) -> None:
        self.words = words
        self.chars = chars
        self.linked = linked
        self.is_sentence = is_sentence


_NOTHING: Final = TextMeasure(0, 0, 0.0, is_sentence=False)


def measure(run: TextRun) -> TextMeasure:
    """Sizes of one run; all zero for pictures and embeds."""
    text = run.text
    if not text:
        return _NOTHING
    linked = 0
    for mark in run.marks:
        if mark[0] == "a":
            linked += mark[2]
    chars = len(text)
    words = text.count(" ") + 1
    if "\n" in text:
        words += text.count("\n")
    if chars > 9 * words and not text.isascii():
        words += len(_WIDE.findall(text)) // 2
    is_sentence = text[-1] in _ENDS or text[-4:].rstrip(_CLOSING)[-1:] in _ENDS
    share = min(1.0, linked / run.length) if linked else 0.0
    return TextMeasure(words, chars, share, is_sentence=is_sentence)


def name_boxes(page: PageTree) -> None:
    """Sets `names` and `flags` of all boxes."""
    for box in page.boxes:
        if box.attributes and (found := names_of(box.attributes)):
            box.names = found
            box.flags = class_names.flags_of(found)


def flags_of(box: BlockElement) -> int:
    """The categories that the names of a box and of the one around it speak of."""
    return box.flags | (box.parent.flags if box.parent else 0)


def is_running_text(size: TextMeasure) -> bool:
    """True for a sentence of the kind that stories are made of."""
    return size.is_sentence and size.words >= _FEW_WORDS and size.linked < 0.5  # noqa: PLR2004  half


def weigh(
    page: PageTree, measures: list[TextMeasure], title_box: BlockElement | None, start: int = 0
) -> None:
    """Sets `prose` of all boxes: the characters of running text below each.

    Text in boxes whose names say that they are something else counts little, but for boxes that
    hold the headline or most of the page; so does text before the run `start`. Where next to
    nothing is running text (results, lists of dates), any text that is no link counts.
    """
    own = [0.0] * len(page.boxes)
    for run, size in zip(page.runs, measures, strict=True):
        if size.words > 4:  # noqa: PLR2004  shorter lines are never prose
            worth = _worth(run, size)
            own[run.box.order] += worth if run.order >= start else 0.05 * worth
    if _spread(page, own, title_box) > _NEXT_TO_NOTHING:
        return
    for run, size in zip(page.runs, measures, strict=True):
        own[run.box.order] += 0.5 * size.chars * (1 - size.linked) ** 2
    _spread(page, own, title_box)


def _spread(page: PageTree, own: list[float], title_box: BlockElement | None) -> float:
    """Sets `prose` from each box's own worth; the page's sum."""
    factors = _factors(page, _sums(page, own), title_box)
    weighed = [worth * factor for worth, factor in zip(own, factors, strict=True)]
    for box, total in zip(page.boxes, _sums(page, weighed), strict=True):
        box.prose = total
    return page.boxes[0].prose


def _factors(page: PageTree, around: list[float], title_box: BlockElement | None) -> list[float]:
    """For each box the part (0..1) at which its text counts."""
    exempt = {box.order for box in ancestry(title_box)}
    most = 0.5 * around[0]
    factors = [1.0] * len(page.boxes)
    for box in page.boxes[1:]:
        order = box.order
        factor = factors[box.parent.order] if box.parent else 1.0
        if factor == 1.0 and around[order] and order not in exempt:
            flags = box.flags
            if flags & (class_names.COMMENTS | class_names.CONSENT) or (
                around[order] < most and (box.tag in CLUTTER_TAGS or flags & NOT_THE_STORY)
            ):
                factor = 0.05
            elif box.hidden:
                factor = 0.3
        factors[order] = factor
    return factors


def ancestry(box: BlockElement | None, most: int = 1_000) -> list[BlockElement]:
    """`box` and those around it, from the inside out, at most so many."""
    found: list[BlockElement] = []
    while box is not None and len(found) < most:
        found.append(box)
        box = box.parent
    return found


def nearest(box: BlockElement | None, tags: Container[str], most: int = 8) -> BlockElement | None:
    """`box` or the innermost one around it that has one of `tags`, at most so many levels out."""
    while box is not None and most > 0:
        if box.tag in tags:
            return box
        box = box.parent
        most -= 1
    return None


def is_within(box: BlockElement | None, outer: BlockElement) -> bool:
    """True if `outer` is `box` or one of those around it."""
    while box is not None:
        if box is outer:
            return True
        box = box.parent if box.order > outer.order else None
    return False


def _sums(page: PageTree, own: list[float]) -> list[float]:
    """What is in each box and all below it."""
    found = own.copy()
    for box in reversed(page.boxes):
        if box.parent is not None:
            found[box.parent.order] += found[box.order]
    return found


def _worth(run: TextRun, size: TextMeasure) -> float:
    """The characters of `run` that count as running text."""
    if size.words < _FEW_WORDS and not size.is_sentence:
        return 0.0
    worth = size.chars * (1 - size.linked) ** 2
    if not size.is_sentence:
        worth *= 0.3
    if run.box.tag == "li":
        worth *= 0.5
    return worth
