"""The web as the steps see it: pages by address, fetched politely, whatever it takes."""

import threading
import time

from schemas.page import StoredPage
from workers import urls
from workers.adapters.archive import Archive
from workers.adapters.event_loop import on_loop
from workers.adapters.validators import Validators
from workers.adapters.web_client import Client, Judge, Wish
from workers.adapters.web_manners import Manners
from workers.adapters.web_redirects import followed

# No request begins later: a lease is short, and what cannot be asked soon goes back to the
# frontier; a feed waits for its turn.
PAGE_SECONDS = 20.0
FEED_SECONDS = 60.0
OK, NOT_MODIFIED = 200, 304


class Web:
    """`fetch` for pages, `get` for feeds; both from any thread, which waits meanwhile."""

    def __init__(
        self, client: Client, manners: Manners, validators: Validators, archive: Archive
    ) -> None:
        self._client = client
        self._manners = manners
        self._validators = validators
        self._archive = archive
        self._looks = threading.local()

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage:
        """The page at `url`, wherever its redirects end; status 304 if a revisit found it
        unchanged. Raises TryAgain and GiveUp."""
        headers = self._validators.headers(url) if is_revisit else {}
        wish = Wish(url, headers, self._client.page_bytes, judge=judge)
        return self._follow(wish, PAGE_SECONDS)

    def get(self, url: str) -> StoredPage:
        """The feed, sitemap or section page at `url`, archived; status 304 if it has not changed
        since the last look that was brought to its end. Raises TryAgain and GiveUp."""
        wish = Wish(url, self._validators.headers(url), self._client.feed_bytes)
        page = self._follow(wish, FEED_SECONDS)
        if page.status == OK:
            host = urls.host_of(page.final_url)
            self._archive.write(page, urls.registrable_domain(host), "feed")
            self._looks.pages = [*getattr(self._looks, "pages", ()), page]
        return page

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps that the robots.txt of `url`'s host names."""
        return self._manners.rules(url, time.monotonic() + FEED_SECONDS).sitemaps

    def let_go(self) -> None:
        """What this thread got and did not settle is asked for in full the next time."""
        self._looks.__dict__.pop("pages", None)

    def settle(self) -> None:
        """What this thread got since it last settled is where it belongs."""
        for page in self._looks.__dict__.pop("pages", ()):
            self._validators.keep(page)

    def keep(self, page: StoredPage) -> None:
        """`page` is where it belongs: a revisit need not bring it again."""
        self._validators.keep(page)

    def _follow(self, wish: Wish, seconds: float) -> StoredPage:
        """Every hop is a request of its own: checked, allowed by robots.txt, in its host's turn."""
        self._archive.check()
        until = time.monotonic() + seconds
        return followed(wish, lambda hop: self._manners.ask(hop, until))


def one_page(client: Client, url: str) -> StoredPage:
    """The page at `url` for one person: guarded and bounded, without turns and robots.txt."""
    return followed(Wish(url, {}, client.page_bytes), lambda hop: on_loop(client.ask(hop)))
