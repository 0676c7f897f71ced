"""Where links come from: a feed, a tree of sitemaps, a section, or a home page that names those."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Protocol

from w3lib.encoding import html_to_unicode

from schemas.events import FeedDue
from schemas.page import StoredPage
from workers.discover import feeds, sections, sitemaps
from workers.discover.links import BadFeedError, Link

BREAKING, FEED, SECTION, RECENT, ARCHIVE = 0, 3, 4, 6, 9
RECENT_DAYS = 3
MAX_SITEMAPS = 20
MAX_ROOTS = 5
MAX_FEEDS = 3
MAX_DEPTH = 3
OK = 200

Found = tuple[Link, int]
Note = Callable[[feeds.Feed, StoredPage], None]


class PollSession(Protocol):
    """Fetches politely and archives; raises TryAgain and GiveUp."""

    def get(self, url: str) -> StoredPage: ...

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps that the robots.txt of `url`'s host names."""


def find_links(
    due: FeedDue, page: StoredPage, session: PollSession, note: Note, *, is_home: bool = False
) -> Iterator[Found]:
    """Yield links with their priorities, as of `due`. `note` is called with the feed. A home page
    may lead to all the others.

    Raises:
        BadFeedError: the page is not what it should be.
    """
    if due.kind == "sitemap":
        yield from _walk([page], session, is_strict=True)
    elif due.kind == "section":
        yield from _of_section(page)
    else:
        yield from _of_feed(page, session, note, is_home=is_home)


def _of_feed(
    page: StoredPage, session: PollSession, note: Note, *, is_home: bool
) -> Iterator[Found]:
    try:
        yield from _of_one_feed(page, note)
    except BadFeedError:
        found = list(_of_named_feeds(page, session, note))
        if is_home and not found:
            found = [*_of_robots(page, session), *_of_section(page)]
        if not found:
            raise
        yield from found


def _of_one_feed(page: StoredPage, note: Note) -> list[Found]:
    feed = feeds.read_feed(page.body, dict(page.headers), page.final_url)
    note(feed, page)
    return [(link, FEED) for link in feed.links]


def _of_named_feeds(page: StoredPage, session: PollSession, note: Note) -> Iterator[Found]:
    """Yield the links of the feeds that an HTML page names in its head (autodiscovery)."""
    named = sections.feeds_of(_html(page), page.final_url)
    for url in named[:MAX_FEEDS]:
        at = session.get(url)
        if at.status != OK:
            continue
        try:
            yield from _of_one_feed(at, note)
        except BadFeedError:
            continue  # one bad part must not cost the others


def _of_section(page: StoredPage) -> Iterator[Found]:
    for link in sections.read_section(_html(page), page.final_url):
        yield link, SECTION


def _of_robots(page: StoredPage, session: PollSession) -> Iterator[Found]:
    """Yield the links of the sitemaps that robots.txt names, news sitemaps first."""
    named = sorted(session.sitemaps(page.final_url), key=lambda url: "news" not in url.lower())
    yield from _walk([session.get(url) for url in named[:MAX_ROOTS]], session)


def _walk(
    roots: list[StoredPage], session: PollSession, *, is_strict: bool = False
) -> Iterator[Found]:
    """Yield the pages of sitemaps and, newest first, of the sitemaps they name, within bounds of
    depth and number."""
    waiting = [(page, 1) for page in roots if page.status == OK]
    known = {page.url for page in roots}
    while waiting:
        current, depth = waiting.pop(0)
        sitemap = _sitemap_of(current, is_strict=is_strict and depth == 1)
        recent = current.fetched_at - timedelta(days=RECENT_DAYS)
        yield from ((link, _priority(link, recent)) for link in sitemap.pages)
        newest = sorted(sitemap.sitemaps, key=_age_first)
        for link in newest if depth < MAX_DEPTH else ():
            if len(known) < MAX_SITEMAPS and link.url not in known:
                known.add(link.url)
                child = session.get(link.url)
                waiting += [(child, depth + 1)] if child.status == OK else []


def _sitemap_of(page: StoredPage, *, is_strict: bool) -> sitemaps.Sitemap:
    try:
        return sitemaps.read_sitemap(page.body)
    except BadFeedError:
        if is_strict:
            raise
        return sitemaps.Sitemap()


def _html(page: StoredPage) -> str:
    try:
        _, text = html_to_unicode(page.header("content-type") or None, page.body)
    except (LookupError, UnicodeError):  # a codec that is no character set: base64, idna
        return page.body.decode("utf-8", "replace")
    return str(text)


def _age_first(link: Link) -> float:
    return -link.published.timestamp() if link.published else 0.0


def _priority(link: Link, recent: datetime) -> int:
    if link.title:
        return BREAKING
    is_recent = link.published is not None and link.published >= recent
    return RECENT if is_recent else ARCHIVE
