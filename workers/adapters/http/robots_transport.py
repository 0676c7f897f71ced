"""robots.txt before every request (RFC 9309): what it forbids is not requested."""

from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx

from schemas.reasons import Reason
from workers import clock, urls
from workers.adapters.archive.archive import Archive
from workers.adapters.http.messages import (
    ACCEPT_ROBOTS,
    FetchOptions,
    build_request,
    options_of,
    set_crawl_delay,
    to_page,
)
from workers.adapters.http.robots import GIVEN_UP_AFTER, MAX_BYTES, RobotsCache
from workers.adapters.http.syntax.robots_rules import RobotsRules
from workers.exceptions import PermanentFailure, TryAgain

MAX_CRAWL_DELAY_SECONDS = 86_400.0  # a host that asks for more wants no visit
WAIT_SECONDS = 1.0  # for another worker that reads the same robots.txt
# for so long an outage costs no page an attempt
MAX_PATIENCE = timedelta(days=1)
# RFC 9309 section 2.3.1.2: a robots.txt that redirects to where nobody may follow is as none
_REASONS_FOR_NONE = frozenset({Reason.TOO_MANY_REDIRECTS, Reason.UNSAFE_ADDRESS})


class RobotsTransport(httpx.BaseTransport):
    """Sends what robots.txt allows, and passes on the crawl delay that it asks for."""

    def __init__(self, inner: httpx.BaseTransport, reader: "RobotsReader", agent: str) -> None:
        """`agent` is the product token that robots.txt calls us by."""
        self._inner = inner
        self._reader = reader
        self._agent = agent

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Return the response to `request`, if robots.txt allows it.

        Raises:
            PermanentFailure: robots.txt forbids it.
            TryAgain: robots.txt cannot be had now.
        """
        options = options_of(request)
        rules = self._reader.rules(options.url, options.deadline)
        if not rules.can_fetch(options.url, self._agent):
            raise PermanentFailure(Reason.ROBOTS, "robots.txt forbids it")
        delay = rules.crawl_delay(self._agent)
        if delay > MAX_CRAWL_DELAY_SECONDS:
            raise PermanentFailure(
                Reason.ROBOTS, f"robots.txt asks for {delay:,.0f} s between requests"
            )
        if delay:
            set_crawl_delay(request, delay)
        return self._inner.handle_request(request)


class RobotsReader:
    """What the robots.txt of a host says; requested when no worker has read it within a day, and
    not again for a while when it could not be had."""

    def __init__(
        self,
        transport: httpx.BaseTransport,
        robots: RobotsCache,
        archive: Archive | None = None,
    ) -> None:
        self._transport = transport
        self._robots = robots
        self._archive = archive

    def rules(self, url: str, deadline: float) -> RobotsRules:
        """Return the rules of `url`'s host.

        Raises:
            TryAgain: its robots.txt cannot be had, now or a short while ago (RFC 9309 section
                2.3.1.4: nothing is allowed then), or it is not our turn before `deadline`
                (monotonic).
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        return (
            self._robots.get_local(origin)
            or self._robots.get_shared(origin)
            or self._request(origin, deadline)
        )

    def _request(self, origin: str, deadline: float) -> RobotsRules:
        outage = self._robots.outage(origin)
        if outage and (seconds := (outage.until - clock.now()).total_seconds()) > 0:
            raise TryAgain(
                f"{origin}/robots.txt could not be had",
                seconds,
                Reason.UNREACHABLE,
                counts_as_attempt=clock.now() - outage.since > MAX_PATIENCE,
            )
        if not self._robots.claim(origin):
            message = f"{origin}/robots.txt is being read by another worker"
            raise TryAgain(message, WAIT_SECONDS, counts_as_attempt=False)
        try:
            return self._request_claimed(origin, deadline)
        finally:
            self._robots.release(origin)

    def _request_claimed(self, origin: str, deadline: float) -> RobotsRules:
        """Return the rules, which nobody else asks for meanwhile.

        Raises:
            TryAgain: robots.txt cannot be had.
        """
        options = FetchOptions(
            url=f"{origin}/robots.txt",
            max_bytes=MAX_BYTES + 1,
            may_truncate=True,
            deadline=deadline,
            is_robots_txt=True,
            accept=ACCEPT_ROBOTS,
        )
        try:
            response = self._transport.handle_request(build_request(options))
        except PermanentFailure as end:
            if end.reason in _REASONS_FOR_NONE:
                return self._robots.store(origin, HTTPStatus.NOT_FOUND, b"")
            return self._without(origin, TryAgain(end.detail, reason=end.reason))
        except TryAgain as later:
            if not later.counts_as_attempt:
                raise
            return self._without(origin, later)
        page = to_page(options.url, response)
        if page.status == HTTPStatus.OK and self._archive is not None:
            domain = urls.registrable_domain(urlsplit(origin).netloc)
            self._archive.write(page, domain, "robots")
        return self._robots.store(origin, page.status, page.body, is_cut=page.is_cut)

    def _without(self, origin: str, error: TryAgain) -> RobotsRules:
        outage = self._robots.note_outage(origin, error.after)
        if clock.now() - outage.since > GIVEN_UP_AFTER:
            return self._robots.store(origin, HTTPStatus.NOT_FOUND, b"")
        raise TryAgain(f"robots.txt: {error}", error.after, error.reason) from error
