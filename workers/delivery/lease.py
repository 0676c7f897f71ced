"""One lease of a host's pages: fetched one after the other, each brought to its end."""

import time
from datetime import timedelta

from msgspec.structs import replace

from schemas.events import HostLeased, PageFound, PageRejected, Reason
from workers.delivery.runner import Delivery
from workers.discover.interval import next_visit
from workers.exceptions import TryAgain
from workers.fetch.step import Fetched
from workers.pipeline import Step

REVISIT_PRIORITY = 7
# what the host is to blame for, not the page: its other pages need not try
OF_THE_HOST = frozenset({Reason.UNREACHABLE, Reason.TOO_SLOW})
MISSING = frozenset({Reason.NOT_FOUND, Reason.GONE})


def work_on_lease(delivery: Delivery, step: Step, leased: HostLeased) -> None:
    """Waits in its thread, beside many others. Raises nothing that a page can cause: what is not
    finished when a worker dies comes back when its lease ends."""
    tools = delivery.tools
    seconds = tools.settings.lease_seconds
    pages = tools.frontier.take(leased, tools.now(), seconds)
    until = time.monotonic() + seconds / 2  # a page may take 50 s (PAGE_SECONDS in adapters/web.py)
    for number, page in enumerate(pages, 1):
        fetched = _fetched(delivery, step, page)
        _settle(delivery, leased.lease, fetched)
        pause = _pause(fetched.end)
        if pause is not None or time.monotonic() >= until:
            _put_back(delivery, leased.lease, pages[number:], pause or 0.0)
            return


def _fetched(delivery: Delivery, step: Step, page: PageFound) -> Fetched:
    try:
        fetched: Fetched = step.run(page, *delivery.tools.named(step.needs))
    except Exception as error:  # noqa: BLE001  a bug must cost one page, not the lease
        delivery.quarantine(step.name, page, Reason.BUG, repr(error), 1)
        return Fetched(page, None)
    return fetched


def _pause(end: object) -> float | None:
    """How long the host's other pages wait, if the end of this one concerns them."""
    if isinstance(end, TryAgain) and (not end.was_tried or end.reason in OF_THE_HOST):
        return end.after
    return None


def _put_back(delivery: Delivery, lease: str, pages: tuple[PageFound, ...], seconds: float) -> None:
    for page in pages:
        delivery.tools.frontier.put_back(lease, page, seconds, was_tried=False)


def _settle(delivery: Delivery, lease: str, fetched: Fetched) -> None:
    """First the end of a page reaches its place, then the frontier forgets the page."""
    found, tools = fetched.found, delivery.tools
    if isinstance(fetched.end, TryAgain):
        _wait(delivery, lease, found, fetched.end)
        return
    # a revisit that fails leaves the article as it is
    if fetched.end and not (found.visits and isinstance(fetched.end, PageRejected)):
        try:
            delivery.deliver(fetched.end, found)
        except TryAgain as trouble:  # the broker's
            _wait(delivery, lease, found, trouble)
            return
    if fetched.page and tools.settings.revisits:
        tools.web.keep(fetched.page)
    if tools.frontier.finish(lease, found):
        _plan_revisit(delivery, fetched)


def _wait(delivery: Delivery, lease: str, found: PageFound, trouble: TryAgain) -> None:
    tools = delivery.tools
    if tools.frontier.put_back(lease, found, trouble.after, was_tried=trouble.was_tried):
        return
    if not found.visits:
        most = tools.settings.max_attempts
        delivery.quarantine("fetch", found, trouble.reason, str(trouble), most)
    tools.frontier.dismiss(found)


def _plan_revisit(delivery: Delivery, fetched: Fetched) -> None:
    found, tools, end = fetched.found, delivery.tools, fetched.end
    if isinstance(end, PageRejected) and (not found.visits or end.reason in MISSING):
        return
    visits = found.visits + 1
    pause: timedelta | None = next_visit(visits)
    if pause is None or visits > tools.settings.revisits:
        return
    again = replace(found, visits=visits, priority=max(found.priority, REVISIT_PRIORITY))
    tools.frontier.again(again, tools.now() + pause)
