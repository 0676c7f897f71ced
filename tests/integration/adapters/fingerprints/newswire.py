"""Stories and their copies, invented from a seed; run as a program, it adds its share of them.

Usage: python newswire.py REDIS_URL SEED WORKER WORKERS [DIES_AFTER]
"""

import os
import random
import signal
import sys
from datetime import UTC, datetime, timedelta

from workers.adapters.fingerprints.store import FingerprintStore
from workers.dedupe.clusters import Clusters

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LETTERS = "abcdefghiklmnoprstuvz"


def dice(*seed: object) -> random.Random:
    return random.Random("/".join(map(str, seed)))  # noqa: S311  no secret


def text(rng: random.Random, words: int) -> list[str]:
    """Sentences of words that hardly come twice."""
    return ["".join(rng.choices(LETTERS, k=rng.randrange(3, 9))) for _ in range(words)]


def stories(seed: int, number: int = 30) -> list[tuple[str, str, str, str, str]]:
    """Arguments of Clusters.add: each story with five copies, one of them published before it."""
    rows = []
    for story in range(number):
        rng = dice(seed, story)
        words = text(rng, rng.randrange(150, 500))
        edited = [w if rng.random() > 0.04 else "other" for w in words]
        copies = {
            "original": words,
            "early": words,
            "cut": words[: max(40, len(words) // 6)],
            "local": text(rng, 40) + words[20:],
            "edited": edited,
            "within": text(rng, len(words) // 2) + words + text(rng, len(words) // 2),
        }
        for at, (kind, copy) in enumerate(copies.items()):
            minutes = story * 7 + (-5 if kind == "early" else at)
            published = (NOON + timedelta(minutes=minutes)).isoformat()
            name = f"{story}-{kind}"
            rows.append((name, f"Title {name}", " ".join(copy), published, f"outlet{at}"))
    return rows


class DyingFingerprints(FingerprintStore):
    """Kills its process without a word between the claim and the join of one article."""

    left = 0

    async def claim(self, *args, **more):
        claim = await super().claim(*args, **more)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return claim


def clusters_that_die(url: str, after: int) -> Clusters:
    """Clusters whose process dies at so many articles; at none if `after` is 0."""
    clusters = Clusters(url)
    if after:
        DyingFingerprints.left = after
        clusters._fingerprints.__class__ = DyingFingerprints  # noqa: SLF001  a death is arranged
    return clusters


def main(url: str, seed: int, worker: int, workers: int, dies_after: int = 0) -> None:
    rows = stories(seed)
    dice("order", seed).shuffle(rows)
    clusters = clusters_that_die(url, dies_after)
    for row in rows[worker::workers]:
        clusters.add(*row)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
