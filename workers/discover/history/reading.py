"""One source of a backfill that was fetched: the pages that it names, and the sources."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.events import PRIORITY_BACKFILL, FeedDue, PageFound
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.poll import LeftOut
from workers import urls
from workers.discover import sections, sitemap_tree, sitemaps, sources
from workers.discover.history import archive_pages
from workers.discover.history.window import HistoryWindow, period_in_address
from workers.discover.links import Link
from workers.discover.poll_log import PollLog
from workers.discover.step import select_pages

# why pages of a source are left out, beside those of the window
FOREIGN = "links to other sites"
ADVERTISEMENTS = "advertisements"
EXCLUDED = "left by the outlet's file"


class SourceContent(Struct, frozen=True):
    """What a source names: pages of the outlet's own, each once, and further sources; and what was
    left out."""

    pages: tuple[PageFound, ...] = ()
    sources: tuple[BackfillSource, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def first_sources(plan: BackfillPlan, outlet: Outlet) -> Iterator[BackfillSource]:
    """Yield what a backfill begins with: its WARC files, the robots.txt of the outlet's home, which
    names sitemaps, the sitemaps of the outlet's file, and its archive pages."""
    yield from (BackfillSource(url=file, kind="warc") for file in plan.warcs)
    yield BackfillSource(url=outlet.home, kind="robots")
    yield from (BackfillSource(url=url, kind="sitemap") for url in outlet.sitemaps)
    window = _window_of(plan)
    for pattern in plan.archives:
        for url, date in archive_pages.expand(pattern, window):
            yield BackfillSource(url=url, kind="archive", date=date)


def sitemaps_in_robots(source: BackfillSource, named: Iterable[str]) -> tuple[BackfillSource, ...]:
    """Return the sitemaps that the robots.txt of a home page names; if there are none, the one at
    the usual place, which may not be there."""
    addresses = sources.resolve_sitemaps(source.url, named)
    if not addresses:
        usual = urls.join(source.url, sources.USUAL_SITEMAP)
        return (BackfillSource(url=usual, kind="sitemap", is_guess=True),)
    return tuple(BackfillSource(url=url, kind="sitemap") for url in addresses)


def read_source(
    source: BackfillSource, page: StoredPage, outlet: Outlet, plan: BackfillPlan
) -> SourceContent:
    """Return what `source`, a sitemap or archive page that was fetched as `page`, names.

    Raises:
        BadFeedError: it cannot be read.
    """
    log = PollLog()
    read = _read_archive_page if source.kind == "archive" else _read_sitemap
    content = read(source, page, outlet, plan, log)
    return replace(content, left_out=(*log.left_out, *_left_by_rules(source, log)))


def _left_by_rules(source: BackfillSource, log: PollLog) -> Iterator[LeftOut]:
    counts = {
        FOREIGN: (log.foreign, log.foreign_example),
        ADVERTISEMENTS: (log.advertisements, source.url),
        EXCLUDED: (log.excluded, source.url),
    }
    return (LeftOut(url, number, why) for why, (number, url) in counts.items() if number)


def _read_sitemap(
    source: BackfillSource, page: StoredPage, outlet: Outlet, plan: BackfillPlan, log: PollLog
) -> SourceContent:
    """Return the pages of a sitemap, and the sitemaps that an index names.

    Raises:
        BadFeedError: it is none.
    """
    window = _window_of(plan)
    sitemap = sitemaps.read_sitemap(page.body, page.final_url)
    log.add_left_out(source.url, sitemap.left_out, "more addresses than are read of one sitemap")
    links = sitemap_tree.prioritize(sitemap.pages, page.fetched_at)
    wanted = _in_window(source, links, window, log)
    pages = tuple(_select(source, page, outlet, wanted, log))
    children = _in_window(source, ((link, 0) for link in sitemap.sitemaps), window, log)
    named = (_child(source, page, link, window) for link, _ in children)
    return SourceContent(pages, tuple(child for child in named if child.url))


def _child(
    source: BackfillSource, page: StoredPage, link: Link, window: HistoryWindow
) -> BackfillSource:
    """Return a sitemap that an index names."""
    period = period_in_address(link.url, window.until)
    date: datetime | None = period[0] if period else link.last_date
    url = urls.join(page.final_url, link.url)
    return BackfillSource(url=url, kind="sitemap", date=date or source.date)


def _read_archive_page(
    source: BackfillSource, page: StoredPage, outlet: Outlet, plan: BackfillPlan, log: PollLog
) -> SourceContent:
    """Return the articles that an archive page links to, and the page on which it goes on.

    Raises:
        BadFeedError: its elements nest too deep.
    """
    html = sources.decode_html(page)
    patterns = (*plan.archives, source.url)
    found = [
        link
        for link in sections.read_section(html, page.final_url)
        if not archive_pages.is_archive_page(patterns, link.url)
    ]
    links = ((link, sources.PRIORITY_SECTION) for link in found)
    wanted = _in_window(source, links, _window_of(plan), log)
    pages = tuple(_select(source, page, outlet, wanted, log))
    links_digest = _digest(link.url for link in found)
    # the last page again, whatever number is asked for
    if not found or links_digest == source.before:
        return SourceContent(pages)
    following = archive_pages.find_next_page(html, page.final_url, source.number)
    if not following:
        return SourceContent(pages)
    if source.number >= archive_pages.MAX_NUMBER:
        log.add_left_out(following, 1, "an archive page, and those behind it: there are too many")
        return SourceContent(pages)
    number = source.number + 1
    return SourceContent(
        pages, (replace(source, url=following, number=number, before=links_digest, attempts=0),)
    )


def _in_window(
    source: BackfillSource,
    links: Iterable[tuple[Link, int]],
    window: HistoryWindow,
    log: PollLog,
) -> Iterator[tuple[Link, int]]:
    """Yield the links that are of the backfill's time; the others are counted by why they are
    not."""
    left: Counter[str] = Counter()
    for link, priority in links:
        if reason := window.reason_to_leave(link):
            left[reason] += 1
        else:
            yield link, priority
    for reason, number in left.items():
        log.add_left_out(source.url, number, reason)


def _select(
    source: BackfillSource,
    page: StoredPage,
    outlet: Outlet,
    links: Iterable[tuple[Link, int]],
    log: PollLog,
) -> Iterator[PageFound]:
    """Yield the pages that are the outlet's own and wanted, with the priority of a backfill."""
    due = FeedDue(page_id="", outlet=outlet.id, url=source.url)
    for event in select_pages(due, outlet, page.final_url, links, log):
        if isinstance(event, PageFound):
            yield replace(event, priority=PRIORITY_BACKFILL, modified=None)


def _window_of(plan: BackfillPlan) -> HistoryWindow:
    return HistoryWindow(plan.since, plan.until)


def _digest(addresses: Iterable[str]) -> str:
    return blake2b("\n".join(addresses).encode(), digest_size=8).hexdigest()
