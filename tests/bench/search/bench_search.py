"""How fast 200,000 articles are written, searched and exported.

`python tests/bench/search/bench_search.py [--articles 200000] [--url http://127.0.0.1:9200]`

Searches are those of the page: 20 collapsed hits with highlights, eight facets, the timeline, and
the clusters of all hits; by 8 users at once, each search asked before (the cache is warm). There
are 160 different ones: a server with 1 GB of heap gives its request cache 10 MB, some 300 searches.
"""

import argparse
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice

from newsroom import SEED, Newsroom, Row

from schemas.index import naming
from tests.cleanup import delete_installation
from workers.adapters.elasticsearch.bulk import operation, run
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.params import SearchParams
from workers.search.service import run_search
from workers.settings import Settings

COMPARED_BATCHES = 40
USERS = 8
KEY = b"bench"
EXPORTED_MB = """
import os, resource, sys
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.export import export_documents
from workers.search.formats import encode_export
from workers.search.params import SearchParams
from workers.settings import Settings
settings = Settings(elasticsearch_url=sys.argv[1], prefix=sys.argv[2])
reader = SearchReader(SearchIndex(settings))
batches = export_documents(reader, SearchParams())
size = sum(map(len, encode_export(batches, sys.argv[3])))
print(size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@contextmanager
def index(url: str, prefix: str, *, is_kept: bool = False) -> Iterator[SearchIndex]:
    """An index, deleted afterwards unless it is kept for another look."""
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=prefix))
    search.bootstrap()
    try:
        yield search
    finally:
        if is_kept:
            search.client.close()
        else:
            delete_installation(search)


def fill(search: SearchIndex, bare: SearchIndex, newsroom: Newsroom) -> None:
    """Ours and a bare bulk in turns for the first batches, so that noise disturbs both."""
    alias = naming.write_alias(bare.prefix, naming.GENERAL)
    seconds = {"ours": 0.0, "bare": 0.0}
    batches = newsroom.batches()
    for batch in islice(batches, COMPARED_BATCHES):
        lines = [operation("index", alias, name, fields) for name, _, fields in batch]
        seconds["bare"] += timed(lambda lines=lines: run(bare.client, lines))
        seconds["ours"] += timed(lambda batch=batch: search.put(batch))
    number = min(newsroom.number, COMPARED_BATCHES * 500)
    rates = {name: number / value for name, value in seconds.items()}
    share = rates["ours"] / rates["bare"]
    print(f"bulk: bare {rates['bare']:,.0f}/s, ours {rates['ours']:,.0f}/s, {share:.0%} (>= 70 %)")
    began = time.perf_counter()
    rest = sum(put(search, batch) for batch in batches)
    if rest:
        print(f"rest: {rest:,} at {rest / (time.perf_counter() - began):,.0f}/s")
    search.refresh()


def put(search: SearchIndex, batch: list[Row]) -> int:
    """Writes a batch; how many."""
    assert {verdict.state for verdict in search.put(batch)} == {"done"}
    return len(batch)


def timed(work: object) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


def searches(newsroom: Newsroom) -> list[SearchParams]:
    """What analysts ask: rare and common words, phrases, names, filters."""
    chance = random.Random(SEED)  # noqa: S311  searches, not secrets
    words = newsroom.words
    asked = []
    for _ in range(20):
        common, middle, rare = (
            words[chance.randint(20, 200)],
            words[chance.randint(500, 3_000)],
            words[chance.randint(5_000, 20_000)],
        )
        outlet = f"outlet-{chance.randint(0, 30)}"
        asked += [
            SearchParams(query=middle),
            SearchParams(query=f"{common} {middle}"),
            SearchParams(query=f"{middle} OR {rare}"),
            SearchParams(query=f"{common} -{middle} outlet:{outlet}"),
            SearchParams(query=f"{common}", filters=(("section", "Politics"), ("lang", "en"))),
            SearchParams(query=f'author:"{chance.choice(newsroom.names)}" {common}', sort="newest"),
            SearchParams(query=f"title:{common} on:2026-02-01..2026-02-14"),
            SearchParams(query=f"{rare[:4]}*"),
        ]
    chance.shuffle(asked)
    return asked


def measure(reader: SearchReader, asked: list[SearchParams], rounds: int) -> list[float]:
    """Milliseconds of each search, by USERS at once."""

    def one(params: SearchParams) -> float:
        return timed(lambda: run_search(reader, params, KEY)) * 1000

    with ThreadPoolExecutor(USERS) as users:
        list(users.map(one, asked))
        return list(users.map(one, asked * rounds))


def main() -> None:
    """Prints one line for each figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="http://127.0.0.1:9200")
    parser.add_argument("--prefix", default="bench-search")
    parser.add_argument("--keep", action="store_true", help="leave the index for the next run")
    given = parser.parse_args()
    newsroom = Newsroom(given.articles)
    with (
        index(given.url, given.prefix, is_kept=given.keep) as search,
        index(given.url, f"{given.prefix}bare") as bare,
    ):
        if search.count() != given.articles:
            fill(search, bare, newsroom)
        reader, asked = SearchReader(search), searches(newsroom)
        found = measure(reader, asked, given.rounds)
        cuts = statistics.quantiles(found, n=100)
        rate = USERS * 1000 / statistics.fmean(found)
        print(f"search, {USERS} users, {len(found)} searches: median {cuts[49]:.0f} ms, "
              f"p95 {cuts[94]:.0f} ms (<= 150), p99 {cuts[98]:.0f} ms, {rate:.0f}/s")  # fmt: skip
        alone = [timed(lambda w=w: run_search(reader, w, KEY)) * 1000 for w in asked]
        print(f"one user: median {statistics.median(alone):.0f} ms, "
              f"p95 {statistics.quantiles(alone, n=100)[94]:.0f} ms")  # fmt: skip
        for form in ("jsonl", "csv", "parquet"):
            export(given.url, given.prefix, form)


def export(url: str, prefix: str, form: str) -> None:
    """All of it by a process of its own."""
    began = time.perf_counter()
    command = [sys.executable, "-c", EXPORTED_MB, url, prefix, form]
    size, kilobytes = map(int, subprocess.check_output(command).split())
    took = time.perf_counter() - began
    print(f"export {form}: {size / 1e6:,.0f} MB in {took:.0f} s, "
          f"at most {kilobytes / 1024:.0f} MB of memory (< 200)")  # fmt: skip


if __name__ == "__main__":
    main()
