"""A feed, sitemap or section page that is due in, the pages it names out."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers import urls
from workers.discover import feeds, sections, selection, sitemaps
from workers.discover.hints import Hints, hints_of
from workers.discover.links import BadFeedError, Link

BREAKING, FEED, SECTION, RECENT, ARCHIVE = 0, 3, 4, 6, 9
RECENT_DAYS = 3
MOST_SITEMAPS = 20
DEEPEST = 3
OK, NOT_MODIFIED = 200, 304
_REFUSALS = {404: Reason.NOT_FOUND, 410: Reason.GONE, 401: Reason.FORBIDDEN, 403: Reason.FORBIDDEN}


class Web(Protocol):
    """Fetches politely and archives; raises TryAgain and GiveUp."""

    def get(self, url: str) -> StoredPage: ...


class Outlets(Protocol):
    def get(self, outlet_id: str, /) -> Outlet | None: ...


class FeedNotes(Protocol):
    """Keeps what a feed said about when to look again."""

    def note(self, due: FeedDue, hints: Hints) -> None: ...


def discover(
    due: FeedDue, web: Web, outlets: Outlets, notes: FeedNotes | None = None
) -> Iterator[PageFound | PageRejected]:
    """The pages that `due` names, each once, canonical; foreign and paid links as rejections."""
    outlet = outlets.get(due.outlet)
    if outlet is None:
        yield _rejected(due, due.url, Reason.OUTLET_UNKNOWN, "no file for this outlet")
        return
    page = web.get(due.url)
    if page.status == NOT_MODIFIED:
        return
    if page.status != OK:
        reason = _REFUSALS.get(page.status, Reason.BAD_RESPONSE)
        yield _rejected(due, due.url, reason, f"status {page.status}")
        return
    try:
        found = list(_read(due, page, web, notes))
    except BadFeedError as error:
        yield _rejected(due, due.url, Reason.BAD_FEED, str(error))
        return
    yield from _selected(due, outlet, page.final_url, found)


def _read(
    due: FeedDue, page: StoredPage, web: Web, notes: FeedNotes | None
) -> Iterator[tuple[Link, int]]:
    if due.kind == "sitemap":
        yield from _walk(page, web)
    elif due.kind == "section":
        html = page.body.decode("utf-8", "replace")
        yield from ((link, SECTION) for link in sections.read_section(html, page.final_url))
    else:
        feed, page = _feed_of(page, web)
        if notes is not None:
            notes.note(due, hints_of(feed, page))
        yield from ((link, FEED) for link in feed.links)


def _feed_of(page: StoredPage, web: Web) -> tuple[feeds.Feed, StoredPage]:
    """The feed at `page`, or the first one that it names if it is HTML."""
    try:
        return feeds.read_feed(page.body, dict(page.headers), page.final_url), page
    except BadFeedError:
        named = sections.feeds_of(page.body.decode("utf-8", "replace"), page.final_url)
        if not named:
            raise
    page = web.get(named[0])
    return feeds.read_feed(page.body, dict(page.headers), page.final_url), page


def _walk(page: StoredPage, web: Web) -> Iterator[tuple[Link, int]]:
    """Pages of a sitemap and, newest first, of those it names: bounded in depth and number."""
    waiting, fetched, known = [(page, 1)], 1, {page.url}
    recent = page.fetched_at - timedelta(days=RECENT_DAYS)
    while waiting:
        current, depth = waiting.pop(0)
        sitemap = _sitemap_of(current, is_first=depth == 1)
        yield from ((link, _priority(link, recent)) for link in sitemap.pages)
        newest = sorted(sitemap.sitemaps, key=_age_first)
        for link in newest if depth < DEEPEST else ():
            if fetched < MOST_SITEMAPS and link.url not in known:
                known.add(link.url)
                fetched += 1
                child = web.get(link.url)
                waiting += [(child, depth + 1)] if child.status == OK else []


def _sitemap_of(page: StoredPage, *, is_first: bool) -> sitemaps.Sitemap:
    # One bad part must not cost the others.
    try:
        return sitemaps.read_sitemap(page.body)
    except BadFeedError:
        if is_first:
            raise
        return sitemaps.Sitemap()


def _age_first(link: Link) -> float:
    return -link.published.timestamp() if link.published else 0.0


def _priority(link: Link, recent: datetime) -> int:
    if link.title:
        return BREAKING
    is_recent = link.published is not None and link.published >= recent
    return RECENT if is_recent else ARCHIVE


def _selected(
    due: FeedDue, outlet: Outlet, base: str, found: Iterable[tuple[Link, int]]
) -> Iterator[PageFound | PageRejected]:
    domains = selection.own_domains(outlet)
    known: set[str] = set()
    for link, priority in found:
        address = selection.unwrapped(selection.absolute(link.url, base), domains)
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
            title_hint=link.title,
            published_hint=link.published,
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
