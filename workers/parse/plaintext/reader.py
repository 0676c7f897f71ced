"""Reads the article out of a page's flattened text, step by step."""

from collections import Counter
from datetime import datetime

from msgspec.structs import replace

from schemas.article import Article, Image, PageKind, Related
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.fields import dateline, language
from workers.parse.fields.extraction_result import Dropped, ExtractionResult
from workers.parse.html.metadata import Metadata
from workers.parse.plaintext import (
    between_paragraphs,
    headline,
    line_classifier,
    line_splitter,
    main_region,
    opening,
    story,
)
from workers.parse.plaintext.between_paragraphs import Interlude
from workers.parse.plaintext.headline import Headline
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.plaintext.opening import Opening
from workers.parse.text import date_parsing, lexicon

_MAX_SHOWN_CHARS = 120
_MAX_ERROR_PAGE_WORDS = 150
_MAX_LIST_LENGTH = 40


def read(text: str, url: str, now: datetime | None = None) -> ExtractionResult:
    """Return the article in a page's flattened text. No date is after `now`, if it is given.

    Error and challenge pages come back with their kind.

    Raises:
        PermanentFailure: there is no article in it (UNREADABLE, NO_TITLE, NO_BODY).
    """
    lines = line_classifier.classify(line_splitter.split_lines(text))
    if kind := _error_kind(lines):
        return ExtractionResult(Article(url=url, title=lines[0].text, blocks=(), kind=kind), {})
    if not any(line.kind is LineKind.PROSE for line in lines):
        raise PermanentFailure(Reason.NO_BODY, f"no sentence among the lines ({len(lines)})")
    first, last = main_region.find_main_region(lines)
    lines = main_region.mark_asides(lines, first, last)
    title = headline.find_headline(lines, first)
    if title is None:
        raise PermanentFailure(Reason.NO_TITLE, "no line before the text looks like a headline")
    lines = _drop_repeated_headline(lines, title)
    lines = between_paragraphs.mark_plain_captions(lines, title.index + 1)
    result = _build_result(lines, title, url, now)
    if not line_splitter.is_truncated(text):
        return result
    return replace(result, article=replace(result.article, notes=("page cut at a size limit",)))


def _error_kind(lines: list[ClassifiedLine]) -> PageKind | None:
    """Return the kind of a short page that says it is an error or a challenge, else None."""
    text = " ".join(line.text for line in lines).lower()
    if len(text.split()) > _MAX_ERROR_PAGE_WORDS:
        return None
    if any(phrase in text for phrase in lexicon.phrases("pages", "challenge")):
        return PageKind.BOT_CHALLENGE
    beginning = " ".join(line.text for line in lines[:2]).lower()
    errors = lexicon.phrases("pages", "error")
    return PageKind.ERROR if any(beginning.startswith(phrase) for phrase in errors) else None


def _drop_repeated_headline(lines: list[ClassifiedLine], title: Headline) -> list[ClassifiedLine]:
    repeats = {title.text, lines[title.index].text}
    return [
        line for index, line in enumerate(lines) if index <= title.index or line.text not in repeats
    ]


def _build_result(
    lines: list[ClassifiedLine], title: Headline, url: str, now: datetime | None
) -> ExtractionResult:
    prose = " ".join(line.text for line in lines[title.index :] if line.kind is LineKind.PROSE)
    code, language_origin = language.find_language(Metadata(), prose)
    above = opening.read_opening(lines, title.index, code or "", now)
    published, date_origin = _published(above, code or "", now)
    body = story.read_story(lines[above.text_start :], published, code or "", above.authors)
    if not body.blocks:
        raise PermanentFailure(Reason.NO_BODY, "no sentence under the headline")
    place, agency = dateline.parse_dateline(body.blocks[0].text)
    fields: dict[str, tuple[object, str]] = {
        "title": (title.text, "line before the text"),
        "subtitle": (above.subtitle or None, "line under the headline"),
        "site_name": _site_name(lines, title),
        "authors": (above.authors, "byline"),
        "published": (published, date_origin),
        "modified": (above.modified, "date line"),
        "dateline": (place, "opening of the text"),
        "source": (agency, "opening of the text"),
        "section": (above.section or None, "trail above the headline"),
        "tags": (_tags(lines), "line of tags"),
        "language": (code, language_origin),
        "blocks": (tuple(body.blocks), "sentences under the headline"),
        "images": (_images(above, body), "captions and credits"),
        "related": (_related(body.related, title), "teasers"),
    }
    values = {name: value for name, (value, _) in fields.items()}
    article = Article(url=url, **values)  # type: ignore[arg-type]  # by the table above
    origins = {
        name: origin for name, (value, origin) in fields.items() if value not in (None, "", ())
    }
    dropped = _shorten(above.dropped + body.dropped)
    return ExtractionResult(article, origins, lambda: dropped)


def _published(
    above: Opening, language_code: str, now: datetime | None
) -> tuple[datetime | None, str]:
    """Return the publication date and its origin; else the lead picture's date."""
    if above.published:
        return above.published, "date line"
    for picture in above.pictures:
        date = date_parsing.find_date(picture.date, language_code) if picture.date else None
        if date_parsing.is_past(date, now):
            return date, "lead picture's line"
    return (above.modified, "date line") if above.modified else (None, "")


def _site_name(lines: list[ClassifiedLine], title: Headline) -> tuple[str | None, str]:
    """Return the outlet's name and its origin: the headline's line, else most of the pictures."""
    if title.site:
        return title.site, "line of the headline"
    sites = Counter(line.picture.site for line in lines if line.picture and line.picture.site)
    return (sites.most_common(1)[0][0], "pictures' lines") if sites else (None, "")


def _tags(lines: list[ClassifiedLine]) -> tuple[str, ...]:
    for line in lines:
        if line.kind is LineKind.TAGS and ":" in line.text:
            parts = line.text.partition(":")[2].split(",")
            tags = tuple(tag for part in parts if (tag := part.strip(" #.")))
            return tags[:_MAX_LIST_LENGTH]
    return ()


def _images(above: Opening, body: Interlude) -> tuple[Image, ...]:
    """Return the story's pictures without repeats, the lead first."""
    images: dict[str, Image] = {}
    for index, picture in enumerate([*above.pictures, *body.pictures][:_MAX_LIST_LENGTH]):
        is_lead = index == 0 and bool(above.pictures)
        image = Image(picture.url, picture.caption or None, picture.credit or None, is_lead)
        images.setdefault(picture.caption or picture.url or picture.credit, image)
    return tuple(images.values())


def _related(teasers: list[Related], title: Headline) -> tuple[Related, ...]:
    """Return the teasers without repeats of a title and of the story itself."""
    by_title = {teaser.title: teaser for teaser in reversed(teasers) if teaser.title != title.text}
    return tuple(reversed(by_title.values()))[:_MAX_LIST_LENGTH]


def _shorten(dropped: list[Dropped]) -> tuple[Dropped, ...]:
    return tuple(Dropped(piece.reason, piece.text[:_MAX_SHOWN_CHARS]) for piece in dropped)
