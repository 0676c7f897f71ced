"""How fast articles are written, beside a bare bulk into an index of the same mapping.

`python tests/bench/index/bench_index.py [--documents 20000] [--url http://127.0.0.1:9200]`
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator

from schemas.index import naming
from tests.cleanup import delete_installation
from workers.adapters.elasticsearch.bulk import operation, run
from workers.adapters.elasticsearch.client import SearchIndex
from workers.settings import Settings

WORDS = 450
BATCH = 500
SEED = 19
Row = tuple[str, int, dict[str, object]]


def articles(number: int) -> list[list[Row]]:
    """Batches of documents whose words are as unevenly frequent as those of news."""
    chance = random.Random(SEED)  # noqa: S311  articles, not secrets
    vocabulary = [f"{chance.choice('bdfgklmnprst')}{number:x}a" for number in range(30_000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    rows: list[Row] = []
    for row in range(number):
        words = chance.choices(vocabulary, weights, k=WORDS)
        fields = {
            "document_id": f"d{row}",
            "title": " ".join(words[:8]),
            "body": " ".join(words),
            "outlet": f"outlet-{row % 40}",
            "language": "en",
            "authors": [" ".join(words[3:5])],
            "cluster_id": f"c{row % 9_000}",
            "role": "original",
            "shared": 0.0,
            "time": 1_770_000_000_000 + row * 1_000,
            "content_hash": f"{row:016x}",
            "suggest": [" ".join(words[:8])],
        }
        rows.append((f"d{row}", 1_770_000_000_000 + row, fields))
    return [rows[start : start + BATCH] for start in range(0, number, BATCH)]


def bare(search: SearchIndex) -> Callable[[list[Row]], object]:
    """Nothing but the bulk request."""
    index = naming.write_alias(search.prefix, naming.GENERAL)
    return lambda batch: run(
        search.client, [operation("index", index, name, fields) for name, _, fields in batch]
    )


def seconds(write: Callable[[list[Row]], object], batch: list[Row]) -> float:
    """How long one batch takes."""
    began = time.perf_counter()
    write(batch)
    return time.perf_counter() - began


def fresh(url: str, name: str) -> Iterator[SearchIndex]:
    """An empty index, deleted afterwards."""
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=f"pwi-bench-{name}"))
    search.bootstrap()
    yield search
    delete_installation(search)


def one_round(url: str, batches: list[list[Row]]) -> tuple[float, float, float]:
    """Seconds for the bare bulk, new articles and known ones: batch by batch in turns, so that a
    busy machine disturbs all alike."""
    plain = first = again = 0.0
    for bare_search in fresh(url, "bare"):
        for search in fresh(url, "ours"):
            write = bare(bare_search)
            for batch in batches:
                plain += seconds(write, batch)
                first += seconds(search.put, batch)
            again = sum(seconds(search.put, batch) for batch in batches)
    return plain, first, again


def main() -> None:
    """Prints a line for each round."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="http://127.0.0.1:9200")
    given = parser.parse_args()
    batches = articles(given.documents)
    print(f"{'round':>5} {'bare/s':>8} {'first/s':>8} {'again/s':>8} {'first':>6} {'again':>6}")
    for number in range(given.rounds):
        plain, first, again = one_round(given.url, batches)
        rates = " ".join(f"{given.documents / each:8.0f}" for each in (plain, first, again))
        print(f"{number:>5} {rates} {plain / first:6.0%} {plain / again:6.0%}")


if __name__ == "__main__":
    main()
