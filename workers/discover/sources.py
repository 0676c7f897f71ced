"""Where links come from: a feed, a tree of sitemaps, a section, or a home page that names those."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Protocol

from w3lib.encoding import html_to_unicode

from schemas.events import FeedDue
from schemas.page import StoredPage
from workers.discover import feeds, sections, sitemaps
from workers.discover.links import BadFeedError, Link

# 0 (first) to 9 (last)
PRIORITY_BREAKING = 0
PRIORITY_FEED = 3
PRIORITY_SECTION = 4
PRIORITY_RECENT = 6
PRIORITY_ARCHIVE = 9
RECENT_DAYS = 3
MAX_SITEMAPS = 20
MAX_ROBOTS_SITEMAPS = 5
MAX_NAMED_FEEDS = 3
MAX_SITEMAP_DEPTH = 3

PrioritizedLink = tuple[Link, int]
OnFeed = Callable[[feeds.Feed, StoredPage], None]


class PollSession(Protocol):
    """Fetches politely and archives; raises TryAgain and PermanentFailure."""

    def get(self, url: str) -> StoredPage:
        """Return the page at `url`, whatever its status."""

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""


def find_links(
    due: FeedDue, page: StoredPage, session: PollSession, on_feed: OnFeed, *, is_home: bool = False
) -> Iterator[PrioritizedLink]:
    """Yield the links of `page`, which was fetched for `due`, with their priorities.

    `on_feed` is called with each feed that was read. An HTML page in place of a feed may name
    feeds, and a home page also sitemaps and articles: these are read instead.

    Raises:
        BadFeedError: the page is not of the kind that `due` names.
    """
    if due.kind == "sitemap":
        yield from _walk_sitemaps([page], session, is_strict=True)
    elif due.kind == "section":
        yield from _find_in_section(page)
    else:
        yield from _find_in_feed(page, session, on_feed, is_home=is_home)


def _find_in_feed(
    page: StoredPage, session: PollSession, on_feed: OnFeed, *, is_home: bool
) -> Iterator[PrioritizedLink]:
    """Yield the links of a feed, or of what an HTML page in its place names.

    Raises:
        BadFeedError: the page is no feed and names none.
    """
    try:
        yield from _read_feed(page, on_feed)
    except BadFeedError:
        links = list(_find_in_named_feeds(page, session, on_feed))
        if is_home and not links:
            links = [*_find_in_robots(page, session), *_find_in_section(page)]
        if not links:
            raise
        yield from links


def _read_feed(page: StoredPage, on_feed: OnFeed) -> list[PrioritizedLink]:
    """Return the links of a feed."""
    feed = feeds.read_feed(page.body, dict(page.headers), page.final_url)
    on_feed(feed, page)
    return [(link, PRIORITY_FEED) for link in feed.links]


def _find_in_named_feeds(
    page: StoredPage, session: PollSession, on_feed: OnFeed
) -> Iterator[PrioritizedLink]:
    """Yield the links of the feeds that an HTML page names in its head (autodiscovery)."""
    addresses = sections.find_feeds(_decode_html(page), page.final_url)
    for url in addresses[:MAX_NAMED_FEEDS]:
        feed_page = session.get(url)
        if feed_page.status != HTTPStatus.OK:
            continue
        try:
            yield from _read_feed(feed_page, on_feed)
        except BadFeedError:
            continue  # one bad feed must not cost the others


def _find_in_section(page: StoredPage) -> Iterator[PrioritizedLink]:
    """Yield the links of a section or home page that look like articles."""
    for link in sections.read_section(_decode_html(page), page.final_url):
        yield link, PRIORITY_SECTION


def _find_in_robots(page: StoredPage, session: PollSession) -> Iterator[PrioritizedLink]:
    """Yield the links of the sitemaps that robots.txt names, news sitemaps first."""
    addresses = sorted(session.sitemaps(page.final_url), key=lambda url: "news" not in url.lower())
    yield from _walk_sitemaps(
        [session.get(url) for url in addresses[:MAX_ROBOTS_SITEMAPS]], session
    )


def _walk_sitemaps(
    roots: list[StoredPage], session: PollSession, *, is_strict: bool = False
) -> Iterator[PrioritizedLink]:
    """Yield the pages of sitemaps and, newest first, of the sitemaps they name, within bounds of
    depth and number. If `is_strict`, a root that is no sitemap is an error, else it is skipped."""
    queue = [(page, 1) for page in roots if page.status == HTTPStatus.OK]
    seen = {page.url for page in roots}
    while queue:
        page, depth = queue.pop(0)
        sitemap = _read_sitemap(page, is_strict=is_strict and depth == 1)
        recent = page.fetched_at - timedelta(days=RECENT_DAYS)
        yield from ((link, _sitemap_priority(link, recent)) for link in sitemap.pages)
        newest_first = sorted(sitemap.sitemaps, key=_age)
        for link in newest_first if depth < MAX_SITEMAP_DEPTH else ():
            if len(seen) < MAX_SITEMAPS and link.url not in seen:
                seen.add(link.url)
                child = session.get(link.url)
                queue += [(child, depth + 1)] if child.status == HTTPStatus.OK else []


def _read_sitemap(page: StoredPage, *, is_strict: bool) -> sitemaps.Sitemap:
    """Return the sitemap in `page`; without `is_strict`, an empty one if it is none.

    Raises:
        BadFeedError: it is no sitemap, and `is_strict`.
    """
    try:
        return sitemaps.read_sitemap(page.body)
    except BadFeedError:
        if is_strict:
            raise
        return sitemaps.Sitemap()


def _decode_html(page: StoredPage) -> str:
    """Return the page's text, decoded as its headers and its head declare."""
    try:
        _, text = html_to_unicode(page.header("content-type") or None, page.body)
    except (LookupError, UnicodeError):  # a codec that is no character set: base64, idna
        return page.body.decode("utf-8", "replace")
    return str(text)


def _age(link: Link) -> float:
    """Return a sort key that puts the newest first, and links without a date last."""
    return -link.published.timestamp() if link.published else 0.0


def _sitemap_priority(link: Link, recent: datetime) -> int:
    """Return the priority of a link: breaking if from a news sitemap, else by its date."""
    if link.title:
        return PRIORITY_BREAKING
    is_recent = link.published is not None and link.published >= recent
    return PRIORITY_RECENT if is_recent else PRIORITY_ARCHIVE
