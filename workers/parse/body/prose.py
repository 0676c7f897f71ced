"""How much like running text a run is."""

import re

from msgspec import Struct

from workers.parse import names
from workers.parse.tree import Box, Page, Run, names_of

SENTENCE_END = re.compile(
    r"[.!?…。！？؟।॥։፡።»”\"'’）)\]」』:;]*[.!?…。！？؟।॥։።][»”\"'’）)\]」』*\s]*$"
)
_WIDE = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]")
NOT_THE_STORY = (
    names.RELATED
    | names.NEWSLETTER
    | names.COMMENTS
    | names.ADVERT
    | names.CAPTION
    | names.BIO
    | names.NAV
    | names.FOOTER
    | names.CONSENT
    | names.SHARE
)
CLUTTER_TAGS = frozenset("nav footer aside figure figcaption button form".split())


class Measure(Struct, eq=False):
    """Sizes of a run's text: words (a wide script's two characters are one), parts in links and
    in bold (0..1), whether it ends as a sentence does."""

    words: int
    chars: int
    linked: float
    bold: float
    is_sentence: bool
    commas: int


def measure(run: Run) -> Measure:
    text = run.text
    linked = bold = 0
    for tag, _, chars in run.marks:
        if tag == "a":
            linked += chars
        elif tag in ("b", "strong"):
            bold += chars
    length = run.length or 1
    words = text.count(" ") + text.count("\n") + 1
    if not text.isascii():
        wide = len(_WIDE.findall(text)) if len(text) / words > 9 else 0
        words += wide // 2
    return Measure(
        words,
        len(text),
        min(1.0, linked / length),
        min(1.0, bold / length),
        SENTENCE_END.search(text[-12:]) is not None,
        text.count(",") + text.count("，") + text.count("、"),
    )


def flags_of(box: Box) -> int:
    return names.flags_of(names_of(box.attributes)) if box.attributes else 0


def weigh(page: Page, measures: list[Measure]) -> None:
    """Sets `prose` of all boxes: the characters of running text below each."""
    for box in page.boxes:
        box.prose = 0.0
    for run, size in zip(page.runs, measures, strict=True):
        if run.kind == "text":
            run.box.prose += _prose(run, size)
    for box in reversed(page.boxes):
        if box.parent is not None:
            box.parent.prose += box.prose


def _prose(run: Run, size: Measure) -> float:
    if size.words < 8 and not (size.is_sentence and size.words > 4):
        return 0.0
    worth = size.chars * (1 - size.linked) ** 2
    if not size.is_sentence:
        worth *= 0.3
    box: Box | None = run.box
    if box.hidden:
        worth *= 0.3
    for _ in range(4):
        if box is None or box.parent is None:
            break
        if box.tag in CLUTTER_TAGS or flags_of(box) & NOT_THE_STORY:
            return worth * 0.1
        box = box.parent
    return worth
