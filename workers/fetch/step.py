"""One page of a lease in, its outcome out: archived, unchanged, rejected, or later."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct
from msgspec.structs import asdict

from schemas.events import PageFetched, PageFound, PageRejected, RenderDue
from schemas.outlet import Outlet
from schemas.page import Announcement, StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure, Refusal, TryAgain
from workers.fetch import response_checks
from workers.fetch.mime_types import declared_type

MAX_DETAIL_LENGTH = 300
ARCHIVE_PRIORITY = 8  # announced long ago, or found by a backfill


class Judge(Protocol):
    """What the downloader asks about a response before it has the page; the module
    `response_checks` is one."""

    def check_head(self, status: int, headers: Mapping[str, str], /) -> None: ...

    def is_refusal(self, status: int, headers: Mapping[str, str], body: bytes, /) -> bool: ...

    def check_challenge(self, status: int, headers: Mapping[str, str], body: bytes, /) -> None: ...


class Downloader(Protocol):
    """Fetches politely; raises TryAgain and PermanentFailure."""

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage: ...


class Archive(Protocol):
    def write(
        self, page: StoredPage, outlet: str, form: str, announced: Announcement, /
    ) -> str: ...


class Outlets(Protocol):
    """The outlets of this installation."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return an outlet, or None if there is none of that id."""


class FetchResult(Struct, frozen=True):
    """How the fetch of `found` ended. `outcome` is None for a page that has not changed; `page` is
    the response, where there was one; a `refusal` says that a rejected page is asked for again."""

    found: PageFound
    outcome: PageFetched | RenderDue | PageRejected | TryAgain | None
    page: StoredPage | None = None
    refusal: Refusal | None = None


def fetch(
    found: PageFound, downloader: Downloader, archive: Archive, outlets: Outlets
) -> FetchResult:
    """Return how the fetch ended. A page is in the archive, safe from power loss, before its
    outcome is returned."""
    try:
        return _fetch(found, downloader, archive, outlets)
    except PermanentFailure as failure:
        end = _reject(found, failure.reason, failure.detail)
        return FetchResult(found, end, refusal=_passing(failure, found))
    except TryAgain as later:
        return FetchResult(found, later)


def _passing(failure: PermanentFailure, found: PageFound) -> Refusal | None:
    """Return the refusal if the page is to be asked for again: a revisit has its own turns, and
    what is missing long after its announcement will not appear."""
    if not isinstance(failure, Refusal) or found.visits:
        return None
    is_old = found.priority >= ARCHIVE_PRIORITY
    return None if is_old and failure.reason is Reason.NOT_FOUND else failure


def _fetch(
    found: PageFound, downloader: Downloader, archive: Archive, outlets: Outlets
) -> FetchResult:
    outlet = outlets.get(found.outlet)
    # the HTML of a shell stays the same while its story changes
    is_conditional = found.visits > 0 and (outlet is None or outlet.render == "never")
    page = downloader.fetch(found.url, response_checks, is_revisit=is_conditional)
    if not response_checks.check_response(page):
        if not found.visits:
            detail = "status 304, though no condition was sent"
            raise TryAgain(detail, response_checks.RETRY_SECONDS, Reason.BAD_RESPONSE)
        return FetchResult(found, None, page)
    key = archive.write(page, found.outlet, "html", Announcement(found.published, found.title))
    declared = response_checks.content_type_of(page)
    fetched = PageFetched(
        page_id=found.page_id,
        outlet=found.outlet,
        url=found.url,
        archive_key=key,
        final_url=page.final_url,
        fetched_at=page.fetched_at,
        content_type=declared_type(declared) or declared,
        announced_published=found.published,
        announced_title=found.title,
    )
    if outlet is not None and outlet.render == "always":
        return FetchResult(found, RenderDue(**asdict(fetched)), page)
    return FetchResult(found, fetched, page)


def _reject(found: PageFound, reason: Reason, detail: str) -> PageRejected:
    return PageRejected(
        page_id=found.page_id,
        outlet=found.outlet,
        url=found.url,
        step="fetch",
        reason=reason,
        detail=detail[:MAX_DETAIL_LENGTH],
    )
