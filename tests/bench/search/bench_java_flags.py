"""What searches and articles cost a warm Elasticsearch by the flags of its Java, in turns.

`PYTHONPATH=. python tests/bench/search/bench_java_flags.py --flags=-Xmx512m --flags="-Xmx512m …"`

All servers run at once and get the same work one after the other: articles of an invented world,
5,000 at a time, then the searches of `bench_search.py` by one user, with caches cleared before each
round, so that each is computed. CPU ms (which a busy machine disturbs least) and ms on the clock.
"""

import argparse
import statistics
from contextlib import ExitStack
from itertools import islice

from bench_search import KEY, searches, timed
from newsroom import Newsroom

from tests.bench.index.java_server import JavaServer, java_server, told
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.params import SearchParams
from workers.search.service import run_search
from workers.settings import Settings

SEGMENT = 5_000
BATCH = 250


def fill(flags: str, server: JavaServer, search: SearchIndex, batches: list[list[object]]) -> None:
    """Write the batches and print what an article costs."""
    before, number = server.used(), sum(map(len, batches))
    for batch in batches:
        assert {each.state for each in search.put(batch)} == {"done"}
    print(f"{flags} | an article | {told(server.spent(before, number))}", flush=True)


def ask(flags: str, server: JavaServer, search: SearchIndex, asked: list[SearchParams]) -> None:
    """Ask all and print what a search costs."""
    reader = SearchReader(search)
    search.client.indices.clear_cache(index="*")
    before = server.used()
    took = [timed(lambda p=p: run_search(reader, p, KEY)) * 1000 for p in asked]
    cuts = statistics.quantiles(took, n=100)
    clock = f"median {cuts[49]:.0f} ms, p95 {cuts[94]:.0f} ms"
    print(f"{flags} | a search | {told(server.spent(before, len(asked)))} | {clock}", flush=True)


def main() -> None:
    """Prints one line for each server and part of the work."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--flags", action="append", required=True)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    newsroom = Newsroom(given.articles)
    asked = searches(newsroom)
    with ExitStack() as stack:
        servers = []
        for flags in given.flags:
            server = stack.enter_context(java_server(flags))
            search = SearchIndex(Settings(elasticsearch_url=server.url, prefix="bench"))
            search.bootstrap()
            stack.callback(search.close)
            servers.append((flags, server, search))
        batches = newsroom.batches(BATCH)
        while some := list(islice(batches, SEGMENT // BATCH)):
            for each in servers:
                fill(*each, some)
        for _, _, search in servers:
            search.refresh()
        for _ in range(given.rounds):
            for each in servers:
                ask(*each, asked)


if __name__ == "__main__":
    main()
