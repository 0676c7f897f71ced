"""The web as the steps see it: pages by address, fetched politely, whatever it takes."""

import threading
import time

from schemas.page import StoredPage
from workers import clock, urls
from workers.adapters.archive.archive import Archive
from workers.adapters.http.client import Client, Judge, Wish
from workers.adapters.http.event_loop import on_loop
from workers.adapters.http.politeness import Manners
from workers.adapters.http.poll_session import Got, Look, Looks
from workers.adapters.http.redirects import followed
from workers.adapters.http.validators import Validators
from workers.exceptions import PermanentFailure

# No request begins later: a lease is short, and what cannot be asked soon goes back to the
# frontier; a look waits longer for its host's turns, all of them together.
PAGE_SECONDS = 20.0
LOOK_SECONDS = 60.0
OK, NOT_MODIFIED = 200, 304


class Web:
    """`fetch` for pages, `get` for feeds; both from any thread, which waits meanwhile."""

    def __init__(
        self,
        client: Client,
        manners: Manners,
        validators: Validators,
        archive: Archive,
        looks: Looks,
    ) -> None:
        self._client = client
        self._manners = manners
        self._validators = validators
        self._archive = archive
        self._looks = looks
        self._thread = threading.local()

    def fetch(self, url: str, judge: Judge, *, is_revisit: bool = False) -> StoredPage:
        """The page at `url`, wherever its redirects end; status 304 if a revisit found it
        unchanged. Raises TryAgain and GiveUp."""
        headers = self._validators.headers(url) if is_revisit else {}
        wish = Wish(url, headers, self._client.page_bytes, judge=judge)
        return self._follow(wish, time.monotonic() + PAGE_SECONDS)

    def get(self, url: str) -> StoredPage:
        """The feed, sitemap or section page at `url`, archived; status 304 if it has not changed
        since the last look that was brought to its end. What this look got before it was put off
        is not asked again. Raises TryAgain and GiveUp."""
        look = self._look()
        page = self._had(look, url) or self._asked(look, url)
        if page.status == OK:
            look.pages.append(page)
        return page

    def sitemaps(self, url: str) -> tuple[str, ...]:
        """Sitemaps that the robots.txt of `url`'s host names."""
        return self._manners.rules(url, self._look_until(self._look())).sitemaps

    def begin(self, name: str) -> None:
        """From now on this thread works on the look of that name: what it got for another and did
        not settle is asked for in full the next time."""
        self._thread.look = self._looks.begin(name)

    def put_off(self) -> None:
        """This thread's look has to wait; it goes on when it begins again."""
        self._looks.put_off(self._look())

    def settle(self) -> None:
        """What this thread's look got is where it belongs."""
        for page in self._look().pages:
            self._validators.keep(page)
        self._thread.look = Look()

    def keep(self, page: StoredPage) -> None:
        """`page` is where it belongs: a revisit need not bring it again."""
        self._validators.keep(page)

    def _look(self) -> Look:
        if not hasattr(self._thread, "look"):
            self._thread.look = Look()
        look: Look = self._thread.look
        return look

    def _had(self, look: Look, url: str) -> StoredPage | None:
        had = look.had.get(url)
        if had is None:
            return None
        if had.status != OK:
            return StoredPage(url, url, had.status, (), b"", clock.now())
        try:
            return self._archive.read(had.key)
        except PermanentFailure:  # pruned meanwhile
            return None

    def _asked(self, look: Look, url: str) -> StoredPage:
        wish = Wish(url, self._validators.headers(url), self._client.feed_bytes)
        page = self._follow(wish, self._look_until(look))
        key = ""
        if page.status == OK:
            host = urls.host_of(page.final_url)
            key = self._archive.write(page, urls.registrable_domain(host), "feed")
        look.got[url] = Got(page.status, key)
        return page

    def _look_until(self, look: Look) -> float:
        """Counted from the first request: what is read from the archive before takes no time from
        it, so each turn brings a look further."""
        if not look.name:
            return time.monotonic() + LOOK_SECONDS
        look.until = look.until or time.monotonic() + LOOK_SECONDS
        return look.until

    def _follow(self, wish: Wish, until: float) -> StoredPage:
        self._archive.check()
        return self._manners.followed(wish, until)


def one_page(client: Client, url: str) -> StoredPage:
    """The page at `url` for one person: guarded and bounded, without turns and robots.txt."""
    return followed(Wish(url, {}, client.page_bytes), lambda hop: on_loop(client.ask(hop)), [])
