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
# a date that is further ahead of our clock than this is wrong
CLOCKS_DIFFER = timedelta(days=1)

BlockKind = Literal["paragraph", "heading", "list", "quote", "table", "image", "embed"]
SPOKEN_KINDS = frozenset({"paragraph", "heading", "list", "quote", "table"})


class Block(Struct, frozen=True, omit_defaults=True):
    """One piece of the article, in reading order.

    A list has one item a line, a table one row a line with cells parted by tabs. An image's text
    is its caption, an embed's text what its page said about it; both carry a `url`.
    """

    kind: BlockKind
    text: str
    url: str | None = None


class Image(Struct, frozen=True, omit_defaults=True):
    """A picture of the article; `url` is missing where only its caption came through."""

    url: str | None = None
    caption: str | None = None
    credit: str | None = None
    is_lead: bool = False


class Related(Struct, frozen=True, omit_defaults=True):
    """A teaser of another story that stood on the page."""

    title: str
    url: str | None = None
    section: str | None = None
    caption: str | None = None


class Article(Struct, frozen=True, omit_defaults=True):
    """One story as one outlet printed it. A field that could not be read is None or empty,
    and `notes` says why."""

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
        """The spoken text of the blocks."""
        return spoken(self.blocks)

    def printed_before(self, fetched_at: datetime) -> datetime | None:
        """Return when the article was published, or None if it names no date or one after
        `fetched_at`: the page existed by then."""
        printed = self.published
        if printed is None:
            return None
        return printed if aware(printed) < fetched_at + CLOCKS_DIFFER else None


def aware(date: datetime) -> datetime:
    """Return `date` with a zone: UTC if it has none."""
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def spoken(blocks: Iterable[Block]) -> str:
    """Return the text of `blocks`, separated by blank lines, without captions and embeds."""
    return "\n\n".join(block.text for block in blocks if block.kind in SPOKEN_KINDS)
