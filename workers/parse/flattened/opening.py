"""What stands between headline and text of a flattened page: byline, dates, subtitle, pictures."""

from datetime import datetime

from msgspec import Struct, field

from workers.parse import lexicon, moments, people
from workers.parse.flattened import gaps, judging
from workers.parse.flattened.captions import Picture
from workers.parse.flattened.judging import Kind, Seen
from workers.parse.reading import Dropped

_ABOVE = 4
_SUBTITLE_WORDS = 6
_PARTED = frozenset((Kind.BYLINE, Kind.DATED, Kind.CREDIT, Kind.PICTURE, Kind.SHARE, Kind.ADVERT))


class Opening(Struct):
    """`text_at` is the order of the first paragraph."""

    text_at: int
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    pictures: list[Picture] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)


def read(page: list[Seen], headline_at: int, language: str) -> Opening:
    """Everything before the first paragraph; lines above the headline tell dates and names too."""
    found = Opening(_first_paragraph(page, headline_at))
    above = page[max(0, headline_at - _ABOVE) : headline_at]
    between = page[headline_at + 1 : found.text_at]
    for seen in page[:headline_at]:
        found.dropped.append(Dropped(_reason_above(seen), seen.text))
    between = _without_subtitle(found, between)
    between = gaps.with_credits(between)
    for seen in [*between, *above]:
        _take(found, seen, language)
    _take_name_beside_date(found, [*above, *between])
    found.dropped += [Dropped(seen.kind.value, seen.text) for seen in between]
    found.pictures = [s.picture for s in between if s.picture and s.kind is Kind.PICTURE]
    found.pictures += [s.picture for s in between if s.picture and s.kind is Kind.CREDIT][:1]
    return found


def _reason_above(seen: Seen) -> str:
    return "before the headline" if seen.kind in (Kind.SHORT, Kind.PROSE) else seen.kind.value


def _first_paragraph(page: list[Seen], headline_at: int) -> int:
    """The first sentence that nothing but sentences and pictures' lines follow for a while.

    A sentence before byline, date or picture is a subtitle or a caption.
    """
    prose = [n for n in range(headline_at + 1, len(page)) if page[n].kind is Kind.PROSE]
    for at in prose[:3]:
        until = next((n for n in prose if n > at), len(page))
        between = page[at + 1 : until]
        if not any(_parts_subtitle(seen, at == prose[0]) for seen in between):
            return at
    return prose[min(len(prose), 2) - 1] if prose else len(page)


def _parts_subtitle(seen: Seen, is_first: bool) -> bool:
    if seen.kind in (Kind.BYLINE, Kind.DATED):
        return True
    return is_first and seen.kind in _PARTED and not (seen.picture and seen.picture.date)


def _without_subtitle(found: Opening, between: list[Seen]) -> list[Seen]:
    """Takes the sentence right under the headline for the subtitle, if it is long enough."""
    for n, seen in enumerate(between):
        if seen.kind is Kind.PROSE and len(seen.text.split()) >= _SUBTITLE_WORDS:
            found.subtitle = seen.text
            return between[:n] + between[n + 1 :]
        if seen.kind in _PARTED:
            break
    return between


def _take(found: Opening, seen: Seen, language: str) -> None:
    if seen.kind in (Kind.BYLINE, Kind.DATED):
        found.authors = found.authors or judging.byline_in(seen.text)
    if seen.kind in (Kind.BYLINE, Kind.DATED):
        _take_date(found, seen.text, language)
    if seen.kind is Kind.CRUMBS and not found.section:
        found.section = _section_in(seen.text)


def _take_date(found: Opening, text: str, language: str) -> None:
    """Of a line with both dates the first is that of the first print."""
    changed = lexicon.words("flattened", "changed")
    low = text.lower()
    cuts = [at for word in changed if (at := low.find(word)) >= 0]
    cut = min(cuts) if cuts else len(text)
    found.published = found.published or moments.spotted(text[:cut], language)
    found.modified = found.modified or moments.spotted(text[cut:], language)


def _take_name_beside_date(found: Opening, lines: list[Seen]) -> None:
    """A name alone on the line before or after a date."""
    if found.authors:
        return
    for n, seen in enumerate(lines):
        beside = [one.kind for one in lines[max(0, n - 1) : n + 2]]
        if seen.kind is Kind.SHORT and Kind.DATED in beside and " " in seen.text:
            persons = people.find([seen.text], set())
            if persons and sum(map(len, persons)) > 0.7 * len(seen.text):
                found.authors = persons
                return


def _section_in(text: str) -> str:
    """The second of "Home > Politics > Headline"."""
    parts = [part.strip() for part in judging.CRUMB.split(text) if part.strip()]
    is_trail = any(mark in text for mark in ">›»")
    return parts[1] if is_trail and len(parts) > 1 else ""
