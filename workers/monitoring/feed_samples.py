"""What the last polls of feeds have brought, as samples of metrics."""

from collections import Counter
from collections.abc import Iterable, Iterator

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers.discover.poll_log import STATES, state_of, trouble_of

Feeds = Iterable[tuple[FeedDue, PollReport | None]]
Samples = Iterable[tuple[tuple[str, ...], float]]


def count_states(feeds: Feeds) -> Samples:
    """Return the number of feeds in each state; each state has one."""
    counts = Counter(state_of(report) for _, report in feeds)
    return [((state,), counts[state]) for state in STATES]


def count_troubles(feeds: Feeds) -> Samples:
    """Return the number of an outlet's feeds by what is wrong with them."""
    troubles = ((due.outlet, trouble_of(report)) for due, report in _polled(feeds))
    return Counter(labels for labels in troubles if labels[1]).items()


def count_links(feeds: Feeds) -> Samples:
    """Return the links that an outlet's feeds have named or left out, by what they are."""
    counts: Counter[tuple[str, ...]] = Counter()
    for due, report in _polled(feeds):
        counts[due.outlet, "own"] += report.own
        counts[due.outlet, "new"] += report.new
        counts[due.outlet, "foreign"] += report.foreign
        counts[due.outlet, "advertisements"] += report.advertisements
        counts[due.outlet, "left_out"] += sum(each.number for each in report.left_out)
    return counts.items()


def count_parts(feeds: Feeds) -> Samples:
    """Return the parts of an outlet's polls by what became of them."""
    counts: Counter[tuple[str, ...]] = Counter()
    for due, report in _polled(feeds):
        counts[due.outlet, "read"] += report.parts_read
        counts[due.outlet, "unchanged"] += report.parts_unchanged
        counts[due.outlet, "failed"] += report.number_failed
    return counts.items()


def _polled(feeds: Feeds) -> Iterator[tuple[FeedDue, PollReport]]:
    """Yield the feeds that have been polled."""
    for due, report in feeds:
        if report is not None:
            yield due, report
