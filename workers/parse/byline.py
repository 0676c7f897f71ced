"""Who wrote the story."""

from workers.parse import jsonld
from workers.parse.metadata import Metadata
from workers.parse.tree import Page


def find(page: Page, head: Metadata) -> tuple[tuple[str, ...], str]:
    """Names in the order of the byline, and where they were read."""
    for node in head.articles:
        value = node.get("author")
        values = value if isinstance(value, list) else [value]
        names = tuple(dict.fromkeys(n for v in values if (n := jsonld.text_of(v))))
        if names:
            return names, "json-ld author"
    if found := head.first("author", "article:author", "dc.creator", "byl"):
        if not found[0].startswith("http"):
            return (found[0],), f"meta {found[1]}"
    return (), ""
