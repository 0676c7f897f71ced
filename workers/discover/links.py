"""What the readers of feeds, sitemaps and section pages return."""

from datetime import datetime

from msgspec import Struct


class Link(Struct, frozen=True):
    """An address that may be an article's, as its source names it, with title and date if given."""

    url: str
    title: str | None = None
    published: datetime | None = None


class BadFeedError(ValueError):
    """The bytes are no feed, sitemap or page of links, or one that is refused."""
