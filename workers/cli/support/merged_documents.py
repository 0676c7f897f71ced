"""Documents that held several stories, once their pages have documents of their own."""

from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from schemas.events import PageFetched
from workers import urls
from workers.dedupe.identity import story_keys
from workers.services import Services


class Cleanup(Struct, frozen=True):
    """How many documents without a page were deleted, and how many versions of other stories."""

    documents: int
    revisions: int


def clean_up_merged(
    services: Services, pages: Iterable[PageFetched], keys: frozenset[str]
) -> Cleanup:
    """Delete what is left of stories that were indexed under one of the story `keys`: the document
    if none of the `pages` belongs to it any more, else only the versions of other stories.

    Returns:
        how much was deleted.
    """
    documents, revisions = 0, 0
    for key, members in _by_key(pages, keys).items():
        owners = {page.final_url: _document_of(services, page) for page in members.values()}
        others = {url for url, owner in owners.items() if owner and owner != key}
        if others:
            shown = {urls.clean_url(url) for url in others}
            revisions += services.search.delete_revisions(key, others | shown)
        if all(owner and owner != key for owner in owners.values()):
            documents += services.search.delete(key)
    return Cleanup(documents, revisions)


def _by_key(
    pages: Iterable[PageFetched], keys: frozenset[str]
) -> dict[str, dict[str, PageFetched]]:
    """Return the pages of each key, by page id."""
    grouped: dict[str, dict[str, PageFetched]] = defaultdict(dict)
    for page in pages:
        for key in keys.intersection(story_keys(page.final_url)):
            grouped[key][page.page_id] = page
    return grouped


def _document_of(services: Services, page: PageFetched) -> str:
    """Return the document that a page was indexed as, or an empty string."""
    row = services.ledger.row(page.page_id)
    return row.document_id if row else ""
