"""What beat's ticks do. Each is idempotent: fired twice, or by two beats, it does no more."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Literal

from schemas.events import Event, FeedDue, HostLeased, PageFound, Reason
from schemas.outlet import Outlet
from workers import urls
from workers.adapters.frontier.frontier import SEEN_SHARDS
from workers.delivery.runner import UNTRACKED_EVENTS, StageRunner
from workers.exceptions import TryAgain
from workers.pipeline import DELIVERY_LIMIT, stage_taking

PAGES_IN_A_LEASE = 20
# leases that may wait for a fetch worker
MAX_LEASES = 40
# entries of the quarantine that one tick notes in the index
MAX_FAILURES = 500
MAX_SWEPT = 500
# of the frontier's memory at a time: all of it in two hours
SHARDS_AT_A_TIME = SEEN_SHARDS // 128
# their clocks in Redis send them again: a claim and a lease end
RESENT_BY_SCHEDULE = (FeedDue, HostLeased)


def sync_feeds(runner: StageRunner) -> int:
    """Poll the feeds that the outlets' files name, and no others.

    Returns:
        the number of feeds.
    """
    services = runner.services
    feeds = [feed for outlet in services.outlets.values() for feed in feeds_of(outlet)]
    return services.feed_schedule.sync(feeds, services.now())


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
    """Send the feeds that are due to discover.

    Returns:
        their number.
    """
    due = runner.services.feed_schedule.claim_due(runner.services.now())
    for feed in due:
        runner.publish(feed)
    return len(due)


def send_leases(runner: StageRunner, depths: Mapping[str, int], worker: str) -> int:
    """Lease hosts that may be asked now to fetch, as long as the stages behind it keep up.

    Returns:
        the number of leases.
    """
    services = runner.services
    if services.ledger.in_flight() >= services.settings.max_in_flight:
        return 0
    seconds = services.settings.lease_seconds
    for sent in range(max(0, MAX_LEASES - depths["fetch"])):
        leased = services.frontier.lease(services.now(), worker, seconds, limit=PAGES_IN_A_LEASE)
        if leased is None:
            return sent
        _send_lease(runner, leased)
    return max(0, MAX_LEASES - depths["fetch"])


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


def quarantine_exhausted(runner: StageRunner) -> int:
    """Quarantine the pages whose fetch used up its attempts.

    Returns:
        their number.
    """
    frontier = runner.services.frontier
    pages = frontier.exhausted()
    for page in pages:
        quarantine_page(runner, page)
        frontier.acknowledge_exhausted(page)
    return len(pages)


def quarantine_page(runner: StageRunner, page: PageFound) -> None:
    """Puts a page that could not be fetched into quarantine."""
    most = runner.services.settings.max_attempts
    last = runner.services.ledger.row(page.page_id)
    detail = f"{most} attempts; the last: {last.detail if last else 'its worker died'}"
    runner.quarantine("fetch", page, Reason.TOO_MANY_ATTEMPTS, detail, most)


def settle_dead_letter(runner: StageRunner, event: Event, headers: Mapping[str, Any]) -> None:
    """What the broker gave up on. It counts how often a message was handed out, the ledger how
    often the work began: an event that only sat beside the one that killed its worker goes on."""
    if isinstance(event, RESENT_BY_SCHEDULE):
        return
    services = runner.services
    step = stage_taking(type(event)).name
    (tries,) = services.ledger.attempts([event], step)
    if not isinstance(event, UNTRACKED_EVENTS) and tries < services.settings.max_attempts:
        runner.publish(event)
        return
    deaths = headers.get("x-death") or [{}]
    detail = f"the broker gave up: {deaths[0].get('reason', 'rejected')}"
    runner.quarantine(step, event, Reason.TOO_MANY_ATTEMPTS, detail, tries or DELIVERY_LIMIT)


def sweep(runner: StageRunner, depths: Mapping[str, int]) -> int:
    """Restart pages that got lost on their way from the archive. The other safeguards leave none,
    unless a sender died in between.

    Returns:
        their number.
    """
    services = runner.services
    busy = {stage for stage, depth in depths.items() if depth > 0}
    before = services.now() - timedelta(seconds=services.settings.stuck_seconds)
    again = 0
    for row in islice(services.ledger.stuck(before, busy), MAX_SWEPT):
        event = runner.decode("sweep", row.restart) if row.restart else None
        if event is not None:
            runner.publish(event)
            again += 1
    return again


def forget_old_pages(runner: StageRunner) -> int:
    """Remove pages from the frontier that no feed has named for long.

    Returns:
        their number.
    """
    services = runner.services
    before = services.now() - timedelta(days=services.settings.seen_retention_days)
    return services.frontier.forget(before, SHARDS_AT_A_TIME)


def roll_over(runner: StageRunner) -> int:
    """Start new indices where the present ones are large or old.

    Returns:
        their number.
    """
    try:
        return len(runner.services.search.roll_over())
    except TryAgain:
        return 0


def release_write_block(runner: StageRunner) -> int:
    """Remove write blocks of a migration that died in its last second.

    Returns:
        the number of indices.
    """
    try:
        return len(runner.services.search.remove_expired_write_blocks())
    except TryAgain:
        return 0


def export_failures(runner: StageRunner) -> int:
    """Write new quarantine entries into the index, for the dashboards. The last moment is exported
    twice, as more entries may have come in it.

    Returns:
        the number of entries.
    """
    services = runner.services
    entries = services.quarantine.unexported(MAX_FAILURES)
    try:
        if entries and services.search.write_failures(entries):
            services.quarantine.mark_exported(entries[-1].at)
    except TryAgain:
        return 0
    return len(entries)
