"""Where links come from: a feed, a tree of sitemaps, a section, or a home page that names those."""

from collections.abc import Callable, Iterable, Iterator

from w3lib.encoding import html_to_unicode

from schemas.events import FeedDue
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.discover import feeds, sections, selection
from workers.discover.links import BadFeedError, read_link_headers
from workers.discover.parts import PartReader
from workers.discover.sitemap_tree import PrioritizedLink, SitemapTree, prioritize_by_date
from workers.discover.sitemaps import is_sitemap

PRIORITY_FEED = 3
PRIORITY_SECTION = 4
MAX_ROBOTS_SITEMAPS = 5
USUAL_SITEMAP = "/sitemap.xml"
MAX_NAMED_FEEDS = 3
MAX_OLDER_PAGES = 10

OnFeed = Callable[[feeds.Feed, StoredPage], None]


def find_links(
    due: FeedDue,
    page: StoredPage,
    reader: PartReader,
    on_feed: OnFeed,
    *,
    is_home: bool = False,
) -> Iterator[PrioritizedLink]:
    """Yield the links of `page`, which was fetched for `due`, with their priorities.

    `on_feed` is called with each feed that was read. An HTML page in place of a feed may name
    feeds, and a home page also sitemaps and articles: these are read instead. What cannot be read
    of several parts is noted in the reader's log and costs only itself.

    Raises:
        BadFeedError: the page is not of the kind that `due` names.
        TryAgain: the host permits no request now.
    """
    source = _Source(reader, on_feed)
    if due.kind == "sitemap":
        yield from SitemapTree(reader).walk_from(page)
    elif due.kind == "section":
        yield from source.find_in_section(page)
    else:
        yield from source.find_in_feed(page, is_home=is_home)


def find_in_parts(reader: PartReader, on_feed: OnFeed) -> Iterator[PrioritizedLink]:
    """Yield the links of what the polled page led to at the last poll. It has not changed since,
    which says nothing of its parts.

    Raises:
        TryAgain: the host permits no request now.
    """
    reader.log.keep_lastmods()
    source = _Source(reader, on_feed)
    parts = reader.log.memory.parts
    yield from source.find_in_feeds([url for kind, url in parts if kind == "feed"])
    yield from SitemapTree(reader).walk_all([url for kind, url in parts if kind == "sitemap"])


class _Source:
    """Reads feeds, and the pages that stand in their place."""

    def __init__(self, reader: PartReader, on_feed: OnFeed) -> None:
        self.reader = reader
        self._log = reader.log
        self._on_feed = on_feed

    def find_in_feed(self, page: StoredPage, *, is_home: bool) -> Iterator[PrioritizedLink]:
        """Yield the links of a feed, or of what an HTML page in its place names.

        Raises:
            BadFeedError: the page is no feed and names none.
            TryAgain: the host permits no request now.
        """
        try:
            if self.reader.parse(is_sitemap, page.body):
                yield from SitemapTree(self.reader).walk_from(page)
            else:
                yield from self._read_feed(page)
        except BadFeedError as error:
            places = [self._find_in_named_feeds]
            if is_home:
                places.append(self._find_at_home)
            # as they come: what one place named need not wait until another can be asked
            for find_in in places:
                found = False
                for link in find_in(page):
                    found = True
                    yield link
                if found:
                    self._log.leads_on.add(page.url)
                    return
                if self._log.temporary:  # a feed that is named and will be read later
                    break
            raise BadFeedError(*error.args) from error

    def _find_at_home(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of the sitemaps that robots.txt names, and those of the home page."""
        yield from self._find_in_robots(page)
        yield from self.find_in_section(page)

    def find_in_section(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of a section or home page that look like articles."""
        found = self.reader.parse(sections.read_section, decode_html(page), page.final_url)
        self._log.parts_read += 1
        yield from ((link, PRIORITY_SECTION) for link in found)

    def _read_feed(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of a feed; those of its older pages too, if it is read for the first time
        or none of its links was there at the last poll.

        Raises:
            BadFeedError: it is none.
            TryAgain: the host permits no request now.
        """
        feed = self.reader.parse(feeds.read_feed, page.body, dict(page.headers), page.final_url)
        self._log.parts_read += 1
        self._log.add_left_out(page.url, feed.left_out, "more items than are read at once")
        self._on_feed(feed, page)
        yield from ((link, PRIORITY_FEED) for link in feed.links)
        page_ids = _page_ids(feed, page)
        self._log.recent.extend(page_ids)
        if feed.next_page and not self._is_known(page_ids):
            yield from self._read_older_pages(feed, page)

    def _is_known(self, page_ids: Iterable[str]) -> bool:
        """Return whether one of these pages was in the feed at the last poll."""
        return not self._log.memory.recent_set.isdisjoint(page_ids)

    def _read_older_pages(self, feed: feeds.Feed, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of the older pages of a feed (RFC 5005, JSON Feed's `next_url`), until
        one has a link that was there at the last poll.

        Raises:
            TryAgain: the host permits no request now.
        """
        first = {page.url, page.final_url}
        visited = set(first)
        known = set(_page_ids(feed, page))
        while feed.next_page:
            url = urls.join(page.final_url, feed.next_page)
            if not url or url in visited:
                return
            if len(visited) >= MAX_OLDER_PAGES + len(first):
                self._log.add_left_out(url, 1, "an older page of the feed, and those behind it")
                return
            visited.add(url)
            older = self.reader.get(url)
            if older is None:
                return
            try:
                feed = self.reader.parse(
                    feeds.read_feed, older.body, dict(older.headers), older.final_url
                )
            except BadFeedError as error:
                self._log.add_failure(url, Reason.BAD_FEED, str(error))
                return
            page, page_ids = older, _page_ids(feed, older)
            self._log.parts_read += 1
            yield from prioritize_by_date(feed.links, older.fetched_at)
            if self._is_known(page_ids) or known.issuperset(page_ids):
                return
            known.update(page_ids)

    def _find_in_named_feeds(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of the feeds that an HTML page names in its head (autodiscovery)."""
        headers = read_link_headers(page)
        addresses = self.reader.parse(
            sections.find_feeds, decode_html(page), page.final_url, tuple(headers)
        )
        left_out = len(addresses) - MAX_NAMED_FEEDS
        self._log.add_left_out(page.url, left_out, "more feeds than are read at once")
        yield from self.find_in_feeds(addresses[:MAX_NAMED_FEEDS])

    def find_in_feeds(self, addresses: Iterable[str]) -> Iterator[PrioritizedLink]:
        """Yield the links of the feeds at `addresses`."""
        for url in addresses:
            self._log.parts[url] = "feed"
            feed_page = self.reader.get(url)
            if feed_page is None:
                continue
            try:
                yield from self._read_feed(feed_page)
            except BadFeedError as error:  # one bad feed must not cost the others
                self._log.add_failure(url, Reason.BAD_FEED, str(error))

    def _find_in_robots(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of the sitemaps that robots.txt names, news sitemaps first."""
        named = resolve_sitemaps(page.final_url, self.reader.sitemaps(page.final_url))
        addresses = sorted(named, key=lambda url: "news" not in url.lower())
        if not addresses:
            yield from self._find_in_usual_sitemap(page)
            return
        left_out = len(addresses) - MAX_ROBOTS_SITEMAPS
        self._log.add_left_out(page.url, left_out, "more sitemaps in robots.txt than are read")
        yield from SitemapTree(self.reader).walk_all(addresses[:MAX_ROBOTS_SITEMAPS])

    def _find_in_usual_sitemap(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the links of the sitemap at its usual place, of which robots.txt says nothing. That
        there is none is no failure."""
        url = urls.join(page.final_url, USUAL_SITEMAP)
        sitemap = self.reader.get(url, is_guess=True)
        if sitemap is None:
            return
        try:
            yield from SitemapTree(self.reader).walk_from(sitemap)
        except BadFeedError:
            return


def _page_ids(feed: feeds.Feed, page: StoredPage) -> list[str]:
    """Return the page ids of a feed's links."""
    addresses = (selection.to_absolute(link.url, page.final_url) for link in feed.links)
    return [urls.page_id(address) for address in addresses if address]


def resolve_sitemaps(url: str, lines: Iterable[str]) -> list[str]:
    """Return the addresses in the `Sitemap:` lines of the robots.txt of `url`'s host, each once."""
    robots = urls.join(url, "/robots.txt")
    return list(dict.fromkeys(address for line in lines if (address := urls.join(robots, line))))


def decode_html(page: StoredPage) -> str:
    """Return the page's text, decoded as its headers and its head declare."""
    try:
        _, text = html_to_unicode(page.header("content-type") or None, page.body)
    except (LookupError, UnicodeError):  # a codec that is no character set: base64, idna
        return page.body.decode("utf-8", "replace")
    return str(text)
