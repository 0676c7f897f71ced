"""What is due goes out: feeds to discover, hosts to fetch, delayed events to their stages.

Beat starts each of these often. Each is idempotent: run twice, or by two beats, it does no more.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from schemas.events import FeedDue, HostLeased
from schemas.outlet import Outlet
from workers import urls
from workers.adapters.frontier.backfills import BACKFILL_SHARE_IN_FLIGHT
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.live_outlets import LiveOutlets
from workers.pipeline import RENDER
from workers.services import Services

PAGES_IN_A_LEASE = 20
# leases that may wait for a fetch worker
MAX_LEASES = 40
# so many of them at most while one of a backfill is added: a fresh page that comes up then waits
# for little
MAX_BEFORE_BACKFILL = 8


def sync_feeds(runner: StageRunner) -> int:
    """Poll the feeds that the outlets' files name, and no others; not those of paused outlets.

    Returns:
        the number of feeds.
    """
    services = runner.services
    feeds: list[FeedDue] = []
    paused: list[FeedDue] = []
    for outlet in services.outlets.values():
        (paused if outlet.paused else feeds).extend(feeds_of(outlet))
    services.outlet_memory.save(dict(services.outlets))
    return services.feed_schedule.sync(feeds, services.now(), paused)


def sync_changed_feeds(runner: StageRunner) -> int:
    """Do the same at once if outlets' files have taken effect.

    Returns:
        the number of feeds; 0 if nothing has changed.
    """
    outlets = runner.services.outlets
    has_changed = isinstance(outlets, LiveOutlets) and outlets.take_change()
    return sync_feeds(runner) if has_changed else 0


def feeds_of(outlet: Outlet) -> Iterator[FeedDue]:
    """Yield every feed, sitemap and section of `outlet` that is polled; its home page if it names
    none of them, as a home page usually names a feed."""
    named: list[tuple[Literal["feed", "sitemap", "section"], str]]
    named = [("feed", url) for url in outlet.feeds]
    named += [("sitemap", url) for url in outlet.sitemaps]
    named += [("section", url) for url in outlet.sections]
    for kind, url in named or [("feed", outlet.home)]:
        yield FeedDue(page_id=urls.page_id(url), outlet=outlet.id, url=url, kind=kind)


def send_due_feeds(runner: StageRunner) -> int:
    """Send the feeds that are due to discover; none while Redis' memory is lost.

    Returns:
        their number.
    """
    if runner.services.memory_mark.is_lost():
        return 0
    due = runner.services.feed_schedule.claim_due(runner.services.now())
    for feed in due:
        runner.publish(feed)
    return len(due)


def send_leases(runner: StageRunner, depths: Mapping[str, int], worker: str) -> int:
    """Lease hosts that may be asked now to fetch, as long as the stages behind it keep up; none
    while Redis' memory is lost.

    Returns:
        the number of leases.
    """
    services = runner.services
    if services.memory_mark.is_lost():
        return 0
    in_flight, most = _in_flight(services), services.settings.max_in_flight
    if in_flight >= most:
        return 0
    is_busy = in_flight > BACKFILL_SHARE_IN_FLIGHT * most
    seconds = services.settings.lease_seconds
    for sent in range(max(0, MAX_LEASES - depths["fetch"])):
        leased = services.frontier.lease(
            services.now(),
            worker,
            seconds,
            limit=PAGES_IN_A_LEASE,
            without_backfill=is_busy or depths["fetch"] + sent >= MAX_BEFORE_BACKFILL,
        )
        if leased is None:
            return sent
        _send_lease(runner, leased)
    return max(0, MAX_LEASES - depths["fetch"])


def _in_flight(services: Services) -> int:
    """Return the number of pages under way, but for those that wait for a browser: these have a
    bound of their own, and hold up no others."""
    return services.ledger.in_flight() - services.ledger.waiting_for(RENDER)


def _send_lease(runner: StageRunner, leased: HostLeased) -> None:
    try:
        runner.publish(leased)
    except TryAgain:
        for page in leased.pages:
            runner.services.frontier.release(leased.lease, page, 0, counts_as_attempt=False)
        raise


def send_delayed(runner: StageRunner) -> int:
    """Publish delayed events whose time has come.

    Returns:
        their number.
    """
    services, now = runner.services, runner.services.now()
    due = services.delayed_events.due(now)
    for raw in due:
        if (event := runner.decode("delayed", raw)) is not None:
            runner.publish(event)
        services.delayed_events.mark_sent(raw, now)
    return len(due)
