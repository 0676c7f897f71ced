"""What the last polls of feeds have brought, in lines for people."""

from collections import Counter
from collections.abc import Iterable, Iterator

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers.discover.poll_log import explain_trouble, state_of

PolledFeed = tuple[FeedDue, PollReport | None]


def count_feeds(feeds: Iterable[PolledFeed]) -> dict[str, int]:
    """Return the number of feeds by what their last polls were like: `fine`, `not_polled`, or the
    name of what is wrong."""
    return dict(Counter(state_of(report) for _, report in feeds))


def describe_troubles(feeds: Iterable[PolledFeed]) -> Iterator[str]:
    """Yield a line for each feed with which something is wrong, by outlet and address."""
    for due, report in sorted(feeds, key=lambda each: (each[0].outlet, each[0].url)):
        if report is not None and (words := explain_trouble(report)):
            yield f"{due.outlet}: {due.url}: {words}"


def describe_poll(due: FeedDue, report: PollReport | None) -> Iterator[str]:
    """Yield lines that say what the last poll of a feed has brought, and what it left out."""
    if report is None:
        yield f"{due.kind} {due.url}: not polled yet"
        return
    yield (
        f"{due.kind} {due.url}: polled {report.at:%Y-%m-%d %H:%M} UTC, {report.parts_read} parts "
        f"read, {report.parts_unchanged} unchanged; {report.links} links: {report.own} own "
        f"({report.new} new, usually {report.usual_own:.0f} own), {report.foreign} foreign, "
        f"{report.advertisements} paid for"
    )
    for part in report.failed:
        yield f"  not read: {part.url}: {part.reason}: {part.detail}"
    for left in report.left_out:
        yield f"  left out: {left.number:,} at {left.url}: {left.why}"
