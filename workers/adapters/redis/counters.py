"""Counters and histograms of all processes of an installation, added up in Redis.

A process collects in memory, and hands over at the end of each message; so prefork, threads and any
number of machines count into one place, and a process that dies takes one message's counts with it.
"""

import json
from collections.abc import Mapping, Sequence
from threading import Lock

from redis.exceptions import RedisError

from workers.adapters.redis.connection import RedisClient

Labels = tuple[str, ...]
# upper bounds in seconds; what is longer is counted under +Inf
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
LONG_SECONDS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0)
BEYOND = "+Inf"


class Counters:
    """In the hash `{prefix}:metrics`, whose fields are JSON lists: the metric, its labels, and of
    a histogram the bucket or "sum"."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._redis = redis
        self._key = f"{prefix}:metrics"
        self._pending: dict[str, float] = {}
        self._lock = Lock()

    def count(self, metric: str, *labels: str, by: float = 1) -> None:
        """Add `by` to a counter."""
        self._add({json.dumps([metric, *labels]): by})

    def observe(
        self, metric: str, *labels: str, seconds: float, bounds: Sequence[float] = SECONDS
    ) -> None:
        """Add an observation to a histogram with these `bounds`."""
        bucket = next((str(bound) for bound in bounds if seconds <= bound), BEYOND)
        self.count(metric, *labels, bucket)
        self.count(metric, *labels, "sum", by=seconds)

    def flush(self) -> None:
        """Hand over what was counted. If Redis refuses it, it stays for the next time."""
        with self._lock:
            taken, self._pending = self._pending, {}
        if not taken:
            return
        try:
            with self._redis.pipeline(transaction=False) as changes:
                for field, number in taken.items():
                    changes.hincrbyfloat(self._key, field, number)
                changes.execute()
        except RedisError:
            self._add(taken)

    def _add(self, numbers: Mapping[str, float]) -> None:
        with self._lock:
            for field, number in numbers.items():
                self._pending[field] = self._pending.get(field, 0.0) + number

    def read(self) -> dict[str, dict[Labels, float]]:
        """Return the values by metric and labels; a histogram's last label is its bucket, not yet
        added up, or "sum"."""
        found: dict[str, dict[Labels, float]] = {}
        for field, value in self._redis.hgetall(self._key).items():
            metric, *labels = json.loads(field)
            found.setdefault(metric, {})[tuple(labels)] = float(value)
        return found


Buckets = list[tuple[str, float]]


def add_up(
    values: Mapping[Labels, float], bounds: Sequence[float] = SECONDS
) -> list[tuple[Labels, Buckets, float]]:
    """Return the histograms in `values` as Prometheus has them: labels, the number of observations
    up to each bound, and their sum."""
    found = []
    for labels in dict.fromkeys(labels[:-1] for labels in values):
        so_far, buckets = 0.0, []
        for bound in (*map(str, bounds), BEYOND):
            so_far += values.get((*labels, bound), 0)
            buckets.append((bound, so_far))
        found.append((labels, buckets, values.get((*labels, "sum"), 0.0)))
    return found
