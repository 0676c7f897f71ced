"""What every reader of feeds, sitemaps and pages gives: links with what is known of them."""

from collections.abc import Iterator
from csv import DictReader
from datetime import datetime
from io import StringIO

from msgspec import Struct


class Link(Struct, frozen=True):
    """An address that may be an article, as it was printed."""

    url: str
    title: str | None = None
    published: datetime | None = None


class BadFeedError(ValueError):
    """The bytes are not what they were taken for."""


def read_list(text: str) -> Iterator[Link]:
    """Links of a plain list (an address a line, # for remarks) or of a CSV with a column `url`
    and perhaps `title`."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    header = lines[0].lower().split(",") if lines else []
    if "url" not in [name.strip(' "') for name in header]:
        yield from (Link(line.strip()) for line in lines)
        return
    for row in DictReader(StringIO("\n".join([lines[0].lower(), *lines[1:]]))):
        if row.get("url"):
            yield Link(row["url"].strip(), row.get("title") or None)
