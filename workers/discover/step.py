"""The discover stage: a feed, sitemap or section that is due in, the pages it names out."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Protocol

from schemas.events import FeedDue, PageFound, PageRejected
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.discover import selection, sources
from workers.discover.feeds import Feed
from workers.discover.hints import PollHints, merge_hints, read_hints
from workers.discover.links import BadFeedError, Link
from workers.discover.sources import PollSession

MAX_DETAIL_LENGTH = 200
_REASON_BY_STATUS: dict[int, Reason] = {
    HTTPStatus.NOT_FOUND: Reason.NOT_FOUND,
    HTTPStatus.GONE: Reason.GONE,
    HTTPStatus.UNAUTHORIZED: Reason.FORBIDDEN,
    HTTPStatus.FORBIDDEN: Reason.FORBIDDEN,
}


class Outlets(Protocol):
    """The known outlets."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return the outlet, or None if it is unknown."""


class FeedSchedule(Protocol):
    """Keeps when feeds are polled, and what they say about it."""

    def record_hints(self, due: FeedDue, hints: PollHints) -> None:
        """Store the hints for the next poll of this feed."""


def discover(
    due: FeedDue, session: PollSession, outlets: Outlets, feed_schedule: FeedSchedule | None = None
) -> Iterator[PageFound | PageRejected]:
    """Yield the pages that `due` names, each once, with canonical addresses; foreign and paid links
    are yielded as rejections."""
    outlet = outlets.get(due.outlet)
    if outlet is None:
        yield _reject(due, due.url, Reason.OUTLET_UNKNOWN, "no file for this outlet")
        return
    page = session.get(due.url)
    if page.status == HTTPStatus.NOT_MODIFIED:
        return
    if page.status != HTTPStatus.OK:
        reason = _REASON_BY_STATUS.get(page.status, Reason.BAD_RESPONSE)
        yield _reject(due, due.url, reason, f"status {page.status}")
        return

    hints: list[PollHints] = []

    def on_feed(feed: Feed, feed_page: StoredPage) -> None:
        hints.append(read_hints(feed, feed_page))

    try:
        is_home = due.url == outlet.home
        links = list(sources.find_links(due, page, session, on_feed, is_home=is_home))
    except BadFeedError as error:
        yield _reject(due, due.url, Reason.BAD_FEED, str(error))
        return
    if feed_schedule is not None and hints:
        feed_schedule.record_hints(due, merge_hints(hints))
    yield from _select(due, outlet, page.final_url, links)


def _select(
    due: FeedDue, outlet: Outlet, base: str, links: Iterable[tuple[Link, int]]
) -> Iterator[PageFound | PageRejected]:
    """Yield each page once: as found if it is the outlet's own, else as rejected."""
    domains = selection.own_domains(outlet)
    seen: set[str] = set()
    for link, priority in links:
        address = selection.unwrap_redirect(selection.to_absolute(link.url, base), domains)
        page_id = urls.page_id(address) if address else ""
        if not address or page_id in seen:
            continue
        seen.add(page_id)
        if not selection.is_own(address, domains) or selection.is_advertisement(address):
            yield _reject(due, address, Reason.FOREIGN_LINK, f"named by {due.url}")
            continue
        yield PageFound(
            page_id=page_id,
            outlet=due.outlet,
            url=address,
            found_in=due.url,
            priority=priority,
        )


def _reject(due: FeedDue, url: str, reason: Reason, detail: str) -> PageRejected:
    """Return the rejection of the page at `url`, which `due` named."""
    return PageRejected(
        page_id=urls.page_id(url),
        outlet=due.outlet,
        url=url,
        step="discover",
        reason=reason,
        detail=detail[:MAX_DETAIL_LENGTH],
    )
