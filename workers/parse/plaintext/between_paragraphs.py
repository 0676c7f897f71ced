"""Reads what is between two paragraphs of a flattened page: pictures, teasers, headings, lists."""

from datetime import datetime

from msgspec import Struct, field

from schemas.article import Block, Related
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import captions
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import date_parsing

_MIN_HEADLINE_WORDS = 5
_MIN_INLINE_TITLE_WORDS = 3
_MAX_SECTION_WORDS = 4
_MIN_WORDS_PER_ITEM = 2
_MAX_PLAIN_CAPTION_WORDS = 20
_MIN_SUBTITLE_WORDS = 8
_MIN_LINES_WITH_HEADING = 3


class Interlude(Struct):
    """What was read out of lines between two paragraphs."""

    blocks: list[Block] = field(default_factory=list)
    pictures: list[CaptionLine] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class InterludeContext(Struct, frozen=True):
    """Where an interlude is: `text_before` is the block above it, `is_inside` is false after the
    last paragraph, `published` is the story's date."""

    text_before: str
    is_inside: bool
    published: datetime | None = None
    language: str = ""


def read_interlude(lines: list[ClassifiedLine], context: InterludeContext) -> Interlude:
    """Return what the lines hold, read in parts: a caption or a lead-in with the short lines
    under it."""
    interlude = Interlude()
    rest = merge_credits(lines)
    while rest:
        size = 1 + _count_short_lines(rest)
        part, rest = rest[:size], rest[size:]
        kind = part[0].kind
        if kind is LineKind.CAPTION:
            part, heading = _split_heading(part, context, is_last=not rest)
            rest = heading + rest
            _take_picture(interlude, part, context, is_last=not rest)
        elif kind in (LineKind.READ_MORE, LineKind.STORY_LIST):
            part, heading = _split_heading(part, context, is_last=not rest)
            _take_read_more(interlude, part)
            rest = heading + rest
        elif kind in (LineKind.SHORT_LINE, LineKind.LIST_ITEM):
            _take_short_lines(interlude, part, context, is_last=not rest)
        else:
            interlude.dropped.append(Dropped(kind.value, part[0].text))
            rest = part[1:] + rest
    return interlude


def _split_heading(
    part: list[ClassifiedLine], context: InterludeContext, *, is_last: bool
) -> tuple[list[ClassifiedLine], list[ClassifiedLine]]:
    """Return a part and the heading of the next paragraph that ends it, if there is one.

    A last line that is short after a long one is taken for such a heading.
    """
    if not is_last or not context.is_inside or len(part) < _MIN_LINES_WITH_HEADING:
        return part, []
    before, last = (len(line.text.split()) for line in part[-2:])
    has_heading = last < _MIN_HEADLINE_WORDS <= before
    return (part[:-1], part[-1:]) if has_heading else (part, [])


def _count_short_lines(lines: list[ClassifiedLine]) -> int:
    """Return how many of the lines after the first one belong to it."""
    first = lines[0]
    is_heading = first.mark == "heading" and first.kind is LineKind.SHORT_LINE
    if is_heading or (first.kind is LineKind.READ_MORE and _inline_title(first.text)):
        return 0
    count = 0
    for line in lines[1:]:
        is_short = line.kind in (LineKind.SHORT_LINE, LineKind.LIST_ITEM)
        if not is_short or line.mark == "heading":
            break
        count += 1
    return count


def mark_plain_captions(lines: list[ClassifiedLine], first: int) -> list[ClassifiedLine]:
    """Return the lines with those right before a credit, from `first` on, marked as captions."""
    marked = list(lines)
    for index in range(first, len(lines) - 1):
        line = lines[index]
        before = lines[index - 1].kind if index > first else None
        may_be_caption = line.kind is LineKind.SHORT_LINE or (
            line.kind is LineKind.PROSE and _is_single_short_sentence(lines, index)
        )
        is_subtitle = before is None and len(line.text.split()) >= _MIN_SUBTITLE_WORDS
        if lines[index + 1].kind is LineKind.CREDIT and may_be_caption and not is_subtitle:
            marked[index] = ClassifiedLine(line.source, LineKind.CAPTION, CaptionLine(line.text))
    return marked


def _is_single_short_sentence(lines: list[ClassifiedLine], index: int) -> bool:
    """Return True if no other sentence is before it, and no caption after its credit."""
    after_credit = lines[index + 2].kind if index + 2 < len(lines) else None
    is_short = len(lines[index].text.split()) <= _MAX_PLAIN_CAPTION_WORDS
    return (
        is_short
        and lines[index - 1].kind is not LineKind.PROSE
        and after_credit is not LineKind.CAPTION
    )


def merge_credits(lines: list[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines with each credit merged into the caption after it, else the one before."""
    merged: list[ClassifiedLine] = []
    for line in lines:
        before = merged[-1] if merged else None
        if line.kind is LineKind.CAPTION and before and before.kind is LineKind.CREDIT:
            merged[-1] = _merge(before, line, line)
        elif line.kind is LineKind.CREDIT and before and _lacks_credit(before):
            merged[-1] = _merge(line, before, before)
        else:
            merged.append(line)
    return [_split_caption(line) if line.kind is LineKind.CREDIT else line for line in merged]


def _lacks_credit(line: ClassifiedLine) -> bool:
    return bool(line.kind is LineKind.CAPTION and line.picture and not line.picture.credit)


def _merge(
    credit: ClassifiedLine, caption: ClassifiedLine, place: ClassifiedLine
) -> ClassifiedLine:
    picture = captions.merge_credit(
        credit.picture or CaptionLine(), caption.picture or CaptionLine()
    )
    return ClassifiedLine(place.source, LineKind.CAPTION, picture)


def _split_caption(credit: ClassifiedLine) -> ClassifiedLine:
    picture = captions.split_glued_caption(credit.picture or CaptionLine())
    kind = LineKind.CAPTION if picture.caption else LineKind.CREDIT
    return ClassifiedLine(credit.source, kind, picture)


def _take_picture(
    interlude: Interlude, part: list[ClassifiedLine], context: InterludeContext, *, is_last: bool
) -> None:
    """Take a picture of the story, or a teaser: its caption, section and headline."""
    picture = part[0].picture or CaptionLine()
    below = [line for line in part[1:] if line.text != picture.caption]
    is_teaser = _is_of_other_day(picture, context) or len(below) > 1
    if below and (is_teaser or len(below[-1].text.split()) >= _MIN_HEADLINE_WORDS):
        section = below[-2].text if len(below) > 1 else None
        teaser = Related(below[-1].text, None, section, picture.caption or None)
        interlude.related.append(teaser)
        interlude.dropped += [Dropped("teaser", line.text) for line in part]
    elif is_teaser:
        interlude.dropped.append(Dropped("teaser", part[0].text))
    else:
        interlude.pictures.append(picture)
        interlude.dropped.append(Dropped("caption", part[0].text))
        if below:
            _take_short_lines(interlude, below, context, is_last=is_last)


def _is_of_other_day(picture: CaptionLine, context: InterludeContext) -> bool:
    """Return True for a picture of another day than the story's."""
    day = date_parsing.find_date(picture.date, context.language) if picture.date else None
    return bool(day and context.published and day.date() != context.published.date())


def _take_read_more(interlude: Interlude, part: list[ClassifiedLine]) -> None:
    """Take teasers: "Read also: Headline", or "Read also" and the headlines under it."""
    titles = [_inline_title(part[0].text), *(line.text for line in part[1:])]
    interlude.related += [
        Related(title) for title in titles if len(title.split()) >= _MIN_INLINE_TITLE_WORDS
    ]
    interlude.dropped += [Dropped("teaser", line.text) for line in part]


def _inline_title(text: str) -> str:
    """Return the headline after a lead-in's colon; empty if there is none."""
    return text.partition(":")[2].strip()


def _take_short_lines(
    interlude: Interlude, part: list[ClassifiedLine], context: InterludeContext, *, is_last: bool
) -> None:
    """Take short lines under no lead-in: a heading, a list of the story, or teasers."""
    texts = [line.text for line in part]
    if _is_list(part, context):
        interlude.blocks.append(Block("list", "\n".join(texts)))
        return
    is_heading = part[0].mark == "heading" or (is_last and context.is_inside)
    if len(part) == 1 and is_heading:
        interlude.blocks.append(Block("heading", texts[0]))
        return
    reason = "teaser" if context.is_inside else LineKind.SHORT_LINE
    interlude.dropped += [Dropped(reason, text) for text in texts]
    if _is_section_and_title(texts):
        interlude.related.append(Related(texts[1], None, texts[0]))
    elif context.is_inside:
        interlude.related += [
            Related(text) for text in texts if len(text.split()) >= _MIN_HEADLINE_WORDS
        ]


def _is_list(part: list[ClassifiedLine], context: InterludeContext) -> bool:
    """Return True for a list of the story: its items are marked, or a colon announces it."""
    is_announced = context.text_before.endswith((":", "："))
    words = sum(len(line.text.split()) for line in part)
    are_items = all(line.kind is LineKind.LIST_ITEM for line in part)
    if are_items and (is_announced or context.is_inside):
        return True
    return is_announced and words >= _MIN_WORDS_PER_ITEM * len(part) and len(part) > 1


def _is_section_and_title(texts: list[str]) -> bool:
    if len(texts) != 2:  # noqa: PLR2004  the two lines
        return False
    section, title = (len(text.split()) for text in texts)
    return section <= _MAX_SECTION_WORDS < title
