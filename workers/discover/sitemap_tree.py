"""Sitemaps and the sitemaps that they name, read under bounds of depth and number."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.discover import sitemaps
from workers.discover.links import BadFeedError, Link, pick_both_ends
from workers.discover.parts import PartReader

# 0 (first) to 8; 9 is a backfill's
PRIORITY_BREAKING = 0
PRIORITY_RECENT = 6
PRIORITY_ARCHIVE = 8
RECENT_DAYS = 3
MAX_SITEMAPS = 20
MAX_DEPTH = 3

PrioritizedLink = tuple[Link, int]


class SitemapTree:
    """Walks from some sitemaps to those that they name, the newest first. Each is requested when
    its turn comes, so that what was read before need not wait for a host's next turn."""

    def __init__(self, reader: PartReader) -> None:
        self._reader = reader
        self._log = reader.log
        self._queue: deque[tuple[str, int]] = deque()
        self._known: set[str] = set()
        self._dates: dict[str, tuple[Link, datetime]] = {}

    def walk_from(self, page: StoredPage) -> Iterator[PrioritizedLink]:
        """Yield the pages of the sitemap in `page` and of those that it leads to.

        Raises:
            BadFeedError: `page` is no sitemap.
            TryAgain: the host permits no request now.
        """
        self._known.add(page.url)
        yield from self._read(page, 1)
        yield from self._work_off()

    def walk_all(self, addresses: Sequence[str]) -> Iterator[PrioritizedLink]:
        """Yield the pages of the sitemaps at `addresses`, the first ones first, and of those that
        they lead to.

        Raises:
            TryAgain: the host permits no request now.
        """
        self._known.update(addresses)
        self._queue.extend((url, 1) for url in addresses)
        yield from self._work_off()

    def _work_off(self) -> Iterator[PrioritizedLink]:
        """Yield the pages of the sitemaps that wait. One that is none costs only itself."""
        while self._queue:
            url, depth = self._queue.popleft()
            self._log.parts[url] = "sitemap"
            page = self._reader.get(url)
            if page is None:
                if url in self._log.unchanged:
                    self._note_complete(url)
                continue
            try:
                yield from self._read(page, depth)
            except BadFeedError as error:
                self._log.add_failure(url, Reason.BAD_FEED, str(error))

    def _read(self, page: StoredPage, depth: int) -> Iterator[PrioritizedLink]:
        """Yield the pages of one sitemap; the sitemaps that it names wait for their turn.

        Raises:
            BadFeedError: it is no sitemap.
        """
        sitemap = self._reader.parse(sitemaps.read_sitemap, page.body, page.final_url)
        self._log.parts_read += 1
        self._log.add_left_out(page.url, sitemap.left_out, "more addresses than are read at once")
        yield from prioritize(sitemap.pages, page.fetched_at)
        if sitemap.sitemaps:
            self._log.leads_on.add(page.url)
            self._queue_children(page, sitemap.sitemaps, depth)
        elif not sitemap.left_out:
            self._note_complete(page.url)

    def _note_complete(self, url: str) -> None:
        """Note that the sitemap at `url`, which names no others, was read to its end."""
        if url in self._dates:
            self._log.add_complete(*self._dates[url])

    def _queue_children(self, page: StoredPage, links: Iterable[Link], depth: int) -> None:
        """Queue the sitemaps that an index names, as many as the bounds allow."""
        children = [child for child in _resolve_all(page, links) if child.url not in self._known]
        if depth >= MAX_DEPTH:
            why = f"sitemaps more than {MAX_DEPTH} indexes deep"
            self._log.add_left_out(page.url, len(children), why)
            return
        children = [child for child in children if not self._log.is_spared(child, page.fetched_at)]
        chosen = choose_newest(children, max(0, MAX_SITEMAPS - len(self._known)))
        left_out = len(children) - len(chosen)
        self._log.add_left_out(page.url, left_out, "more sitemaps than are read at once")
        self._known.update(child.url for child in chosen)
        self._dates.update((child.url, (child, page.fetched_at)) for child in chosen)
        self._queue.extend((child.url, depth + 1) for child in chosen)


def choose_newest(links: Sequence[Link], limit: int) -> list[Link]:
    """Return `limit` of the links, newest first. Those without a date come from both ends, and get
    a quarter of the places at least, as any of them may be the newest."""
    dated = [link for link in links if link.last_date]
    dated.sort(key=_age)
    undated = [link for link in links if not link.last_date]
    places = min(limit, max(limit - len(dated), limit // 4))
    chosen = pick_both_ends(undated, places)
    return [*dated[: limit - len(chosen)], *chosen]


def prioritize_by_date(links: Iterable[Link], now: datetime) -> Iterator[PrioritizedLink]:
    """Yield links with the priority of their dates alone."""
    recent = now - timedelta(days=RECENT_DAYS)
    for link in links:
        is_recent = link.last_date is not None and link.last_date >= recent
        yield link, PRIORITY_RECENT if is_recent else PRIORITY_ARCHIVE


def prioritize(links: Iterable[Link], now: datetime) -> Iterator[PrioritizedLink]:
    """Yield links with their priorities: breaking if from a news sitemap, else by their dates."""
    for link, priority in prioritize_by_date(links, now):
        yield link, PRIORITY_BREAKING if link.title else priority


def _resolve_all(page: StoredPage, links: Iterable[Link]) -> Iterator[Link]:
    """Yield the links with absolute addresses; what is no address is left as it is."""
    for link in links:
        yield replace(link, url=urls.join(page.final_url, link.url) or link.url)


def _age(link: Link) -> float:
    """Return a sort key that puts the newest first."""
    return -link.last_date.timestamp() if link.last_date else 0.0
