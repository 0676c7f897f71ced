"""Pages and feeds by their URLs, fetched politely, whatever it takes."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager

import httpx

from schemas.page import StoredPage
from workers.adapters.archive.archive import Archive
from workers.adapters.http.chain import PoliteClient
from workers.adapters.http.messages import (
    FetchOptions,
    Judge,
    build_request,
    encode_headers,
    to_page,
)
from workers.adapters.http.poll_session import HistorySession, PollSession, PollSessions
from workers.adapters.http.redirect_transport import RedirectTransport
from workers.adapters.http.validators import Validators
from workers.settings import Settings

# No request of a page begins later: a lease is short, and what cannot be requested soon goes back
# to the frontier.
PAGE_SECONDS = 20.0


class Downloader:
    """Fetches pages and polls feeds; from any thread, which waits meanwhile."""

    def __init__(
        self,
        client: PoliteClient,
        validators: Validators,
        archive: Archive,
        sessions: PollSessions,
        max_page_bytes: int,
    ) -> None:
        self._client = client
        self._validators = validators
        self._archive = archive
        self._sessions = sessions
        self._max_page_bytes = max_page_bytes

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage:
        """Return the page at `url`, wherever its redirects end; its status is 304 if a revisit
        found it unchanged.

        Raises:
            TryAgain: it may work later.
            PermanentFailure: it will not.
        """
        self._archive.check()
        headers = self._validators.headers(url) if is_revisit else {}
        options = FetchOptions(
            url=url,
            max_bytes=self._max_page_bytes,
            deadline=time.monotonic() + PAGE_SECONDS,
            judge=judge,
        )
        request = build_request(options, encode_headers(headers))
        return to_page(url, self._client.transport.handle_request(request))

    def keep(self, pages: Sequence[StoredPage]) -> None:
        """Keep the validators of `pages`, which have been handed on: a revisit asks only for what
        has changed since."""
        self._validators.keep(pages)

    def poll_session(self, feed_id: str) -> AbstractContextManager[PollSession]:
        """Return the session of one poll of a feed, to be opened by `with`."""
        return self._sessions.open(feed_id)

    def history_session(self) -> HistorySession:
        """Return a session that reads the sources of a backfill."""
        return self._sessions.history()


def fetch_once(network: httpx.BaseTransport, settings: Settings, url: str) -> StoredPage:
    """Return the page at `url` for one person: guarded and bounded, without permits and robots.txt.

    Raises:
        TryAgain: it may work later.
        PermanentFailure: it will not.
    """
    request = build_request(FetchOptions(url=url, max_bytes=settings.max_page_bytes))
    return to_page(url, RedirectTransport(network).handle_request(request))
