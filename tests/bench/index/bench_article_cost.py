"""What an article costs Elasticsearch, in CPU milliseconds, by the flags of its Java and by part.

`python tests/bench/index/bench_article_cost.py --folder PAGES [--flags "one" --flags "two"]
[--articles 1400 2800 ...] [--batch 50] [--refresh] [--rounds 3]`

PAGES is a folder of pages (`*.html`). Each set of flags gets a server of its own in each round, in
turns, as the machine may be busy with other things; CPU time counts, no time on the clock.
Articles are written in batches by the index stage itself. The first line of a server is that of a
young one; later ones are of a server that is warm. `--refresh` makes each batch visible at once.
"""

import argparse
import statistics
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from java_server import java_server, told
from msgspec.structs import replace

from schemas.article import INDEXED_KINDS
from schemas.events import ArticleClustered
from workers.adapters.elasticsearch.client import SearchIndex
from workers.exceptions import PermanentFailure
from workers.index.step import index
from workers.parse import extract
from workers.settings import Settings

FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)


class NoOutlets:
    """No outlet is known."""

    def get(self, _outlet_id: str, /) -> None:
        """Return None."""


def read_articles(folder: Path) -> list[ArticleClustered]:
    """Return the article of each page that has one, as the index stage gets it."""
    found = []
    for number, file in enumerate(sorted(folder.rglob("*.html"))):
        url = f"https://outlet-{number % 20}.example/{number}"
        try:
            article = extract.read(file.read_bytes(), url).article
        except PermanentFailure:
            continue
        if article.kind in INDEXED_KINDS:
            found.append(
                ArticleClustered(
                    page_id=f"p{number}",
                    outlet=f"outlet-{number % 20}",
                    url=url,
                    archive_key="a" * 40,
                    fetched_at=FETCHED_AT,
                    article=article,
                    document_id=f"{number:032x}",
                    cluster_id=f"{number:032x}",
                )
            )
    return found


def endless(articles: list[ArticleClustered]) -> Iterator[ArticleClustered]:
    """Yield the articles again and again, each time as others."""
    for turn in count():
        for each in articles:
            name = f"{turn}-{each.document_id}"
            at = FETCHED_AT + timedelta(seconds=turn)
            yield replace(each, document_id=name, cluster_id=name, fetched_at=at)


def write(
    search: SearchIndex, articles: Iterator[ArticleClustered], number: int, batch: int
) -> Iterator[None]:
    """Write `number` articles; yields after each batch."""
    for start in range(0, number, batch):
        events = list(islice(articles, min(batch, number - start)))
        outcomes = index(events, search, NoOutlets(), lambda: datetime.now(UTC))
        assert not any(isinstance(each, PermanentFailure) for each in outcomes)
        yield


def measure(
    flags: str, articles: list[ArticleClustered], given: argparse.Namespace
) -> list[Counter[str]]:
    """Return CPU ms an article by part, for each of the numbers of articles in turn, of a server
    with these flags; first, those of its start as a whole."""
    with java_server(flags) as server:
        search = SearchIndex(Settings(elasticsearch_url=server.url, prefix="bench"))
        search.bootstrap()
        before, source = server.used(), endless(articles)
        rows = [before]
        for number in given.articles:
            for _ in write(search, source, number, given.batch):
                if given.refresh:
                    search.refresh()
            rows.append(server.spent(before, number))
            before = server.used()
        search.close()
    return rows


def main() -> None:
    """Prints one line for each set of flags and number of articles."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--flags", action="append", help="ES_JAVA_OPTS; none: Presswire's own")
    parser.add_argument("--articles", type=int, nargs="+", default=[1400])
    parser.add_argument("--batch", type=int, default=50)
    parser.add_argument("--refresh", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    articles = read_articles(given.folder)
    print(f"{len(articles)} articles")
    found: dict[str, list[list[Counter[str]]]] = {}
    for _ in range(given.rounds):
        for flags in given.flags or [""]:
            rows = measure(flags, articles, given)
            found.setdefault(flags, []).append(rows)
            print(f"{flags or 'ours'}: {'; '.join(map(told, rows))}", flush=True)
    print("medians of all rounds")
    names = ["start, s", *given.articles]
    for flags, rounds in found.items():
        for name, rows in zip(names, zip(*rounds, strict=True), strict=True):
            totals = sorted(row.total() for row in rows)
            middle = statistics.median(totals)
            print(
                f"{flags or 'ours'} | {name} | {middle:.1f} ({totals[0]:.1f} to {totals[-1]:.1f})"
            )


if __name__ == "__main__":
    main()
