"""How few prints still find every copy: for several numbers of lots, the copies that share none.

Usage: python tests/bench/dedupe/bench_prints.py DATA [SEEDS]

Counted are copies that the rules tie to their original, so that only the search can miss them.
"""

import itertools
import sys
from collections import Counter
from pathlib import Path

import bodies
import corpus

from workers.dedupe import signature as signatures
from workers.dedupe.matching import match
from workers.dedupe.record import DocumentFacts, record

WINDOW_DAYS = 30
# Lots (of 256) that win a print: lasting ones; within the start, and its shingles; near it.
LOTS = (
    ("LASTING", "START_LOTS", "START", "NEAR_LOTS", "NEAR"),
    (13, 80, 64, 36, 128),
    (9, 56, 64, 22, 128),
    (9, 56, 24, 20, 128),
    (9, 56, 24, 22, 96),
    (8, 40, 64, 18, 128),
    (7, 48, 32, 20, 128),
    (5, 32, 64, 12, 128),
)


def draw(lasting, start_lots, start, near_lots, near):
    """Makes signatures with so many lots that win a print, within so many shingles."""
    signatures.START, signatures.NEAR = start, near
    signatures._LASTING = signatures._marks(range(lasting))  # noqa: SLF001
    signatures._AT_START = signatures._marks(range(lasting, start_lots))  # noqa: SLF001
    signatures._NEAR_START = signatures._marks(range(lasting, near_lots))  # noqa: SLF001


def tied_copies(documents):
    """Originals and the copies that are tied to them, as texts and the copy's kind."""
    records = {
        d.id: record(
            DocumentFacts(d.id, d.published, d.published, d.outlet), signatures.signature(d.body)
        )
        for d in documents
    }
    by_cluster = sorted(documents, key=lambda d: d.cluster)
    for _, members in itertools.groupby(by_cluster, key=lambda d: d.cluster):
        group = list(members)
        for one in (d for d in group if d.kind == "original"):
            for other in (d for d in group if d is not one):
                if match(records[one.id], records[other.id], WINDOW_DAYS)[0]:
                    yield one.body, other.body, other.kind


def prints_of(text):
    found = signatures.signature(text)
    return {*found.long_term, *found.short_term}


def main(data, seeds):
    every = bodies.load(data)
    copies = [
        pair for seed in range(1, seeds + 1) for pair in tied_copies(corpus.corpus(every, seed))
    ]
    texts = {text for one, other, _ in copies for text in (one, other)}
    print("lots", LOTS[0])
    for lots in LOTS[1:]:
        draw(*lots)
        prints = {text: prints_of(text) for text in texts}
        missed = Counter(kind for one, other, kind in copies if not prints[one] & prints[other])
        short = sum(number for kind, number in missed.items() if kind.startswith("cut12"))
        mean = sum(map(len, prints.values())) / len(prints)
        print(
            f"{lots}: {mean:.0f} prints a text, {missed.total()} of {len(copies)} copies missed, "
            f"{short} of them cut to the first 12 %"
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2)
