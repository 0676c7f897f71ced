"""The headline of the story."""

from workers.parse import jsonld
from workers.parse.metadata import Metadata
from workers.parse.tree import Box, Page


def find(page: Page, head: Metadata) -> tuple[str, str]:
    """The headline and where it was read."""
    for node in head.articles:
        if found := jsonld.text_of(node.get("headline")):
            return found, "json-ld headline"
    if found := head.first("og:title", "twitter:title"):
        return found[0], f"meta {found[1]}"
    for run in page.runs:
        if run.box.tag == "h1":
            return run.text, "h1"
    return head.title, "title tag"


def box_of(page: Page, headline: str) -> Box | None:
    """Where the headline stands in the body."""
    wanted = " ".join(headline.split()).lower()
    first = None
    for run in page.runs:
        tag = run.box.tag
        if tag in ("h1", "h2") and run.text.lower() == wanted:
            return run.box
        if tag == "h1" and first is None:
            first = run.box
    return first
