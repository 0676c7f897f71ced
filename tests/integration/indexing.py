"""Clustered stories into an index, as the index stage writes them."""

from collections.abc import Iterable

from schemas.events import ArticleClustered
from workers.adapters.elasticsearch.bulk import WriteResult
from workers.adapters.elasticsearch.client import SearchIndex
from workers.index.document import build_document, document_version


def index_stories(
    search: SearchIndex, stories: Iterable[ArticleClustered], country: str = "us"
) -> list[WriteResult]:
    """Put stories into the index, and wait until they can be found."""
    rows = [
        (
            story.document_id,
            document_version(story),
            build_document(story, country, story.fetched_at),
        )
        for story in stories
    ]
    results = search.put(rows)
    search.refresh()
    return results
