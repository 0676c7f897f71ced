"""What all workers have counted since Redis was begun, as Prometheus counters and histograms."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

from msgspec import Struct
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

from workers import metric_names
from workers.adapters.redis.counters import LONG_SECONDS, SECONDS, Counters, Labels, add_up

Values = Callable[[], Mapping[str, Mapping[Labels, float]]]


class Total(Struct, frozen=True):
    """A counter: `presswire_{name}_total`."""

    name: str
    help: str
    labels: Labels
    values: Values

    def empty(self) -> CounterMetricFamily:
        """Return the metric without samples."""
        return CounterMetricFamily(f"presswire_{self.name}", self.help, labels=self.labels)

    def family(self) -> Metric:
        """Return the metric with its present samples."""
        family = self.empty()
        for labels, value in sorted(self.values().get(self.name, {}).items()):
            family.add_metric(labels, value)
        return family


class Histogram(Struct, frozen=True):
    """A histogram of seconds: `presswire_{name}_bucket`, `_count` and `_sum`."""

    name: str
    help: str
    labels: Labels
    bounds: Sequence[float]
    values: Values

    def empty(self) -> HistogramMetricFamily:
        """Return the metric without samples."""
        return HistogramMetricFamily(f"presswire_{self.name}", self.help, labels=self.labels)

    def family(self) -> Metric:
        """Return the metric with its present samples."""
        family = self.empty()
        for labels, buckets, total in add_up(self.values().get(self.name, {}), self.bounds):
            family.add_metric(labels, buckets, total)
        return family


def totals_of(counters: Counters) -> list[Total | Histogram]:
    """Return every metric of `counters`, which are read once for all of them."""
    values = cache(counters.read)
    return [
        Total(
            metric_names.STAGE_EVENTS,
            "Events of a stage by what became of them.",
            ("stage", "outcome"),
            values,
        ),
        Total(metric_names.REJECTED, "Pages that a stage rejected.", ("stage", "reason"), values),
        Total(
            metric_names.OUTLET_PAGES,
            "Ends of an outlet's pages; `other` are those without a file.",
            ("outlet", "end"),
            values,
        ),
        Total(
            metric_names.RESPONSES,
            "Responses to requests for pages by the status' class; none: no response was read.",
            ("outlet", "status"),
            values,
        ),
        Histogram(
            metric_names.STAGE_SECONDS,
            "How long a stage worked on one message.",
            ("stage",),
            SECONDS,
            values,
        ),
        Histogram(
            metric_names.FETCH_TO_INDEX,
            "From an article's fetch until the index had it.",
            (),
            LONG_SECONDS,
            values,
        ),
    ]
