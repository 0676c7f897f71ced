"""The discover stage: a feed, sitemap or section that is due in, the pages it names out."""

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Protocol

from schemas.events import FeedDue, PageFound, PageRejected
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import url_rules, urls
from workers.discover import selection, sources
from workers.discover.feeds import Feed
from workers.discover.hints import PollHints, merge_hints, read_hints
from workers.discover.links import BadFeedError, Link
from workers.discover.parts import LoggedSession, PartReader, PollSession, Runner, reason_of
from workers.discover.poll_log import PollLog
from workers.discover.sitemap_tree import PRIORITY_BREAKING
from workers.exceptions import TryAgain

MAX_DETAIL_LENGTH = 200
MAX_TITLE_LENGTH = 300


class Outlets(Protocol):
    """The known outlets."""

    def get(self, outlet_id: str, /) -> Outlet | None:
        """Return the outlet, or None if it is unknown."""


class FeedSchedule(Protocol):
    """Keeps when feeds are polled, and what they say about it."""

    def record_hints(self, due: FeedDue, hints: PollHints) -> None:
        """Store the hints for the next poll of this feed."""


def discover(
    due: FeedDue,
    session: PollSession,
    outlets: Outlets,
    feed_schedule: FeedSchedule | None = None,
    parsers: Runner | None = None,
) -> Iterator[PageFound | PageRejected]:
    """Yield the pages that `due` names, each once, with canonical addresses; foreign and paid links
    and those that the outlet's file leaves are yielded as rejections. A LoggedSession notes what
    was read and what was not. `parsers` runs what reads them; this thread if it is None.

    Raises:
        TryAgain: a host permits no request now. What was found until then has been yielded.
        PermanentFailure: the page that `due` names cannot be had.
    """
    log = session.log if isinstance(session, LoggedSession) else PollLog()
    outlet = outlets.get(due.outlet)
    if outlet is None:
        yield _reject(due, due.url, Reason.OUTLET_UNKNOWN, "no file for this outlet")
        return
    page = session.get(due.url)
    is_unchanged = page.status == HTTPStatus.NOT_MODIFIED
    log.parts_unchanged += is_unchanged
    if page.status != HTTPStatus.OK and not is_unchanged:
        yield _reject(due, due.url, reason_of(page.status), f"status {page.status}")
        return

    finds = _Finds(feed_schedule, due)
    try:
        finds.find(page, PartReader(session, log, parsers), is_home=due.url == outlet.home)
    except BadFeedError as error:
        _raise_if_temporary(log)
        reason = Reason(log.failed[0].reason) if log.has_failed else Reason.BAD_FEED
        yield _reject(due, due.url, reason, _with_failures(str(error), log))
        return
    yield from select_pages(due, outlet, page.final_url, finds.links, log)
    if finds.postponed is not None:
        raise finds.postponed
    if log.has_failed:
        _raise_if_temporary(log)
        reason = Reason(log.failed[0].reason)
        yield _reject(due, due.url, reason, _with_failures("no part could be read", log))


def _raise_if_temporary(log: PollLog) -> None:
    """Raise what one of the parts failed of, if all of them did and it may pass.

    Raises:
        TryAgain: it may.
    """
    if log.has_failed and log.temporary is not None:
        raise log.temporary


class _Finds:
    """What a poll finds. `postponed` is why it went no further, or None."""

    def __init__(self, feed_schedule: FeedSchedule | None, due: FeedDue) -> None:
        self.links: list[tuple[Link, int]] = []
        self.postponed: TryAgain | None = None
        self._feed_schedule = feed_schedule
        self._due = due
        self._hints: list[PollHints] = []

    def find(self, page: StoredPage, reader: PartReader, *, is_home: bool) -> None:
        """Find the links of `page`, and record what its feeds say about the next poll. What was
        found before a host permitted no more need not wait for the rest.

        Raises:
            BadFeedError: the page is not of the kind that is due.
        """
        if page.status == HTTPStatus.NOT_MODIFIED:
            found = sources.find_in_parts(reader, self._on_feed)
        else:
            found = sources.find_links(self._due, page, reader, self._on_feed, is_home=is_home)
        try:
            self.links.extend(found)
        except TryAgain as later:
            self.postponed = later
        if self._feed_schedule is not None and self._hints:
            self._feed_schedule.record_hints(self._due, merge_hints(self._hints))

    def _on_feed(self, feed: Feed, feed_page: StoredPage) -> None:
        self._hints.append(read_hints(feed, feed_page))


def _with_failures(message: str, log: PollLog) -> str:
    """Return `message` with the first part that failed."""
    if not log.failed:
        return message
    part = log.failed[0]
    return f"{message}; parts that failed: {len(log.failed)}, such as {part.url}: {part.detail}"


def select_pages(
    due: FeedDue, outlet: Outlet, base: str, links: Iterable[tuple[Link, int]], log: PollLog
) -> Iterator[PageFound | PageRejected]:
    """Yield each page once: as found if it is the outlet's own, else as rejected."""
    domains = url_rules.own_domains(outlet)
    seen: set[str] = set()
    for link, priority in links:
        address = selection.choose_address(link, base, domains)
        page_id = urls.page_id(address) if address else ""
        if not address or page_id in seen:
            continue
        seen.add(page_id)
        is_own = selection.is_own(address, domains)
        if not is_own or selection.is_advertisement(address):
            log.add_rejected(address, is_own=is_own)
            yield _reject(due, address, Reason.FOREIGN_LINK, f"named by {due.url}")
            continue
        if not url_rules.is_wanted(outlet, address):
            log.excluded += 1
            yield _reject(due, address, Reason.EXCLUDED, f"by the outlet's file; in {due.url}")
            continue
        log.own += 1
        # without a title the only date of a sitemap's entry is that of its last change, and the
        # text of a link in a section is not always a title
        is_announced = priority in {sources.PRIORITY_FEED, PRIORITY_BREAKING}
        yield PageFound(
            page_id=page_id,
            outlet=due.outlet,
            url=address,
            found_in=due.url,
            priority=priority,
            title=_one_line(link.title) if is_announced else "",
            published=link.published if is_announced else None,
            modified=link.last_date,
        )


def _reject(due: FeedDue, url: str, reason: Reason, detail: str) -> PageRejected:
    """Return the rejection of the page at `url`, which `due` named."""
    return PageRejected(
        page_id=urls.page_id(url),
        outlet=due.outlet,
        url=url,
        step="discover",
        reason=reason,
        detail=detail[:MAX_DETAIL_LENGTH],
    )


def _one_line(title: str | None) -> str:
    """Return a title with single spaces, cut at MAX_TITLE_LENGTH."""
    return " ".join((title or "").split())[:MAX_TITLE_LENGTH]
