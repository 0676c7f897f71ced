"""The newsrooms' pages at one moment: addresses, dates and texts, ready to be rendered."""

from datetime import datetime, timedelta

from msgspec import Struct

from workers.local.newsstand import newsrooms
from workers.local.newsstand.newsrooms import Extra, Newsroom, Story, StoryPicture

_FIRST_NUMBER = 1_110_500_041
_STEP = 37


class StoryPart(Struct, frozen=True):
    """A paragraph or heading, and the number of the story that is announced under it."""

    text: str
    is_heading: bool = False
    teaser: int | None = None


class EditionPage(Struct, frozen=True):
    """One story as its outlet prints it; `wire` names the wire story that it prints."""

    outlet: str
    url: str
    path: str
    title: str
    section: str
    authors: tuple[str, ...]
    published: datetime
    parts: tuple[StoryPart, ...]
    language: str
    picture: StoryPicture | None = None
    wire: str = ""
    modified: datetime | None = None
    note: str = ""
    credit_line: str = ""

    @property
    def body(self) -> str:
        """What a clean reading of the page gives."""
        return "\n\n".join(part.text for part in self.parts)

    @property
    def remark(self) -> str:
        """The outlet's own word under the story, which a reading may keep or drop."""
        return self.note or self.credit_line


class Edition(Struct, frozen=True):
    """All that one newsroom has at its address; `extras` with their paths filled in."""

    newsroom: Newsroom
    base: str
    pages: tuple[EditionPage, ...]
    extras: tuple[tuple[Extra, str], ...]
    now: datetime


def edition(newsroom: Newsroom, port: int, now: datetime, *, is_revised: bool = False) -> Edition:
    """Return the newsroom's pages at `now`; with `is_revised`, after its corrections."""
    base = f"http://{newsroom.address}:{port}"
    pages = tuple(
        _page(newsroom, base, number, now, is_revised=is_revised)
        for number in range(len(newsroom.stories))
    )
    extras = tuple((extra, extra.url or base + extra.path) for extra in newsroom.extras)
    return Edition(newsroom, base, pages, extras, now)


def _page(
    newsroom: Newsroom, base: str, number: int, now: datetime, *, is_revised: bool
) -> EditionPage:
    story = newsroom.stories[number]
    published = (now - timedelta(hours=story.hours_ago)).replace(microsecond=0)
    path = _path(story, published, number)
    revision = story.revision if is_revised else None
    changes = revision.changes if revision else {}
    texts = [changes.get(str(n), text) for n, text in enumerate(_texts(story))]
    return EditionPage(
        outlet=newsroom.id,
        url=base + path,
        path=path,
        title=revision.title if revision else story.title,
        section=story.section,
        authors=story.authors,
        published=published,
        parts=_parts(story, texts),
        language=newsroom.language,
        picture=story.picture,
        wire=story.wire,
        modified=published + timedelta(hours=revision.hours_later) if revision else None,
        note=revision.note if revision else "",
        credit_line=story.credit_line,
    )


def _path(story: Story, published: datetime, number: int) -> str:
    return story.path.format(
        day=f"{published:%Y%m%d}",
        year=f"{published:%Y}",
        month=f"{published:%m}",
        dayofmonth=f"{published:%d}",
        n=_FIRST_NUMBER + number * _STEP,
    )


def _texts(story: Story) -> list[str]:
    if not story.wire:
        return [story.dateline + story.body[0], *story.body[1:]]
    wire = newsrooms.wires()[story.wire]
    texts = list(wire.paragraphs[: story.first or None])
    if not story.local_lead and not story.credit_line:
        texts[0] = f"{wire.place} ({wire.agency}) - {texts[0]}"
    return [*story.local_lead, *texts]


def _parts(story: Story, texts: list[str]) -> tuple[StoryPart, ...]:
    found = []
    for number, text in enumerate(texts, 1):
        is_heading = text.startswith("## ")
        found.append(
            StoryPart(text.removeprefix("## "), is_heading, story.teasers.get(str(number)))
        )
    return tuple(found)
