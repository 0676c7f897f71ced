"""What stands between two paragraphs of a flattened page: pictures, teasers, headings, lists."""

from datetime import datetime

from msgspec import Struct, field

from schemas.article import Block, Related
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import captions
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import date_parsing

_TITLE_WORDS = 5
_SECTION_WORDS = 4
_SHORTEST_TITLE = 3
_ITEM_WORDS = 2
_CAPTION_WORDS = 20
_SUBTITLE_WORDS = 8


class Interlude(Struct):
    """What was read out of the lines between two paragraphs."""

    blocks: list[Block] = field(default_factory=list)
    pictures: list[CaptionLine] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


class InterludeContext(Struct, frozen=True):
    """Where a gap is: the last line of the text before it, and the day of the story."""

    before: str
    is_inside: bool
    day: datetime | None = None
    language: str = ""


def read(lines: list[ClassifiedLine], around: InterludeContext) -> Interlude:
    """The gap, part by part: a part is a picture or a lead-in, and the short lines under it."""
    gap = Interlude()
    rest = with_credits(lines)
    while rest:
        size = 1 + _shorts_after(rest)
        part, rest = rest[:size], rest[size:]
        head = part[0].kind
        if head is LineKind.PICTURE:
            part, heading = _parted(part, around, is_last=not rest)
            rest = heading + rest
            _take_picture(gap, part, around, is_last=not rest)
        elif head in (LineKind.MORE, LineKind.LIST):
            part, heading = _parted(part, around, is_last=not rest)
            _take_more(gap, part)
            rest = heading + rest
        elif head in (LineKind.SHORT, LineKind.ITEM):
            _take_shorts(gap, part, around, is_last=not rest)
        else:
            gap.dropped.append(Dropped(head.value, part[0].text))
            rest = part[1:] + rest
    return gap


def _parted(
    part: list[ClassifiedLine], around: InterludeContext, *, is_last: bool
) -> tuple[list[ClassifiedLine], list[ClassifiedLine]]:
    """A part without the heading of what follows it: a last line that is short after long ones."""
    if not is_last or not around.is_inside or len(part) <= 2:  # noqa: PLR2004  one line
        return part, []
    before, last = (len(seen.text.split()) for seen in part[-2:])
    is_heading = last < _TITLE_WORDS <= before
    return (part[:-1], part[-1:]) if is_heading else (part, [])


def _shorts_after(lines: list[ClassifiedLine]) -> int:
    head = lines[0]
    is_heading = head.line.mark == "heading" and head.kind is LineKind.SHORT
    if is_heading or (head.kind is LineKind.MORE and _inline(head.text)):
        return 0
    count = 0
    for seen in lines[1:]:
        if seen.kind not in (LineKind.SHORT, LineKind.ITEM) or seen.line.mark == "heading":
            break
        count += 1
    return count


def with_plain_captions(page: list[ClassifiedLine], first: int) -> list[ClassifiedLine]:
    """The lines from `first` on, where a line right before a credit is told to be its caption."""
    found = list(page)
    for n in range(first, len(page) - 1):
        before = page[n - 1].kind if n > first else None
        may_be = page[n].kind is LineKind.SHORT or (
            page[n].kind is LineKind.PROSE and _is_lone(page, n)
        )
        is_subtitle = before is None and len(page[n].text.split()) >= _SUBTITLE_WORDS
        if page[n + 1].kind is LineKind.CREDIT and may_be and not is_subtitle:
            found[n] = ClassifiedLine(page[n].line, LineKind.PICTURE, CaptionLine(page[n].text))
    return found


def _is_lone(page: list[ClassifiedLine], at: int) -> bool:
    """True for a short sentence that no other stands before, and no caption after its credit."""
    next_but_one = page[at + 2].kind if at + 2 < len(page) else None
    is_short = len(page[at].text.split()) <= _CAPTION_WORDS
    return (
        is_short
        and page[at - 1].kind is not LineKind.PROSE
        and next_but_one is not LineKind.PICTURE
    )


def with_credits(lines: list[ClassifiedLine]) -> list[ClassifiedLine]:
    """Credit lines joined to their caption lines: to the next one, else to the one before."""
    found: list[ClassifiedLine] = []
    for seen in lines:
        before = found[-1] if found else None
        if seen.kind is LineKind.PICTURE and before and before.kind is LineKind.CREDIT:
            found[-1] = _joined(before, seen, seen)
        elif seen.kind is LineKind.CREDIT and _takes_credit(before) and before:
            found[-1] = _joined(seen, before, before)
        else:
            found.append(seen)
    return [_unglued(one, one.picture) if _is_credit(one) else one for one in found]


def _takes_credit(seen: ClassifiedLine | None) -> bool:
    return bool(seen and seen.kind is LineKind.PICTURE and seen.picture and not seen.picture.credit)


def _joined(credit: ClassifiedLine, caption: ClassifiedLine, at: ClassifiedLine) -> ClassifiedLine:
    both = captions.joined(credit.picture or CaptionLine(), caption.picture or CaptionLine())
    return ClassifiedLine(at.line, LineKind.PICTURE, both)


def _is_credit(seen: ClassifiedLine) -> bool:
    return seen.kind is LineKind.CREDIT


def _unglued(seen: ClassifiedLine, picture: CaptionLine | None) -> ClassifiedLine:
    own = captions.unglued(picture or CaptionLine())
    return ClassifiedLine(seen.line, LineKind.PICTURE if own.caption else LineKind.CREDIT, own)


def _take_picture(
    gap: Interlude, part: list[ClassifiedLine], around: InterludeContext, *, is_last: bool
) -> None:
    """A picture of the story, or a teaser: caption, section, headline."""
    picture = part[0].picture or CaptionLine()
    shorts = [seen for seen in part[1:] if seen.text != picture.caption]
    is_teaser = _is_older(picture, around) or len(shorts) > 1
    if shorts and (is_teaser or len(shorts[-1].text.split()) >= _TITLE_WORDS):
        section = shorts[-2].text if len(shorts) > 1 else None
        gap.related.append(Related(shorts[-1].text, None, section, picture.caption or None))
        gap.dropped += [Dropped("teaser", seen.text) for seen in part]
    elif is_teaser:
        gap.dropped.append(Dropped("teaser", part[0].text))
    else:
        gap.pictures.append(picture)
        gap.dropped.append(Dropped("caption", part[0].text))
        if shorts:
            _take_shorts(gap, shorts, around, is_last=is_last)


def _is_older(picture: CaptionLine, around: InterludeContext) -> bool:
    """True for a picture of another day than the story's."""
    day = date_parsing.find_date(picture.date, around.language) if picture.date else None
    return bool(day and around.day and day.date() != around.day.date())


def _take_more(gap: Interlude, part: list[ClassifiedLine]) -> None:
    """ "Read also: Headline", or "Read also" and the headlines under it."""
    titles = [_inline(part[0].text), *(seen.text for seen in part[1:])]
    gap.related += [Related(title) for title in titles if len(title.split()) >= _SHORTEST_TITLE]
    gap.dropped += [Dropped("teaser", seen.text) for seen in part]


def _inline(text: str) -> str:
    """The headline behind a lead-in's colon."""
    return text.partition(":")[2].strip()


def _take_shorts(
    gap: Interlude, part: list[ClassifiedLine], around: InterludeContext, *, is_last: bool
) -> None:
    """Short lines under no lead-in: a heading, a list of the story, or teasers."""
    texts = [seen.text for seen in part]
    announced = around.before.endswith((":", "："))
    is_list = all(seen.kind is LineKind.ITEM for seen in part)
    is_said = sum(len(text.split()) for text in texts) >= _ITEM_WORDS * len(texts)
    is_marked = is_list and (announced or around.is_inside)
    if is_marked or (announced and is_said and len(part) > 1):
        gap.blocks.append(Block("list", "\n".join(texts)))
        return
    if len(part) == 1 and is_last and around.is_inside:
        gap.blocks.append(Block("heading", texts[0]))
        return
    if len(part) == 1 and part[0].line.mark == "heading":
        gap.blocks.append(Block("heading", texts[0]))
        return
    gap.dropped += [
        Dropped("teaser" if around.is_inside else LineKind.SHORT, text) for text in texts
    ]
    if len(part) == 2 and len(texts[0].split()) <= _SECTION_WORDS < len(texts[1].split()):  # noqa: PLR2004
        gap.related.append(Related(texts[1], None, texts[0]))
    elif around.is_inside:
        gap.related += [Related(text) for text in texts if len(text.split()) >= _TITLE_WORDS]
