"""What the pipeline holds and when it last moved, as Prometheus metrics, read when asked for."""

import logging
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime
from functools import cache
from pathlib import Path

from msgspec import Struct
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from workers.monitoring import feed_samples
from workers.monitoring.totals import Histogram, Total, totals_of
from workers.services import Services

Labels = tuple[str, ...]
Samples = Iterable[tuple[Labels, float]]
# under the time that a scrape may take
ANSWER_SECONDS = 8.0
log = logging.getLogger(__name__)


class Gauge(Struct, frozen=True):
    """One metric: `read` gives its samples."""

    name: str
    help: str
    labels: Labels
    read: Callable[[], Samples]

    def empty(self) -> GaugeMetricFamily:
        """Return the metric without samples."""
        return GaugeMetricFamily(f"presswire_{self.name}", self.help, labels=self.labels)

    def family(self) -> Metric:
        """Return the metric with its present samples."""
        family = self.empty()
        for labels, value in self.read():
            family.add_metric(labels, value)
        return family


Measure = Gauge | Total | Histogram


class Metrics(Collector):
    """`depths` gives the messages that wait in each queue. A source that fails or does not answer
    in time costs its own metrics only, and shows in `presswire_up`."""

    def __init__(self, services: Services, depths: Callable[[], Mapping[str, int]]) -> None:
        # made anew for each scrape, so that gauges of one source may share what they have read
        self._sources: Mapping[str, Callable[[], list[Measure]]] = {
            "broker": lambda: [_queues(depths)],
            "redis": lambda: [
                *_pages(services),
                *_waiting(services),
                *_moments(services),
                *_feeds(services),
                *totals_of(services.counters),
            ],
            "outlets": lambda: [_refused(services)],
            "elasticsearch": lambda: [_documents(services)],
            "archive": lambda: [_room(services)],
        }
        self._threads = ThreadPoolExecutor(len(self._sources))
        self._asked: dict[str, Future[list[Metric]]] = {}

    def describe(self) -> Iterator[Metric]:
        """Yield every metric's name without asking a source."""
        for measure in (each for measures in self._sources.values() for each in measures()):
            yield measure.empty()
        yield _up()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric of the sources that answer."""
        asked = {source: self._ask(source) for source in self._sources}
        wait(asked.values(), ANSWER_SECONDS)
        up = _up()
        for source, answer in asked.items():
            trouble = answer.exception() if answer.done() else TimeoutError("no answer")
            if trouble is None:
                yield from answer.result()
            else:
                log.error("no metrics of %s", source, exc_info=trouble)
            up.add_metric([source], int(trouble is None))
        yield up

    def _ask(self, source: str) -> Future[list[Metric]]:
        """Return a query that is running; a source that still hangs is not asked again."""
        before = self._asked.get(source)
        if before is None or before.done():
            measures = self._sources[source]
            read = self._threads.submit(lambda: [each.family() for each in measures()])
            self._asked[source] = read
        return self._asked[source]


def _up() -> GaugeMetricFamily:
    return GaugeMetricFamily("presswire_up", "Whether a source answers.", labels=("source",))


def _queues(depths: Callable[[], Mapping[str, int]]) -> Gauge:
    text = "Messages that wait in a stage's queue."
    return Gauge("queue_messages", text, ("queue",), lambda: _by_name(depths()))


def _pages(services: Services) -> list[Gauge]:
    ledger, frontier = services.ledger, services.frontier
    return [
        Gauge(
            "frontier",
            "Frontier: pages, hosts and more.",
            ("kind",),
            lambda: _by_name(frontier.depth()),
        ),
        Gauge("pages", "Pages by state.", ("state",), lambda: _by_name(ledger.counts())),
        Gauge(
            "backfill_pages",
            "Pages of the backfills that run: waiting for the frontier, open, done.",
            ("outlet", "kind"),
            lambda: _backfills(services),
        ),
        Gauge(
            "memory_lost",
            "1 while Redis has lost its memory and `presswire rebuild` has not been here.",
            (),
            lambda: [((), int(services.memory_mark.is_lost()))],
        ),
        Gauge("pages_under_way", "Pages not ended.", (), lambda: [((), ledger.in_flight())]),
        Gauge(
            "oldest_under_way_seconds",
            "Since the page that is longest under way last moved.",
            (),
            lambda: [((), _oldest(services))],
        ),
    ]


def _waiting(services: Services) -> list[Gauge]:
    kinds = ("stage", "reason")
    return [
        Gauge(
            "delayed_messages",
            "Events kept for later.",
            (),
            lambda: [((), len(services.delayed_events))],
        ),
        Gauge(
            "quarantine_entries",
            "What failed for good.",
            kinds,
            lambda: services.quarantine.counts().items(),
        ),
    ]


def _moments(services: Services) -> list[Gauge]:
    def of_outlets() -> Samples:
        """Return samples of outlets that have a file: ingested pages name any number of others."""
        last = services.ledger.last_indexed()
        active = (name for name, outlet in services.outlets.items() if not outlet.paused)
        return [((name,), last[name].timestamp() if name in last else 0.0) for name in active]

    return [
        Gauge(
            "last_indexed_timestamp_seconds",
            "When a page of an outlet, unless paused, last reached the index; 0 for never.",
            ("outlet",),
            of_outlets,
        ),
        Gauge(
            "last_work_timestamp_seconds",
            "When a stage last started on a page, a poll or a host's pages.",
            ("stage",),
            lambda: _times(services.ledger.last_work()),
        ),
        Gauge(
            "last_tick_timestamp_seconds",
            "When a tick last ran.",
            ("tick",),
            lambda: _times(services.heartbeats.last()),
        ),
    ]


def _feeds(services: Services) -> list[Gauge]:
    reports = cache(services.feed_schedule.reports)
    return [
        Gauge(
            "feeds",
            "Feeds by what their last poll was like.",
            ("state",),
            lambda: feed_samples.count_states(reports()),
        ),
        Gauge(
            "feeds_in_trouble",
            "Feeds whose last poll failed, found nothing, only foreign links or less than usually.",
            ("outlet", "trouble"),
            lambda: feed_samples.count_troubles(reports()),
        ),
        Gauge(
            "poll_links",
            "Links that the last polls of an outlet's feeds have found or left out.",
            ("outlet", "kind"),
            lambda: feed_samples.count_links(reports()),
        ),
        Gauge(
            "poll_parts",
            "Parts (feeds, sitemaps, sections) of an outlet's last polls.",
            ("outlet", "state"),
            lambda: feed_samples.count_parts(reports()),
        ),
    ]


def _refused(services: Services) -> Gauge:
    text = "Mistakes in outlets' files; what they said before stays in force."
    return Gauge(
        "outlet_file_errors", text, (), lambda: [((), len(services.outlets.find_errors()))]
    )


def _documents(services: Services) -> Gauge:
    return Gauge("articles", "Articles in the index.", (), lambda: [((), services.search.count())])


def _room(services: Services) -> Gauge:
    def free() -> Samples:
        folder = Path(services.settings.archive)
        return [((), shutil.disk_usage(folder).free)] if folder.is_dir() else []

    return Gauge("archive_free_bytes", "Room left for the archive; none for a bucket.", (), free)


def _oldest(services: Services) -> float:
    at = services.ledger.oldest()
    return (services.now() - at).total_seconds() if at else 0.0


def _backfills(services: Services) -> Samples:
    reports = (
        services.backfills.report(outlet, services.now()) for outlet in services.backfills.running()
    )
    return [
        ((report.plan.outlet, kind), number)
        for report in reports
        if report is not None
        for kind, number in (
            ("waiting", report.waiting),
            ("open", report.open),
            ("done", report.done),
        )
    ]


def _by_name(counts: Mapping[str, int]) -> Samples:
    return [((name,), number) for name, number in counts.items()]


def _times(moments: Mapping[str, datetime]) -> Samples:
    return [((name,), at.timestamp()) for name, at in moments.items()]
