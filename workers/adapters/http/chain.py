"""The HTTP chain: what happens to a request, in this order.

    RedirectTransport    follows redirects, with the cookies of their chain
    RobotsTransport      sends only what the robots.txt of the host allows
    JudgeTransport       tells a bot challenge from "come back later", where a host sends 429 or 503
    PolitenessTransport  waits for the host's permit, and pauses the host where it asks for that
    LoopTransport        hands the request over from the thread of a lease to the event loop
    BoundedTransport     reads the body, within limits of time and size
    PoolTransport        keeps connections by host; the SSRF guard checks each address it dials

Redirects are outermost because every hop is a request like any other: it may lead to another
host, with its own robots.txt and its own clock. The judge is outside the throttle, so that a
challenge that comes with 503 ends the page while the host still gets the pause it asked for. The
request for robots.txt itself goes the same way, without RobotsTransport. The first four transports
are synchronous, as they wait for Redis and for permits in the thread of the lease
(docs/decisions/http-chain.md).
"""

import httpx
from msgspec import Struct

from workers.adapters.archive.archive import Archive
from workers.adapters.frontier.host_throttle import HostThrottle
from workers.adapters.http.bounded_transport import BoundedTransport
from workers.adapters.http.event_loop import LoopTransport
from workers.adapters.http.judge_transport import JudgeTransport
from workers.adapters.http.politeness_transport import PolitenessTransport
from workers.adapters.http.pool_transport import PoolTransport
from workers.adapters.http.redirect_chains import RedirectChains
from workers.adapters.http.redirect_transport import RedirectTransport
from workers.adapters.http.robots import RobotsCache
from workers.adapters.http.robots_transport import RobotsReader, RobotsTransport
from workers.outlets import Outlets
from workers.settings import Settings


class PoliteClient(Struct, frozen=True):
    """The whole chain, and what robots.txt says, which is read through a part of it."""

    transport: httpx.BaseTransport
    robots: RobotsReader


class PolitenessState(Struct, frozen=True):
    """What all workers know together about hosts, and what the outlets' files say of them."""

    throttle: HostThrottle
    robots: RobotsCache
    chains: RedirectChains
    outlets: Outlets
    archive: Archive


def build_network(settings: Settings) -> LoopTransport:
    """Return the lower half: guarded and bounded, without politeness."""
    return LoopTransport(
        BoundedTransport(
            PoolTransport(settings),
            timeout_seconds=settings.request_timeout_seconds,
        )
    )


def build_polite_client(
    network: httpx.BaseTransport, state: PolitenessState, agent: str
) -> PoliteClient:
    """Return the whole chain above `network`; `agent` is what robots.txt calls us by."""
    throttled = JudgeTransport(PolitenessTransport(network, state.throttle, state.outlets))
    robots = RobotsReader(
        RedirectTransport(throttled, state.chains.resume), state.robots, state.archive
    )
    transport = RedirectTransport(
        RobotsTransport(throttled, robots, agent),
        state.chains.resume,
    )
    return PoliteClient(transport, robots)
