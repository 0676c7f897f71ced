"""When the story was published."""

from datetime import datetime

from workers.parse import jsonld
from workers.parse.metadata import Metadata
from workers.parse.tree import Page

NAMES = "article:published_time datepublished date dc.date dc.date.issued sailthru.date parsely-pub-date pubdate".split()


def published(page: Page, head: Metadata, url: str) -> tuple[datetime | None, str]:
    """The date of first publication, and where it was read."""
    for node in head.articles:
        if found := _parse(jsonld.text_of(node.get("datePublished"))):
            return found, "json-ld datePublished"
    if got := head.first(*NAMES):
        return _parse(got[0]), f"meta {got[1]}"
    return None, ""


def _parse(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
