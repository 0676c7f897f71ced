"""A feed, sitemap or section page that is due in, the pages it names out."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers import urls
from workers.discover import selection, sources
from workers.discover.feeds import Feed
from workers.discover.hints import PollHints, hints_of, merge_hints
from workers.discover.links import BadFeedError, Link
from workers.discover.sources import PollSession

OK, NOT_MODIFIED = 200, 304
_REFUSALS = {404: Reason.NOT_FOUND, 410: Reason.GONE, 401: Reason.FORBIDDEN, 403: Reason.FORBIDDEN}


class Outlets(Protocol):
    def get(self, outlet_id: str, /) -> Outlet | None: ...


class FeedNotes(Protocol):
    """Keeps what a feed said about when to look again."""

    def record_hints(self, due: FeedDue, hints: PollHints) -> None: ...


def discover(
    due: FeedDue, session: PollSession, outlets: Outlets, notes: FeedNotes | None = None
) -> Iterator[PageFound | PageRejected]:
    """Yield the pages that `due` names, each once, with canonical addresses; foreign and paid links
    are yielded as rejections."""
    outlet = outlets.get(due.outlet)
    if outlet is None:
        yield _rejected(due, due.url, Reason.OUTLET_UNKNOWN, "no file for this outlet")
        return
    page = session.get(due.url)
    if page.status == NOT_MODIFIED:
        return
    if page.status != OK:
        reason = _REFUSALS.get(page.status, Reason.BAD_RESPONSE)
        yield _rejected(due, due.url, reason, f"status {page.status}")
        return

    hints: list[PollHints] = []

    def note(feed: Feed, at: StoredPage) -> None:
        hints.append(hints_of(feed, at))

    try:
        found = list(sources.find_links(due, page, session, note, is_home=due.url == outlet.home))
    except BadFeedError as error:
        yield _rejected(due, due.url, Reason.BAD_FEED, str(error))
        return
    if notes is not None and hints:
        notes.record_hints(due, merge_hints(hints))
    yield from _selected(due, outlet, page.final_url, found)


def _selected(
    due: FeedDue, outlet: Outlet, base: str, found: Iterable[tuple[Link, int]]
) -> Iterator[PageFound | PageRejected]:
    domains = selection.own_domains(outlet)
    known: set[str] = set()
    for link, priority in found:
        address = selection.unwrap_redirect(selection.absolute(link.url, base), domains)
        page_id = urls.page_id(address) if address else ""
        if not address or page_id in known:
            continue
        known.add(page_id)
        if not selection.is_own(address, domains) or selection.is_advertisement(address):
            yield _rejected(due, address, Reason.FOREIGN_LINK, f"named by {due.url}")
            continue
        yield PageFound(
            page_id=page_id,
            outlet=due.outlet,
            url=address,
            found_in=due.url,
            priority=priority,
        )


def _rejected(due: FeedDue, url: str, reason: Reason, detail: str) -> PageRejected:
    return PageRejected(
        page_id=urls.page_id(url),
        outlet=due.outlet,
        url=url,
        step="discover",
        reason=reason,
        detail=detail[:200],
    )
