"""The requests of one look at an outlet: one after the other, and nothing of them is kept."""

import time
from datetime import timedelta

import httpx

from schemas.outlet import Outlet
from workers import clock
from workers.adapters.http.messages import options_of
from workers.adapters.http.politeness_transport import for_outlet
from workers.adapters.http.robots import Outage, RobotsCache, forbids_host, rules_text
from workers.adapters.http.syntax.robots_rules import RobotsRules
from workers.exceptions import TryAgain
from workers.outlets import Outlets

MAX_PAUSE_SECONDS = 5.0
LOOK_SECONDS = 150.0


class PacedTransport(httpx.BaseTransport):
    """A pause before each request, and the headers of the outlet's file."""

    def __init__(self, inner: httpx.BaseTransport, outlet: Outlet | None, pause: float) -> None:
        self._inner = inner
        self._outlets = Outlets({outlet.id: outlet} if outlet else {})
        self._next = 0.0
        self.pause = pause

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        options = options_of(request)
        delay = min(max(self.pause, options.crawl_delay_seconds), MAX_PAUSE_SECONDS)
        if time.monotonic() > options.deadline:
            raise TryAgain(f"the look was ended after {LOOK_SECONDS:.0f} s")
        time.sleep(max(0.0, self._next - time.monotonic()))  # noqa: TID251  a person's command
        self._next = time.monotonic() + delay
        outlet = self._outlets.by_host(options.url)
        response = self._inner.handle_request(for_outlet(request, outlet) if outlet else request)
        if options.is_robots_txt and forbids_host(response.status_code):
            raise TryAgain(f"status {response.status_code}: nothing may be requested now")
        return response


class RobotsInMemory(RobotsCache):
    """Rules and outages that are forgotten after the look."""

    def __init__(self) -> None:
        self._known: dict[str, RobotsRules] = {}
        self._outages: dict[str, Outage] = {}

    def get_local(self, origin: str) -> RobotsRules | None:
        return self._known.get(origin)

    def get_shared(self, origin: str) -> RobotsRules | None:
        return self._known.get(origin)

    def store(self, origin: str, status: int, body: bytes, *, is_cut: bool = False) -> RobotsRules:
        self._known[origin] = RobotsRules(rules_text(status, body, is_cut=is_cut))
        return self._known[origin]

    def claim(self, origin: str) -> bool:  # noqa: ARG002  nobody else reads here
        return True

    def release(self, origin: str) -> None:
        pass

    def outage(self, origin: str) -> Outage | None:
        return self._outages.get(origin)

    def note_outage(self, origin: str, seconds: float = 0.0) -> Outage:
        now = clock.now()
        until = now + timedelta(seconds=max(LOOK_SECONDS, seconds))
        return self._outages.setdefault(origin, Outage(now, 1, until))
