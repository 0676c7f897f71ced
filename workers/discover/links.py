"""What every reader of feeds, sitemaps and pages gives: links with what is known of them."""

from datetime import datetime

from msgspec import Struct


class Link(Struct, frozen=True):
    """An address that may be an article, as it was printed."""

    url: str
    title: str | None = None
    published: datetime | None = None


class BadFeedError(ValueError):
    """The bytes are not what they were taken for."""
