"""Articles of an invented world, as many as wanted, the same ones for the same seed."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

SEED = 41
WORDS = 300
OUTLETS = 60
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 90
REPRINTED = 0.35
SYLLABLES = [a + b for a in "bdfgklmnprst" for b in "aeiou"]

Row = tuple[str, int, dict[str, object]]


def vocabulary(chance: random.Random, size: int = 30_000) -> list[str]:
    """Words that can be told apart."""
    words: dict[str, None] = {}
    while len(words) < size:
        words["".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))] = None
    return list(words)


class Newsroom:
    """Words are as unevenly frequent as those of news; a third of the stories are reprinted."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._chance = random.Random(SEED)  # noqa: S311  articles, not secrets
        self.words = vocabulary(self._chance)
        self._weights = list(accumulate(1 / (rank + 8) for rank in range(len(self.words))))
        self.names = [
            f"{a.title()} {b.title()}"
            for a, b in zip(self.words[90:], self.words[900:1400], strict=False)
        ]

    def batches(self, size: int = 500) -> Iterator[list[Row]]:
        """All articles, in bulks."""
        cluster, text = 0, ""
        batch: list[Row] = []
        for row in range(self.number):
            is_reprint = bool(text) and self._chance.random() < REPRINTED
            if not is_reprint:
                cluster, text = row, self._text(WORDS)
            batch.append(self._row(row, cluster, text, is_reprint=is_reprint))
            if len(batch) == size or row == self.number - 1:
                yield batch
                batch = []

    def _text(self, words: int) -> str:
        return " ".join(self._chance.choices(self.words, cum_weights=self._weights, k=words))

    def _row(self, row: int, cluster: int, text: str, *, is_reprint: bool) -> Row:
        chance = self._chance
        at = FIRST + timedelta(seconds=DAYS * 86_400 * chance.random())
        paragraphs = [text[start : start + 400] for start in range(0, len(text), 400)]
        outlet = int(OUTLETS * chance.random() ** 2)
        title = text[:60].capitalize()
        document = {
            "document_id": f"d{row}",
            "cluster_id": f"c{cluster}",
            "role": "reprint" if is_reprint else "original",
            "shared": 0.9 if is_reprint else 0.0,
            "outlet": f"outlet-{outlet}",
            "url": f"https://outlet-{outlet}.example/{row}",
            "country": ("us", "gb", "ie", "de")[outlet % 4],
            "language": "en" if outlet % 4 < 3 else "de",
            "section": ("Politics", "Sport", "Local", "Business", "Culture")[row % 5],
            "authors": [chance.choice(self.names)],
            "kind": "article",
            "title": title,
            "body": "\n\n".join(paragraphs),
            "words": WORDS,
            "time": at.isoformat(),
            "published": at.isoformat(),
            "fetched_at": at.isoformat(),
            "indexed_at": at.isoformat(),
            "content_hash": f"{row:016x}",
            "suggest": [title],
        }
        return f"d{row}", int(at.timestamp() * 1000), document
