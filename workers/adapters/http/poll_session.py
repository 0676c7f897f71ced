"""One poll of a feed. What it got before it had to wait for a host is not requested again."""

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from io import BufferedReader
from typing import BinaryIO

import msgspec
from msgspec import Struct

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import clock, urls
from workers.adapters.archive.archive import Archive
from workers.adapters.http.chain import PoliteClient
from workers.adapters.http.messages import (
    ACCEPT_FEED,
    FetchOptions,
    build_request,
    encode_headers,
    to_page,
)
from workers.adapters.http.remote_file import PART_BYTES, RemoteFile
from workers.adapters.http.validators import Validators
from workers.adapters.redis.connection import RedisClient
from workers.exceptions import PermanentFailure, TryAgain

TTL = timedelta(days=7)  # longer than any host's interval
# No request of a poll begins later, counted from its first one; all of them wait for permits.
POLL_SECONDS = 60.0


class FetchedFeed(Struct, frozen=True, omit_defaults=True):
    """A response by its status, and by its archive key if it is in the archive; or, with status 0,
    why there was none."""

    status: int
    key: str = ""
    reason: str = ""
    detail: str = ""
    is_temporary: bool = False


class FeedFetcher(Struct, frozen=True):
    """What the requests of a poll go through."""

    client: PoliteClient
    validators: Validators
    archive: Archive
    max_bytes: int


class PollSession:
    """The requests of one poll: a feed, sitemap or section page, and what those lead to."""

    def __init__(self, fetcher: FeedFetcher, earlier: dict[str, FetchedFeed]) -> None:
        """`earlier` is what the poll got before it was put off, by URL."""
        self._fetcher = fetcher
        self._earlier = earlier
        self._deadline = 0.0
        self.fetched = dict(earlier)
        self.pages: list[StoredPage] = []

    def get(self, url: str) -> StoredPage:
        """Return the feed, sitemap or section page at `url`, which is in the archive then; its
        status is 304 if it has not changed since the last poll that was settled.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        page = self._read_earlier(url) or self._try_request(url)
        if page.status == HTTPStatus.OK and not page.is_cut:  # what was cut is asked for in full
            self.pages.append(page)
        return page

    def leave_unsettled(self, addresses: Collection[str]) -> None:
        """The next poll asks for these pages in full, whether they have changed or not."""
        self.pages = [page for page in self.pages if page.url not in addresses]

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""
        return self._fetcher.client.robots.rules(url, self._start()).sitemaps

    def _try_request(self, url: str) -> StoredPage:
        """Return the page at `url`. A failure is kept: a poll that is put off and goes on does not
        ask again for what failed.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        try:
            return self._request(url)
        except PermanentFailure as failure:
            self.fetched[url] = FetchedFeed(0, "", failure.reason.value, failure.detail[:500])
            raise
        except TryAgain as later:
            if later.counts_as_attempt:
                reason, detail = later.reason.value, str(later)[:500]
                self.fetched[url] = FetchedFeed(0, "", reason, detail, is_temporary=True)
            raise

    def _read_earlier(self, url: str) -> StoredPage | None:
        """Return what an earlier turn of this poll got, or None.

        Raises:
            TryAgain: it got nothing, and a later poll may.
            PermanentFailure: it got nothing.
        """
        earlier = self._earlier.get(url)
        if earlier is None:
            return None
        if earlier.is_temporary:
            raise TryAgain(earlier.detail, reason=Reason(earlier.reason))
        if earlier.reason:
            raise PermanentFailure(Reason(earlier.reason), earlier.detail)
        if earlier.status != HTTPStatus.OK:
            return StoredPage(url, url, earlier.status, (), b"", clock.now())
        try:
            return self._fetcher.archive.read(earlier.key)
        except PermanentFailure:  # pruned meanwhile
            return None

    def _request(self, url: str) -> StoredPage:
        archive = self._fetcher.archive
        archive.check()
        headers = encode_headers(self._fetcher.validators.headers(url))
        options = FetchOptions(
            url=url,
            max_bytes=self._fetcher.max_bytes,
            deadline=self._start(),
            accept=ACCEPT_FEED,
        )
        transport = self._fetcher.client.transport
        page = to_page(url, transport.handle_request(build_request(options, headers)))
        key = ""
        if page.status == HTTPStatus.OK:
            host = urls.host_of(page.final_url)
            key = archive.write(page, urls.registrable_domain(host), "feed")
        self.fetched[url] = FetchedFeed(page.status, key)
        return page

    def _start(self) -> float:
        """Return the deadline, which runs from the first request: what is read from the archive
        takes no time from it, so that each turn brings the poll further."""
        self._deadline = self._deadline or time.monotonic() + POLL_SECONDS
        return self._deadline


class HistorySession:
    """Reads sources of a backfill: each in full, and none into the archive."""

    def __init__(self, fetcher: FeedFetcher) -> None:
        self._fetcher = fetcher

    def get(self, url: str) -> StoredPage:
        """Return the page at `url`, whatever its status.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        return self._request(url, self._fetcher.max_bytes, {})

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Return the sitemaps that the robots.txt of `url`'s host names."""
        return self._fetcher.client.robots.rules(url, _deadline()).sitemaps

    def open(self, url: str) -> BinaryIO:
        """Return the file at `url`, which is requested in parts as it is read."""

        def get_part(first: int, last: int) -> StoredPage:
            headers = {"range": f"bytes={first}-{last}", "accept-encoding": "identity"}
            return self._request(url, PART_BYTES, headers)

        return BufferedReader(RemoteFile(get_part), PART_BYTES)

    def _request(self, url: str, max_bytes: int, headers: dict[str, str]) -> StoredPage:
        options = FetchOptions(
            url=url, max_bytes=max_bytes, deadline=_deadline(), accept=ACCEPT_FEED
        )
        request = build_request(options, encode_headers(headers))
        return to_page(url, self._fetcher.client.transport.handle_request(request))


def _deadline() -> float:
    return time.monotonic() + POLL_SECONDS


class PollSessions:
    """Opens sessions, and keeps those that are put off in Redis."""

    def __init__(self, redis: RedisClient, prefix: str, fetcher: FeedFetcher) -> None:
        self._redis = redis
        self._prefix = prefix
        self._fetcher = fetcher

    def history(self) -> HistorySession:
        """Return a session for the sources of a backfill."""
        return HistorySession(self._fetcher)

    @contextmanager
    def open(self, feed_id: str) -> Iterator[PollSession]:
        """Yield the session of one poll of a feed. It goes on where the last one was put off.

        When the block ends, what it got is settled: the next poll asks only for what has changed.
        A TryAgain that does not count as an attempt puts the session off. After any other
        exception nothing of it is kept, and the next poll starts from the beginning.

        Raises:
            TryAgain: that of the block.
        """
        key = f"{self._prefix}:looks:{feed_id}"
        raw = self._redis.getdel(key)
        earlier = msgspec.json.decode(raw, type=dict[str, FetchedFeed]) if raw else {}
        session = PollSession(self._fetcher, earlier)
        try:
            yield session
        except TryAgain as later:
            if not later.counts_as_attempt and session.fetched:
                self._redis.set(key, msgspec.json.encode(session.fetched), ex=TTL)
            raise
        for page in session.pages:
            self._fetcher.validators.keep([page])
