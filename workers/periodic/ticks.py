"""What beat's ticks do. Each is idempotent: fired twice, or by two beats, it does no more."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any, Literal

from schemas.events import Event, FeedDue, HostLeased, PageFound, Reason
from schemas.outlet import Outlet
from workers import urls
from workers.adapters.frontier.frontier import SHARES
from workers.delivery.runner import UNCOUNTED, Delivery
from workers.exceptions import TryAgain
from workers.pipeline import DELIVERY_LIMIT, STEP_OF_EVENT

PAGES_IN_A_LEASE = 20
# leases that may wait for a fetch worker
MOST_LEASES = 40
# entries of the quarantine that one tick notes in the index
MOST_FAILURES = 500
MOST_SWEPT = 500
# of the frontier's memory at a time: all of it in two hours
SHARES_AT_A_TIME = SHARES // 128
# their clocks in Redis send them again: a claim and a lease end
SENT_BY_CLOCKS = (FeedDue, HostLeased)


def keep_feeds(delivery: Delivery) -> int:
    """Makes the outlets' files the ones that are looked at; the number of feeds."""
    tools = delivery.tools
    feeds = [feed for outlet in tools.outlets.values() for feed in feeds_of(outlet)]
    return tools.feed_clock.keep(feeds, tools.now())


def feeds_of(outlet: Outlet) -> Iterator[FeedDue]:
    """Everything of `outlet` that is looked at regularly; its home page where it names nothing
    else, as that usually names a feed."""
    named: list[tuple[Literal["feed", "sitemap", "section"], str]]
    named = [("feed", url) for url in outlet.feeds]
    named += [("sitemap", url) for url in outlet.sitemaps]
    named += [("section", url) for url in outlet.sections]
    for kind, url in named or [("feed", outlet.home)]:
        yield FeedDue(page_id=urls.page_id(url), outlet=outlet.id, url=url, kind=kind)


def send_due_feeds(delivery: Delivery) -> int:
    """Feeds whose moment has come go to discover; how many."""
    due = delivery.tools.feed_clock.due(delivery.tools.now())
    for feed in due:
        delivery.hand_on(feed)
    return len(due)


def send_leases(delivery: Delivery, depths: Mapping[str, int], worker: str) -> int:
    """Leases hosts that may be asked now to fetch, while the stages behind it keep up; how
    many."""
    tools = delivery.tools
    if tools.ledger.under_way() >= tools.settings.most_under_way:
        return 0
    seconds = tools.settings.lease_seconds
    for sent in range(max(0, MOST_LEASES - depths["fetch"])):
        leased = tools.frontier.lease(tools.now(), worker, seconds, limit=PAGES_IN_A_LEASE)
        if leased is None:
            return sent
        _send_lease(delivery, leased)
    return max(0, MOST_LEASES - depths["fetch"])


def _send_lease(delivery: Delivery, leased: HostLeased) -> None:
    try:
        delivery.hand_on(leased)
    except TryAgain:
        for page in leased.pages:
            delivery.tools.frontier.put_back(leased.lease, page, 0, was_tried=False)
        raise


def send_delayed(delivery: Delivery) -> int:
    """Events that waited for their time go out again; how many."""
    tools, now = delivery.tools, delivery.tools.now()
    due = tools.delays.due(now)
    for raw in due:
        if (event := delivery.read("delayed", raw)) is not None:
            delivery.hand_on(event)
        tools.delays.sent(raw, now)
    return len(due)


def quarantine_exhausted(delivery: Delivery) -> int:
    """Pages whose fetch used up its attempts; how many."""
    frontier = delivery.tools.frontier
    pages = frontier.exhausted()
    for page in pages:
        keep_exhausted(delivery, page)
        frontier.dismiss(page)
    return len(pages)


def keep_exhausted(delivery: Delivery, page: PageFound) -> None:
    """Puts a page that could not be fetched into quarantine."""
    most = delivery.tools.settings.max_attempts
    last = delivery.tools.ledger.row(page.page_id)
    detail = f"{most} attempts; the last: {last.detail if last else 'its worker died'}"
    delivery.quarantine("fetch", page, Reason.TOO_MANY_ATTEMPTS, detail, most)


def settle_dead(delivery: Delivery, event: Event, headers: Mapping[str, Any]) -> None:
    """What the broker gave up on. It counts how often a message was handed out, the ledger how
    often the work began: an event that only sat beside the one that killed its worker goes on."""
    if isinstance(event, SENT_BY_CLOCKS):
        return
    tools = delivery.tools
    step = STEP_OF_EVENT[type(event)].name
    (tries,) = tools.ledger.tries([event], step)
    if not isinstance(event, UNCOUNTED) and tries < tools.settings.max_attempts:
        delivery.hand_on(event)
        return
    deaths = headers.get("x-death") or [{}]
    detail = f"the broker gave up: {deaths[0].get('reason', 'rejected')}"
    delivery.quarantine(step, event, Reason.TOO_MANY_ATTEMPTS, detail, tries or DELIVERY_LIMIT)


def sweep(delivery: Delivery, depths: Mapping[str, int]) -> int:
    """Pages that got lost on their way start again from the archive; how many. With the other
    safeguards there are none, but for a sender that died in between."""
    tools = delivery.tools
    busy = {stage for stage, depth in depths.items() if depth > 0}
    before = tools.now() - timedelta(seconds=tools.settings.stuck_seconds)
    again = 0
    for row in islice(tools.ledger.stuck(before, busy), MOST_SWEPT):
        event = delivery.read("sweep", row.restart) if row.restart else None
        if event is not None:
            delivery.hand_on(event)
            again += 1
    return again


def forget_old_pages(delivery: Delivery) -> int:
    """Frees the frontier of addresses that nothing has named for long; returns their number."""
    tools = delivery.tools
    before = tools.now() - timedelta(days=tools.settings.remember_days)
    return tools.frontier.forget(before, SHARES_AT_A_TIME)


def roll_over(delivery: Delivery) -> int:
    """Starts new indices where the present ones are large or old; how many."""
    try:
        return len(delivery.tools.search.roll_over())
    except TryAgain:
        return 0


def lift_fence(delivery: Delivery) -> int:
    """Lets writers go on where a migration of the index died in its last second; the number of
    indices."""
    try:
        return len(delivery.tools.search.lift_expired_fence())
    except TryAgain:
        return 0


def note_failures(delivery: Delivery) -> int:
    """What went into quarantine since the last time goes into the index too, for the dashboards;
    how many. The last moment is taken twice, as more may have come in it."""
    tools = delivery.tools
    entries = tools.quarantine.unnoted(MOST_FAILURES)
    try:
        if entries and tools.search.note_failures(entries):
            tools.quarantine.note(entries[-1].at)
    except TryAgain:
        return 0
    return len(entries)
