"""Frontier and ledger made anew from archive and index, after a loss of Redis."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from msgspec import Struct, field

from schemas.events import PageFetched
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.redis.page_ledger import KEEP_ENDED_DAYS
from workers.services import Services

CHUNK = 500
# one page is rarely several documents, as when its story was split
MAX_DOCUMENTS_PER_PAGE = 4
DOCUMENT_FIELDS = (
    *("page_id", "outlet", "url", "archive_key", "document_id"),
    *("fetched_at", "indexed_at"),
)


class RestoredPages(Struct):
    """How many records of pages were read, and documents of the index; and by page the newest
    record of those that no document shows, fetched while the ledger remembers."""

    records: int = 0
    documents: int = 0
    unexplained: dict[str, PageFetched] = field(default_factory=dict)


def restore_pages(services: Services, now: datetime) -> RestoredPages:
    """Count every page that archive or index know as fetched, and those of the index as indexed,
    as far back as frontier and ledger remember. What they know already stays.

    Returns:
        what was read, and the pages whose end is not known.
    """
    seen_since = now - timedelta(days=services.settings.seen_retention_days)
    ended_since = now - timedelta(days=KEEP_ENDED_DAYS)
    restored = RestoredPages()
    services.search.refresh()
    for chunk in _chunks(services.archive.fetched(seen_since, now + timedelta(days=1))):
        restored.records += len(chunk)
        services.frontier.remember([(page.page_id, page.fetched_at) for page in chunk])
        recent = [page for page in chunk if page.fetched_at >= ended_since]
        _restore_recent(services, recent, restored)
    _restore_documents(services, seen_since, ended_since, restored)
    return restored


def _restore_recent(services: Services, pages: list[PageFetched], restored: RestoredPages) -> None:
    """Record those of `pages` as indexed whose document is as new; keep the others."""
    documents = _documents_of(services.search, [page.page_id for page in pages])
    ends = []
    for page in pages:
        document = documents.get(page.page_id)
        if document and _moment(document, "fetched_at") >= page.fetched_at:
            ends.append((page, document["document_id"], _moment(document, "indexed_at")))
            restored.unexplained.pop(page.page_id, None)
            continue
        known = restored.unexplained.get(page.page_id)
        if known is None or known.fetched_at < page.fetched_at:
            restored.unexplained[page.page_id] = page
    services.ledger.restore_indexed(ends)


def _restore_documents(
    services: Services, seen_since: datetime, ended_since: datetime, restored: RestoredPages
) -> None:
    """Record the pages of documents, for those whose raw page is not in the archive any more."""
    query = {"range": {"fetched_at": {"gte": seen_since.isoformat()}}}
    for chunk in _chunks(services.search.scan(query, DOCUMENT_FIELDS, "fetched_at")):
        restored.documents += len(chunk)
        services.frontier.remember(
            [(each["page_id"], _moment(each, "fetched_at")) for each in chunk]
        )
        services.ledger.restore_indexed(
            [
                (_event_of(each), each["document_id"], _moment(each, "indexed_at"))
                for each in chunk
                if _moment(each, "fetched_at") >= ended_since
            ]
        )


def _documents_of(search: SearchIndex, page_ids: list[str]) -> dict[str, Any]:
    """Return the newest document of each page that has one."""
    request = {
        "query": {"terms": {"page_id": page_ids}},
        "sort": [{"fetched_at": "asc"}],
        "_source": list(DOCUMENT_FIELDS),
        "size": MAX_DOCUMENTS_PER_PAGE * CHUNK,
    }
    hits = search.search(request)["hits"]["hits"] if page_ids else ()
    return {hit["_source"]["page_id"]: hit["_source"] for hit in hits}


def _event_of(document: Any) -> PageFetched:  # noqa: ANN401  JSON
    """Return the event from which the document came, as far as it tells."""
    return PageFetched(
        page_id=document["page_id"],
        outlet=document["outlet"],
        url=document["url"],
        archive_key=document["archive_key"],
        final_url=document["url"],
        fetched_at=_moment(document, "fetched_at"),
        content_type="text/html",
    )


def _moment(document: Any, name: str) -> datetime:  # noqa: ANN401  JSON
    return datetime.fromisoformat(document[name])


def _chunks(source: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(source)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk
