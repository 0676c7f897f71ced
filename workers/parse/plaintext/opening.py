"""What stands between headline and text of a flattened page: byline, dates, subtitle, pictures."""

from datetime import datetime

from msgspec import Struct, field

from workers.parse.fields import dateline, people
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import between_paragraphs, line_classifier
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import date_parsing

_ABOVE = 4
_SUBTITLE_WORDS = 6
_SHORT_SUBTITLE, _LONG_SUBTITLE = 30, 60
_WHO_AND_WHEN = frozenset((LineKind.BYLINE, LineKind.DATED))
_PARTED = _WHO_AND_WHEN | {LineKind.CREDIT, LineKind.PICTURE, LineKind.SHARE}


class Opening(Struct):
    """`text_at` is the order of the first paragraph."""

    text_at: int
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    pictures: list[CaptionLine] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def read(
    page: list[ClassifiedLine], headline_at: int, language: str, now: datetime | None = None
) -> Opening:
    """Everything before the first paragraph; lines above the headline tell dates and names too.

    No date is after `now`, if it is given.
    """
    found = Opening(_first_paragraph(page, headline_at))
    above = page[max(0, headline_at - _ABOVE) : headline_at]
    between = page[headline_at + 1 : found.text_at]
    for seen in page[:headline_at]:
        found.dropped.append(Dropped(_reason_above(seen), seen.text))
    between = _without_subtitle(found, between)
    between = between_paragraphs.with_credits(between)
    for seen in [*between, *above]:
        _take(found, seen, language, now)
    _take_name_beside_date(found, [*above, *between])
    found.dropped += [Dropped(seen.kind.value, seen.text) for seen in between]
    found.pictures = [s.picture for s in between if s.picture and s.kind is LineKind.PICTURE]
    found.pictures += [s.picture for s in between if s.picture and s.kind is LineKind.CREDIT][:1]
    return found


def _reason_above(seen: ClassifiedLine) -> str:
    return (
        "before the headline" if seen.kind in (LineKind.SHORT, LineKind.PROSE) else seen.kind.value
    )


def _first_paragraph(page: list[ClassifiedLine], headline_at: int) -> int:
    """The first sentence, unless it is a subtitle: then the second one."""
    prose = [n for n in range(headline_at + 1, len(page)) if page[n].kind is LineKind.PROSE]
    if not prose:
        return len(page)
    first, second = prose[0], prose[1] if len(prose) > 1 else len(page)
    above = {seen.kind for seen in page[headline_at + 1 : first]}
    is_subtitle = not above & _PARTED and _is_parted(page[first], page[first + 1 : second])
    return second if is_subtitle and len(prose) > 1 else first


def _is_parted(first: ClassifiedLine, between: list[ClassifiedLine]) -> bool:
    """True where byline or date stand between a sentence and the next one, or, below a short one,
    a picture of no day."""
    kinds = {seen.kind for seen in between if not (seen.picture and seen.picture.date)}
    if kinds & _WHO_AND_WHEN:
        return len(first.text.split()) <= _LONG_SUBTITLE
    is_short = len(first.text.split()) <= _SHORT_SUBTITLE and dateline.read(first.text)[0] is None
    return is_short and bool(kinds & _PARTED)


def _without_subtitle(found: Opening, between: list[ClassifiedLine]) -> list[ClassifiedLine]:
    """Takes the sentence right under the headline for the subtitle, if it is long enough."""
    for n, seen in enumerate(between):
        if seen.kind is LineKind.PROSE and len(seen.text.split()) >= _SUBTITLE_WORDS:
            found.subtitle = seen.text
            return between[:n] + between[n + 1 :]
        if seen.kind in _PARTED:
            break
    return between


def _take(found: Opening, seen: ClassifiedLine, language: str, now: datetime | None) -> None:
    if seen.kind in (LineKind.BYLINE, LineKind.DATED):
        found.authors = found.authors or line_classifier.byline_in(seen.text)
        _take_date(found, seen.text, language, now)
    if seen.kind is LineKind.CRUMBS and not found.section:
        found.section = _section_in(seen.text)


def _take_date(found: Opening, text: str, language: str, now: datetime | None) -> None:
    """Of a line with both dates the first is that of the first print."""
    at = date_parsing.change_at(text)
    cut = len(text) if at is None else at
    first, last = (date_parsing.find_date(part, language) for part in (text[:cut], text[cut:]))
    if not found.published and date_parsing.is_past(first, now):
        found.published = first
    if not found.modified and date_parsing.is_past(last, now):
        found.modified = last


def _take_name_beside_date(found: Opening, lines: list[ClassifiedLine]) -> None:
    """A name alone on the line before or after a date."""
    if found.authors:
        return
    for n, seen in enumerate(lines):
        beside = [one.kind for one in lines[max(0, n - 1) : n + 2]]
        if seen.kind is LineKind.SHORT and LineKind.DATED in beside and " " in seen.text:
            persons = people.find([seen.text], set())
            if persons and sum(map(len, persons)) > 0.7 * len(seen.text):
                found.authors = persons
                return


def _section_in(text: str) -> str:
    """The second of "Home > Politics > Headline"."""
    parts = [part.strip() for part in line_classifier.CRUMB.split(text) if part.strip()]
    is_trail = any(mark in text for mark in ">›»")
    return parts[1] if is_trail and len(parts) > 1 else ""
