"""Pages and feeds by their addresses, fetched politely, whatever it takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from schemas.page import StoredPage
from workers import clock, urls
from workers.adapters.archive.archive import Archive
from workers.adapters.http.client import Client, Judge, Wish
from workers.adapters.http.event_loop import on_loop
from workers.adapters.http.politeness import Manners
from workers.adapters.http.poll_session import FetchedFeed, PollSessions
from workers.adapters.http.redirects import followed
from workers.adapters.http.validators import Validators
from workers.exceptions import PermanentFailure, TryAgain

# No request begins later: a lease is short, and what cannot be requested soon goes back to the
# frontier; a poll waits longer for its host's permits, for all its requests together.
PAGE_SECONDS = 20.0
POLL_SECONDS = 60.0


class Downloader:
    """Fetches pages and polls feeds; from any thread, which waits meanwhile."""

    def __init__(
        self,
        client: Client,
        manners: Manners,
        validators: Validators,
        archive: Archive,
        sessions: PollSessions,
    ) -> None:
        self._client = client
        self._manners = manners
        self._validators = validators
        self._archive = archive
        self._sessions = sessions

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage:
        """Return the page at `url`, wherever its redirects end; its status is 304 if a revisit
        found it unchanged.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        self._archive.check()
        headers = self._validators.headers(url) if is_revisit else {}
        wish = Wish(url, headers, self._client.page_bytes, judge=judge)
        return self._manners.followed(wish, time.monotonic() + PAGE_SECONDS)

    def keep(self, page: StoredPage) -> None:
        """Keep the validators of `page`, which has been handed on: a revisit asks only for what
        has changed since."""
        self._validators.keep(page)

    @contextmanager
    def poll_session(self, feed_id: str) -> Iterator["PollSession"]:
        """Open the session of one poll of a feed. It goes on where the last one was put off.

        When the block ends, what it got is settled: the next poll asks only for what has changed.
        A TryAgain that does not count as an attempt puts the session off. After any other
        exception nothing of it is kept, and the next poll starts from the beginning.
        """
        session = PollSession(
            self._client,
            self._manners,
            self._validators,
            self._archive,
            self._sessions.take(feed_id),
        )
        try:
            yield session
        except TryAgain as later:
            if not later.counts_as_attempt:
                self._sessions.save(feed_id, session.fetched)
            raise
        for page in session.pages:
            self._validators.keep(page)


class PollSession:
    """The requests of one poll: a feed, sitemap or section page, and what those lead to."""

    def __init__(
        self,
        client: Client,
        manners: Manners,
        validators: Validators,
        archive: Archive,
        fetched: dict[str, FetchedFeed],
    ) -> None:
        self._client = client
        self._manners = manners
        self._validators = validators
        self._archive = archive
        self._earlier = dict(fetched)
        self.fetched = fetched
        self.pages: list[StoredPage] = []
        self._deadline = 0.0

    def get(self, url: str) -> StoredPage:
        """Return the feed, sitemap or section page at `url`, which is in the archive then; its
        status is 304 if it has not changed since the last poll that was settled.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        page = self._read_earlier(url) or self._request(url)
        if page.status == HTTPStatus.OK:
            self.pages.append(page)
        return page

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""
        return self._manners.rules(url, self._until()).sitemaps

    def _read_earlier(self, url: str) -> StoredPage | None:
        earlier = self._earlier.get(url)
        if earlier is None:
            return None
        if earlier.status != HTTPStatus.OK:
            return StoredPage(url, url, earlier.status, (), b"", clock.now())
        try:
            return self._archive.read(earlier.key)
        except PermanentFailure:  # pruned meanwhile
            return None

    def _request(self, url: str) -> StoredPage:
        self._archive.check()
        wish = Wish(url, self._validators.headers(url), self._client.feed_bytes)
        page = self._manners.followed(wish, self._until())
        key = ""
        if page.status == HTTPStatus.OK:
            host = urls.host_of(page.final_url)
            key = self._archive.write(page, urls.registrable_domain(host), "feed")
        self.fetched[url] = FetchedFeed(page.status, key)
        return page

    def _until(self) -> float:
        """Counted from the first request: what is read from the archive takes no time from it, so
        that each session brings the poll further."""
        self._deadline = self._deadline or time.monotonic() + POLL_SECONDS
        return self._deadline


def one_page(client: Client, url: str) -> StoredPage:
    """The page at `url` for one person: guarded and bounded, without turns and robots.txt."""
    return followed(Wish(url, {}, client.page_bytes), lambda hop: on_loop(client.ask(hop)), [])
