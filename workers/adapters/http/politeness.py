"""Every request with manners: robots.txt first, then the host's turn, and a stop where it asks."""

import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from schemas.events import Reason
from schemas.outlet import Politeness
from schemas.page import StoredPage
from workers import clock, urls
from workers.adapters.archive.archive import Archive
from workers.adapters.frontier.host_throttle import HostThrottle, Permit
from workers.adapters.http.client import OK, Answer, Client, Wish
from workers.adapters.http.event_loop import on_loop
from workers.adapters.http.redirect_chains import Courses
from workers.adapters.http.robots import MOST_BYTES, Robots, Rules, is_out_of_order, product_token
from workers.exceptions import PermanentFailure, TryAgain
from workers.outlets import Outlets

LATER = {429: "too many requests", 503: "service unavailable"}
LONGEST_STOP_SECONDS = 86_400.0
LONGEST_DELAY_SECONDS = 86_400.0  # whoever asks for more wants no visit
NEXT_SECONDS = 1.0
NOT_FOUND = 404


class Manners:
    """Asks as a polite crawler does, together with all other workers."""

    def __init__(  # noqa: PLR0913, PLR0917  all that a polite request needs
        self,
        client: Client,
        pace: HostThrottle,
        robots: Robots,
        outlets: Outlets,
        archive: Archive,
        courses: Courses,
    ) -> None:
        self._client = client
        self._pace = pace
        self._robots = robots
        self._outlets = outlets
        self._archive = archive
        self._courses = courses
        self._agent = product_token(client.user_agent)

    def followed(self, wish: Wish, until: float) -> StoredPage:
        """The page where the redirects from `wish` end; no request begins later than `until`
        (monotonic). Every hop is a request of its own: checked, allowed by robots.txt, in its
        host's turn.

        Raises GiveUp (robots.txt forbids it, and what the client raises) and TryAgain.
        """
        return self._courses.followed(wish, lambda hop: self._ask(hop, until))

    def _ask(self, wish: Wish, until: float) -> Answer:
        rules = self.rules(wish.url, until)
        if not rules.may(wish.url, self._agent):
            raise PermanentFailure(Reason.ROBOTS, "robots.txt forbids it")
        delay = rules.delay(self._agent)
        if delay > LONGEST_DELAY_SECONDS:
            raise PermanentFailure(
                Reason.ROBOTS, f"robots.txt asks for {delay:,.0f} s between requests"
            )
        return self._in_turn(wish, delay, until)

    def rules(self, url: str, until: float) -> Rules:
        """What the robots.txt of `url`'s host says."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        known = self._robots.remembered(origin)
        known = known or self._robots.known(origin)
        if known:
            return known
        wish = Wish(f"{origin}/robots.txt", most_bytes=MOST_BYTES, may_cut=True)
        try:
            page = self._courses.followed(
                wish, lambda hop: self._in_turn(hop, 0.0, until, is_robots=True)
            )
        except PermanentFailure as end:
            if end.reason is not Reason.TOO_MANY_REDIRECTS:
                raise
            # RFC 9309 section 2.3.1.2: as if there were none
            return self._robots.keep(origin, NOT_FOUND, b"")
        if page.status == OK:
            self._archive.write(page, urls.registrable_domain(parts.netloc), "robots")
        return self._robots.keep(origin, page.status, page.body)

    def _in_turn(
        self, wish: Wish, delay: float, until: float, *, is_robots: bool = False
    ) -> Answer:
        host = urls.host_of(wish.url)
        outlet = self._outlets.by_host(wish.url)
        politeness = outlet.politeness if outlet else Politeness()
        turn = self._turn(host, politeness, delay, until)
        start, has_failed = time.monotonic(), True
        try:
            answer = on_loop(self._client.ask(wish.through(politeness.proxy)))
            has_failed = answer.status in LATER or (is_robots and is_out_of_order(answer.status))
        except PermanentFailure:
            has_failed = False
            raise
        finally:
            elapsed = time.monotonic() - start
            pause = self._pace.release(host, turn, elapsed, has_failed=has_failed)
        if has_failed:
            self._stop(host, answer, pause)
        return answer

    def _stop(self, host: str, answer: Answer, pause: float) -> None:
        """The host asked for a pause: nobody asks it before that is over."""
        asked = seconds_of(answer.header("retry-after"))
        if asked > pause:
            self._pace.pause(host, asked)
        said = LATER.get(answer.status, f"status {answer.status}")
        raise TryAgain(f"{host}: {said}", max(asked, pause), Reason.UNREACHABLE)

    def _turn(self, host: str, politeness: Politeness, delay: float, until: float) -> Permit:
        while True:
            if time.monotonic() > until:
                raise TryAgain(
                    "no time is left for another request", NEXT_SECONDS, counts_as_attempt=False
                )
            turn = self._pace.acquire(host, politeness, delay)
            if turn.is_granted:
                return turn
            if time.monotonic() + turn.wait > until:
                raise TryAgain(f"it is not {host}'s turn", turn.wait, counts_as_attempt=False)
            time.sleep(turn.wait)  # noqa: TID251  a thread that waits for a host's turn, seconds at most


def seconds_of(retry_after: str) -> float:
    """Retry-After in seconds from now, whether it says seconds or a date; a day at most."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_STOP_SECONDS)
    try:
        wait = (parsedate_to_datetime(text) - clock.now()).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, wait), LONGEST_STOP_SECONDS)
