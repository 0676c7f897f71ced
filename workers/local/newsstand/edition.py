"""An edition: a newsroom's pages at one moment, with addresses, dates and texts to be rendered."""

from datetime import datetime, timedelta

from msgspec import Struct

from workers.local.newsstand import newsrooms
from workers.local.newsstand.newsrooms import Extra, Newsroom, Story, StoryPicture

_FIRST_STORY_NUMBER = 1_110_500_041
_STORY_NUMBER_STEP = 37


class StoryPart(Struct, frozen=True):
    """A paragraph or heading, and the number of the story whose teaser is under it."""

    text: str
    is_heading: bool = False
    teaser: int | None = None


class EditionPage(Struct, frozen=True):
    """One story as its outlet publishes it; `wire` names the agency's text that it is made of."""

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
        """The text that a correct extraction returns."""
        return "\n\n".join(part.text for part in self.parts)

    @property
    def remark(self) -> str:
        """The outlet's remark under the story, which an extraction may keep or drop."""
        return self.note or self.credit_line


class Edition(Struct, frozen=True):
    """Everything that one newsroom has at its address; `extras` each with its address."""

    newsroom: Newsroom
    base: str
    pages: tuple[EditionPage, ...]
    extras: tuple[tuple[Extra, str], ...]
    now: datetime


def build_edition(
    newsroom: Newsroom, port: int, now: datetime, *, is_revised: bool = False
) -> Edition:
    """Return the newsroom's pages at `now`; with `is_revised`, after its corrections."""
    base = f"http://{newsroom.address}:{port}"
    pages = tuple(
        _build_page(newsroom, base, number, now, is_revised=is_revised)
        for number in range(len(newsroom.stories))
    )
    extras = tuple((extra, extra.url or base + extra.path) for extra in newsroom.extras)
    return Edition(newsroom, base, pages, extras, now)


def _build_page(
    newsroom: Newsroom, base: str, number: int, now: datetime, *, is_revised: bool
) -> EditionPage:
    """Return the page of the newsroom's story of that number."""
    story = newsroom.stories[number]
    published = (now - timedelta(hours=story.hours_ago)).replace(microsecond=0)
    path = _format_path(story, published, number)
    revision = story.revision if is_revised else None
    changes = revision.changes if revision else {}
    texts = [changes.get(str(n), text) for n, text in enumerate(_paragraphs(story))]
    return EditionPage(
        outlet=newsroom.id,
        url=base + path,
        path=path,
        title=revision.title if revision else story.title,
        section=story.section,
        authors=story.authors,
        published=published,
        parts=_build_parts(story, texts),
        language=newsroom.language,
        picture=story.picture,
        wire=story.wire,
        modified=published + timedelta(hours=revision.hours_later) if revision else None,
        note=revision.note if revision else "",
        credit_line=story.credit_line,
    )


def _format_path(story: Story, published: datetime, number: int) -> str:
    """Return the story's path with its date and its number filled in."""
    return story.path.format(
        day=f"{published:%Y%m%d}",
        year=f"{published:%Y}",
        month=f"{published:%m}",
        dayofmonth=f"{published:%d}",
        n=_FIRST_STORY_NUMBER + number * _STORY_NUMBER_STEP,
    )


def _paragraphs(story: Story) -> list[str]:
    """Return the texts of the story: its own, or an agency's with what the outlet adds."""
    if not story.wire:
        return [story.dateline + story.body[0], *story.body[1:]]
    wire = newsrooms.load_wires()[story.wire]
    texts = list(wire.paragraphs[: story.first or None])
    if not story.local_lead and not story.credit_line:
        texts[0] = f"{wire.place} ({wire.agency}) - {texts[0]}"
    return [*story.local_lead, *texts]


def _build_parts(story: Story, texts: list[str]) -> tuple[StoryPart, ...]:
    """Return the story's parts, each with the teaser that follows it."""
    return tuple(
        StoryPart(text.removeprefix("## "), text.startswith("## "), story.teasers.get(str(number)))
        for number, text in enumerate(texts, 1)
    )
