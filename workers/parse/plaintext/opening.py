"""Reads what is between headline and text of a flattened page: byline, dates, subtitle, lead."""

from datetime import datetime

from msgspec import Struct, field

from workers.parse.fields import dateline, people
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import between_paragraphs, line_classifier
from workers.parse.plaintext.captions import CaptionLine
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import date_parsing

_LINES_ABOVE_HEADLINE = 4
_MIN_SUBTITLE_WORDS = 6
_MAX_SUBTITLE_WORDS = 60
_MAX_SUBTITLE_WORDS_ABOVE_PICTURE = 30
_MIN_NAME_SHARE = 0.7
_BYLINE_KINDS = frozenset((LineKind.BYLINE, LineKind.DATE_LINE))
_SEPARATING_KINDS = _BYLINE_KINDS | {LineKind.CREDIT, LineKind.CAPTION, LineKind.SHARE_BAR}


class Opening(Struct):
    """The fields read there; `text_start` is the index of the first paragraph."""

    text_start: int
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    pictures: list[CaptionLine] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def read_opening(
    lines: list[ClassifiedLine], headline_index: int, language: str, now: datetime | None = None
) -> Opening:
    """Return everything before the first paragraph; lines above the headline count for dates and
    names. No date is after `now`, if it is given."""
    opening = Opening(_first_paragraph(lines, headline_index))
    above = lines[max(0, headline_index - _LINES_ABOVE_HEADLINE) : headline_index]
    between = lines[headline_index + 1 : opening.text_start]
    for line in lines[:headline_index]:
        opening.dropped.append(Dropped(_reason_above_headline(line), line.text))
    between = _take_subtitle(opening, between)
    between = between_paragraphs.merge_credits(between)
    for line in [*between, *above]:
        _take_line(opening, line, language, now)
    _take_name_beside_date(opening, [*above, *between])
    opening.dropped += [Dropped(line.kind.value, line.text) for line in between]
    opening.pictures = _pictures_of(between, LineKind.CAPTION)
    opening.pictures += _pictures_of(between, LineKind.CREDIT)[:1]
    return opening


def _pictures_of(lines: list[ClassifiedLine], kind: LineKind) -> list[CaptionLine]:
    return [line.picture for line in lines if line.picture and line.kind is kind]


def _reason_above_headline(line: ClassifiedLine) -> str:
    is_plain = line.kind in (LineKind.SHORT_LINE, LineKind.PROSE)
    return "before the headline" if is_plain else line.kind.value


def _first_paragraph(lines: list[ClassifiedLine], headline_index: int) -> int:
    """Return the index of the first sentence, or of the second one if the first is a subtitle."""
    prose = [
        index
        for index in range(headline_index + 1, len(lines))
        if lines[index].kind is LineKind.PROSE
    ]
    if not prose:
        return len(lines)
    first, second = prose[0], prose[1] if len(prose) > 1 else len(lines)
    above = {line.kind for line in lines[headline_index + 1 : first]}
    is_subtitle = not above & _SEPARATING_KINDS and _is_set_off(
        lines[first], lines[first + 1 : second]
    )
    return second if is_subtitle and len(prose) > 1 else first


def _is_set_off(first: ClassifiedLine, between: list[ClassifiedLine]) -> bool:
    """Return True if byline or date part a sentence from the next one.

    Below a short sentence a picture without a date does so too.
    """
    kinds = {line.kind for line in between if not (line.picture and line.picture.date)}
    words = len(first.text.split())
    if kinds & _BYLINE_KINDS:
        return words <= _MAX_SUBTITLE_WORDS
    is_short = (
        words <= _MAX_SUBTITLE_WORDS_ABOVE_PICTURE
        and dateline.parse_dateline(first.text)[0] is None
    )
    return is_short and bool(kinds & _SEPARATING_KINDS)


def _take_subtitle(opening: Opening, between: list[ClassifiedLine]) -> list[ClassifiedLine]:
    """Return the lines without the subtitle: a long enough sentence right under the headline."""
    for index, line in enumerate(between):
        if line.kind is LineKind.PROSE and len(line.text.split()) >= _MIN_SUBTITLE_WORDS:
            opening.subtitle = line.text
            return between[:index] + between[index + 1 :]
        if line.kind in _SEPARATING_KINDS:
            break
    return between


def _take_line(opening: Opening, line: ClassifiedLine, language: str, now: datetime | None) -> None:
    if line.kind in _BYLINE_KINDS:
        opening.authors = opening.authors or line_classifier.find_byline_names(line.text)
        _take_dates(opening, line.text, language, now)
    if line.kind is LineKind.BREADCRUMBS and not opening.section:
        opening.section = _section_of(line.text)


def _take_dates(opening: Opening, text: str, language: str, now: datetime | None) -> None:
    """Take the date before a word like "updated" as published, the one after it as modified."""
    change = date_parsing.find_change_marker(text)
    cut = len(text) if change is None else change
    published, modified = (
        date_parsing.find_date(part, language) for part in (text[:cut], text[cut:])
    )
    if not opening.published and date_parsing.is_past(published, now):
        opening.published = published
    if not opening.modified and date_parsing.is_past(modified, now):
        opening.modified = modified


def _take_name_beside_date(opening: Opening, lines: list[ClassifiedLine]) -> None:
    """Take a name alone on the line before or after a date as the author."""
    if opening.authors:
        return
    for index, line in enumerate(lines):
        kinds = [other.kind for other in lines[max(0, index - 1) : index + 2]]
        if line.kind is LineKind.SHORT_LINE and LineKind.DATE_LINE in kinds and " " in line.text:
            names = people.find_people([line.text], set())
            if names and sum(map(len, names)) > _MIN_NAME_SHARE * len(line.text):
                opening.authors = names
                return


def _section_of(text: str) -> str:
    """Return the second part of "Home > Politics > Headline"; empty if `text` is no such trail."""
    parts = line_classifier.BREADCRUMB_SEPARATOR.split(text)
    parts = [part.strip() for part in parts if part.strip()]
    is_trail = any(mark in text for mark in ">›»")
    return parts[1] if is_trail and len(parts) > 1 else ""
