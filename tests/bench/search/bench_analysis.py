"""How fast analysts' questions are answered: faceted search, counts, compared searches, words.

`python tests/bench/search/bench_analysis.py [--articles 200000] [--url http://127.0.0.1:9200]`

By 8 users at once. "first" is each question asked for the first time, "again" asked before (the
server's request cache is warm, if it has room). CPU is of this process and of the server, for one
answer; unlike the milliseconds it does not depend on what else the machine does.
"""

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from bench_search import KEY, USERS, index, timed
from newsroom import SEED, Newsroom

from schemas.index import naming
from schemas.index.mapping import REFRESH
from workers.adapters.elasticsearch.bulk import operation, run
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.analysis.counts import count_articles
from workers.search.analysis.words import find_words
from workers.search.params import SearchParams
from workers.search.service import run_search
from workers.settings import Settings

NOW = datetime(2026, 4, 1, tzinfo=UTC)
BATCH = 1_000
QUESTIONS = 40  # of each kind
Question = Callable[[], object]


def fill(search: SearchIndex, newsroom: Newsroom) -> None:
    """Writes all articles in bare bulks, as it is reading that is measured."""
    name = naming.write_alias(search.prefix, naming.GENERAL)
    search.client.indices.put_settings(index=name, settings={"refresh_interval": "-1"})
    for batch in newsroom.batches(BATCH):
        run(search.client, [operation("index", name, each, fields) for each, _, fields in batch])
    search.client.indices.put_settings(index=name, settings={"refresh_interval": REFRESH})
    search.refresh()


def questions(reader: SearchReader, newsroom: Newsroom) -> dict[str, list[Question]]:
    """Different ones of each kind, with words that are common, middling and rare."""
    chance = random.Random(SEED)  # noqa: S311  searches, not secrets
    words = newsroom.words
    asked: dict[str, list[Question]] = {
        name: [] for name in ("faceted search", "counts", "compare", "words")
    }
    for number in range(QUESTIONS):
        rank = (100, 1_000, 6_000)[number % 3]
        first, second, third = (words[rank + chance.randint(0, rank)] for _ in range(3))
        filters = (("lang", "en"), ("section", chance.choice(("Politics", "Sport", "Local"))))
        search = SearchParams(query=first, filters=filters[: number % 3])
        facet = ("outlet", "lang", "section", "country")[number % 4]
        asked["faceted search"].append(lambda s=search: run_search(reader, s, KEY))
        asked["counts"].append(lambda s=search, by=facet: count_articles(reader, s, (), by, NOW))
        asked["compare"].append(
            lambda s=search, o=(second, third): count_articles(reader, s, o, "", NOW)
        )
        asked["words"].append(lambda s=search: find_words(reader, s))
    return asked


def ask(asked: Sequence[Question]) -> list[float]:
    """Milliseconds of each, by USERS at once."""
    with ThreadPoolExecutor(USERS) as users:
        return list(users.map(lambda question: timed(question) * 1000, asked))


def server_cpu(search: SearchIndex) -> float:
    """Seconds of CPU that the server, on this machine, has used; what it tells of itself is up to
    a second old."""
    nodes = search.client.nodes.info(metric="process")["nodes"].values()
    lines = [Path(f"/proc/{node['process']['id']}/stat").read_text() for node in nodes]
    fields = [line.rpartition(")")[2].split() for line in lines]
    return sum(int(each[11]) + int(each[12]) for each in fields) / os.sysconf("SC_CLK_TCK")


def report(name: str, search: SearchIndex, asked: Sequence[Question]) -> None:
    """Prints one line."""
    own, theirs = time.process_time(), server_cpu(search)
    found = ask(asked)
    own, theirs = time.process_time() - own, server_cpu(search) - theirs
    cuts = statistics.quantiles(found, n=100)
    here, there = (seconds / len(asked) * 1000 for seconds in (own, theirs))
    print(f"{name:24} median {cuts[49]:5.0f} ms, p95 {cuts[94]:5.0f} ms (<= 150), "
          f"CPU {here:4.1f} ms here, {there:5.1f} ms server; "
          f"load {os.getloadavg()[0]:.1f}")  # fmt: skip


def main() -> None:
    """Prints one line for each figure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="http://127.0.0.1:9200")
    parser.add_argument("--prefix", default="bench-analysis")
    parser.add_argument("--keep", action="store_true", help="leave the index for the next run")
    given = parser.parse_args()
    newsroom = Newsroom(given.articles)
    with index(given.url, given.prefix, is_kept=given.keep) as search:
        if search.count() != given.articles:
            took = timed(lambda: fill(search, newsroom))
            print(f"{given.articles:,} articles written in {took:.0f} s")
        patient = SearchIndex(Settings(elasticsearch_url=given.url, prefix=given.prefix))
        asked = questions(SearchReader(patient), newsroom)
        for name, each in asked.items():
            report(f"{name}, first", search, each)
            report(f"{name}, again", search, each * given.rounds)
        everything = [question for each in zip(*asked.values(), strict=True) for question in each]
        report("all kinds, mixed, again", search, everything * given.rounds)
        patient.client.close()


if __name__ == "__main__":
    main()
