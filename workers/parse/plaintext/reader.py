"""A flattened page in, a clean article out: the conductor of this folder."""

from collections import Counter
from datetime import datetime

from msgspec.structs import replace

from schemas.article import Article, Image, PageKind, Related
from schemas.events import Reason
from workers.exceptions import PermanentFailure
from workers.parse.fields import dateline, language
from workers.parse.fields.extraction_result import Dropped, ExtractionResult
from workers.parse.html.metadata import Metadata
from workers.parse.plaintext import (
    between_paragraphs,
    headline,
    line_classifier,
    lines,
    opening,
    region,
    story,
)
from workers.parse.plaintext.between_paragraphs import Interlude
from workers.parse.plaintext.headline import Headline
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.plaintext.opening import Opening
from workers.parse.text import date_parsing, lexicon

_SHOWN = 120
_SHORT_PAGE_WORDS = 150
_MOST = 40


def read(text: str, url: str, now: datetime | None = None) -> ExtractionResult:
    """The article in a page's flattened text. No date is after `now`, if it is given.

    Raises GiveUp (UNREADABLE, NO_TITLE, NO_BODY) where there is none, with what is missing.
    """
    page = line_classifier.classify(lines.split(text))
    if kind := _other_kind(page):
        return ExtractionResult(Article(url=url, title=page[0].text, blocks=(), kind=kind), {})
    if not any(seen.kind is LineKind.PROSE for seen in page):
        raise PermanentFailure(Reason.NO_BODY, f"no sentence among the lines ({len(page)})")
    first, last = region.find(page)
    page = region.set_apart(page, first, last)
    found = headline.find(page, first)
    if found is None:
        raise PermanentFailure(Reason.NO_TITLE, "no line before the text looks like a headline")
    page = between_paragraphs.with_plain_captions(_without_repeats(page, found), found.at + 1)
    reading = _reading(page, found, url, now)
    if not lines.is_cut(text):
        return reading
    noted = replace(reading.article, notes=("page cut at a size limit",))
    return replace(reading, article=noted)


def _other_kind(page: list[ClassifiedLine]) -> PageKind | None:
    """What a short page is that says it is an error or a challenge."""
    text = " ".join(seen.text for seen in page).lower()
    if len(text.split()) > _SHORT_PAGE_WORDS:
        return None
    if any(phrase in text for phrase in lexicon.phrases("pages", "challenge")):
        return PageKind.BOT_CHALLENGE
    first = " ".join(seen.text for seen in page[:2]).lower()
    errors = lexicon.phrases("pages", "error")
    return PageKind.ERROR if any(first.startswith(phrase) for phrase in errors) else None


def _without_repeats(page: list[ClassifiedLine], found: Headline) -> list[ClassifiedLine]:
    """Without the headline's other lines below it."""
    own = {found.text, page[found.at].text}
    return [s for n, s in enumerate(page) if n <= found.at or s.text not in own]


def _reading(
    page: list[ClassifiedLine], found: Headline, url: str, now: datetime | None
) -> ExtractionResult:
    prose = " ".join(seen.text for seen in page[found.at :] if seen.kind is LineKind.PROSE)
    code, told_by = language.find(Metadata(), prose)
    above = opening.read(page, found.at, code or "", now)
    day, dated_by = _day(above, code or "", now)
    body = story.read(page[above.text_at :], day, code or "", above.authors)
    if not body.blocks:
        raise PermanentFailure(Reason.NO_BODY, "no sentence under the headline")
    place, agency = dateline.read(body.blocks[0].text)
    told: dict[str, tuple[object, str]] = {
        "title": (found.text, "line before the text"),
        "subtitle": (above.subtitle or None, "line under the headline"),
        "site_name": _site(page, found),
        "authors": (above.authors, "byline"),
        "published": (day, dated_by),
        "modified": (above.modified, "date line"),
        "dateline": (place, "opening of the text"),
        "source": (agency, "opening of the text"),
        "section": (above.section or None, "trail above the headline"),
        "tags": (_tags(page), "line of tags"),
        "language": (code, told_by),
        "blocks": (tuple(body.blocks), "sentences under the headline"),
        "images": (_images(above, body), "captions and credits"),
        "related": (_related(body.related, found), "teasers"),
    }
    article = Article(url=url, **{name: value for name, (value, _) in told.items()})  # type: ignore[arg-type]
    origins = {name: by for name, (value, by) in told.items() if value not in (None, "", ())}
    dropped = _shown(above.dropped + body.dropped)
    return ExtractionResult(article, origins, lambda: dropped)


def _day(above: Opening, code: str, now: datetime | None) -> tuple[datetime | None, str]:
    if above.published:
        return above.published, "date line"
    for picture in above.pictures:
        day = date_parsing.find_date(picture.date, code) if picture.date else None
        if date_parsing.is_past(day, now):
            return day, "lead picture's line"
    return (above.modified, "date line") if above.modified else (None, "")


def _site(page: list[ClassifiedLine], found: Headline) -> tuple[str | None, str]:
    if found.site:
        return found.site, "line of the headline"
    named = Counter(s.picture.site for s in page if s.picture and s.picture.site)
    return (named.most_common(1)[0][0], "pictures' lines") if named else (None, "")


def _tags(page: list[ClassifiedLine]) -> tuple[str, ...]:
    for seen in page:
        if seen.kind is LineKind.TAGS and ":" in seen.text:
            listed = seen.text.partition(":")[2]
            return tuple(tag for part in listed.split(",") if (tag := part.strip(" #.")))[:_MOST]
    return ()


def _images(above: Opening, body: Interlude) -> tuple[Image, ...]:
    """The story's pictures, the lead first; none twice."""
    found: dict[str, Image] = {}
    for n, picture in enumerate([*above.pictures, *body.pictures][:_MOST]):
        is_lead = n == 0 and bool(above.pictures)
        image = Image(picture.url, picture.caption or None, picture.credit or None, is_lead)
        found.setdefault(picture.caption or picture.url or picture.credit, image)
    return tuple(found.values())


def _related(found: list[Related], own: Headline) -> tuple[Related, ...]:
    stories = {story.title: story for story in reversed(found) if story.title != own.text}
    return tuple(reversed(stories.values()))[:_MOST]


def _shown(found: list[Dropped]) -> tuple[Dropped, ...]:
    return tuple(Dropped(one.reason, one.text[:_SHOWN]) for one in found)
