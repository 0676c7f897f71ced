"""How few fingerprints still find every copy: for several thresholds, the copies that share none.

Usage: python tests/bench/dedupe/bench_fingerprints.py DATA [SEEDS]

Only copies that the rules match with their original are counted, so that only the search can miss
them.
"""

import itertools
import sys
from collections import Counter
from pathlib import Path

import bodies
import corpus

from workers.dedupe import signature as signatures
from workers.dedupe.matching import match
from workers.dedupe.record import DocumentMetadata, build_record

WINDOW_DAYS = 30
# Shingles with a lower value (of 256) become fingerprints: for the window; within the start (so
# many shingles); near it (so many shingles).
COLUMNS = ("LONG_TERM_BELOW", "START_BELOW", "START_SHINGLES", "NEAR_BELOW", "NEAR_SHINGLES")
THRESHOLDS = (
    (13, 80, 64, 36, 128),
    (9, 56, 64, 22, 128),
    (9, 56, 24, 20, 128),
    (9, 56, 24, 22, 96),
    (8, 40, 64, 18, 128),
    (7, 48, 32, 20, 128),
    (5, 32, 64, 12, 128),
)


def set_thresholds(long_term, start_below, start, near_below, near):
    """Make `compute_signature` select fingerprints by these thresholds."""
    signatures.START_SHINGLES, signatures.NEAR_SHINGLES = start, near
    signatures._LONG_TERM = signatures._byte_mask(range(long_term))  # noqa: SLF001
    signatures._AT_START = signatures._byte_mask(range(long_term, start_below))  # noqa: SLF001
    signatures._NEAR_START = signatures._byte_mask(range(long_term, near_below))  # noqa: SLF001


def record_of(document):
    metadata = DocumentMetadata(
        document.id, document.published, document.published, document.outlet
    )
    return build_record(metadata, signatures.compute_signature(document.body))


def matching_copies(documents):
    """Yield originals and the copies that match them, as texts, and the copy's kind."""
    records = {document.id: record_of(document) for document in documents}
    by_cluster = sorted(documents, key=lambda d: d.cluster)
    for _, members in itertools.groupby(by_cluster, key=lambda d: d.cluster):
        group = list(members)
        for one in (d for d in group if d.kind == "original"):
            for other in (d for d in group if d is not one):
                if match(records[one.id], records[other.id], WINDOW_DAYS)[0]:
                    yield one.body, other.body, other.kind


def fingerprints_of(text):
    """Return all fingerprints of a text."""
    signature = signatures.compute_signature(text)
    return {*signature.long_term, *signature.short_term}


def main(data, seeds):
    every = bodies.load(data)
    copies = [
        pair for seed in range(1, seeds + 1) for pair in matching_copies(corpus.corpus(every, seed))
    ]
    texts = {text for one, other, _ in copies for text in (one, other)}
    print("thresholds", COLUMNS)
    for thresholds in THRESHOLDS:
        set_thresholds(*thresholds)
        prints = {text: fingerprints_of(text) for text in texts}
        missed = Counter(kind for one, other, kind in copies if not prints[one] & prints[other])
        short = sum(number for kind, number in missed.items() if kind.startswith("cut12"))
        mean = sum(map(len, prints.values())) / len(prints)
        print(
            f"{thresholds}: {mean:.0f} fingerprints a text, {missed.total()} of {len(copies)} "
            f"copies missed, {short} of them cut to the first 12 %"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2)
