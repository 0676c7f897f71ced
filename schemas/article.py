"""The clean article: what Presswire makes of a page."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Literal

from msgspec import Struct


class PageKind(StrEnum):
    """What a page turned out to be; only `INDEXED_KINDS` are indexed."""

    ARTICLE = "article"
    LIVE_BLOG = "live_blog"
    VIDEO = "video"
    GALLERY = "gallery"
    INDEX = "index"
    ERROR = "error"
    BOT_CHALLENGE = "bot_challenge"


INDEXED_KINDS = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG})
# A date that is further ahead of our clock than this is wrong.
MAX_CLOCK_SKEW = timedelta(days=1)

BlockKind = Literal["paragraph", "heading", "list", "quote", "table", "image", "embed"]
# The kinds of block that are part of the body text.
BODY_KINDS = frozenset({"paragraph", "heading", "list", "quote", "table"})


class Block(Struct, frozen=True, omit_defaults=True):
    """One piece of the article.

    A list has one item a line, a table one row a line with its cells separated by tabs. The text of
    an image is its caption, that of an embed what the page says about it; both have a `url`.
    """

    kind: BlockKind
    text: str
    url: str | None = None


class Image(Struct, frozen=True, omit_defaults=True):
    """A picture of the article; `url` is None where only its caption could be read."""

    url: str | None = None
    caption: str | None = None
    credit: str | None = None
    is_lead: bool = False


class Related(Struct, frozen=True, omit_defaults=True):
    """A teaser of another story on the page."""

    title: str
    url: str | None = None
    section: str | None = None
    caption: str | None = None


class Article(Struct, frozen=True, omit_defaults=True):
    """One story as one outlet published it, its `blocks` in reading order. A field that could not
    be read is None or empty, and `notes` says why."""

    url: str
    title: str
    blocks: tuple[Block, ...]
    canonical_url: str | None = None
    kind: PageKind = PageKind.ARTICLE
    site_name: str | None = None
    subtitle: str | None = None
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    dateline: str | None = None
    source: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[Image, ...] = ()
    related: tuple[Related, ...] = ()
    is_paywalled: bool | None = None
    notes: tuple[str, ...] = ()

    @property
    def body(self) -> str:
        """The text of the blocks, without captions and embeds."""
        return body_text(self.blocks)

    def plausible_published(self, fetched_at: datetime) -> datetime | None:
        """Return when the article was published, or None if it names no date or one after
        `fetched_at`: the page existed by then."""
        if self.published is None:
            return None
        is_past = make_aware(self.published) < fetched_at + MAX_CLOCK_SKEW
        return self.published if is_past else None


def make_aware(date: datetime) -> datetime:
    """Return `date` with a zone: UTC if it has none."""
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def body_text(blocks: Iterable[Block]) -> str:
    """Return the text of `blocks`, separated by blank lines, without captions and embeds."""
    return "\n\n".join(block.text for block in blocks if block.kind in BODY_KINDS)
