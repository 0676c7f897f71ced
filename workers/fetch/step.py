"""A page of a lease in, its end out: archived, unchanged, rejected, or later."""

from collections.abc import Callable, Mapping
from typing import Protocol

from msgspec import Struct

from schemas.events import PageFetched, PageFound, PageRejected, Reason
from schemas.page import StoredPage
from workers.exceptions import PermanentFailure, TryAgain
from workers.fetch import response_checks

MAX_DETAIL_LENGTH = 300
Judge = Callable[[int, Mapping[str, str]], None]


class Downloader(Protocol):
    """Fetches politely; raises TryAgain and GiveUp."""

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage: ...


class Archive(Protocol):
    def write(self, page: StoredPage, outlet: str, form: str = "html", /) -> str: ...


class FetchResult(Struct, frozen=True):
    """How the fetch of `found` ended; `end` is None for a page that has not changed, `page` what
    came where something came."""

    found: PageFound
    outcome: PageFetched | PageRejected | TryAgain | None
    page: StoredPage | None = None


def fetch(found: PageFound, downloader: Downloader, archive: Archive) -> FetchResult:
    """The page is in the archive, safe from power loss, before its end comes out."""
    try:
        return _fetched(found, downloader, archive)
    except PermanentFailure as end:
        return FetchResult(found, _rejected(found, end.reason, end.detail))
    except TryAgain as later:
        return FetchResult(found, later)


def _fetched(found: PageFound, downloader: Downloader, archive: Archive) -> FetchResult:
    page = downloader.fetch(found.url, response_checks.check_head, is_revisit=found.visits > 0)
    if not response_checks.check_response(page):
        return FetchResult(found, None, page)
    key = archive.write(page, found.outlet)
    end = PageFetched(
        page_id=found.page_id,
        outlet=found.outlet,
        url=found.url,
        archive_key=key,
        final_url=page.final_url,
        fetched_at=page.fetched_at,
        content_type=page.header("content-type"),
        published_hint=found.published_hint,
    )
    return FetchResult(found, end, page)


def _rejected(found: PageFound, reason: Reason, detail: str) -> PageRejected:
    return PageRejected(
        page_id=found.page_id,
        outlet=found.outlet,
        url=found.url,
        step="fetch",
        reason=reason,
        detail=detail[:MAX_DETAIL_LENGTH],
    )
