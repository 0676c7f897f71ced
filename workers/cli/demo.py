"""`presswire demo`: the whole pipeline on this machine, with the bundled outlets."""

import os
import re
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from schemas.json import Json
from workers.adapters.elasticsearch.reader import SearchReader
from workers.cli.support.progress import wait_until_ended
from workers.cli.support.terminal import CommandError, SafeTable, highlight, make_console
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.local.running import note_running, note_stopped
from workers.local.signals import unwind_on_sigterm
from workers.local.stack import stack
from workers.local.worker_processes import worker_processes
from workers.search.analysis.news_events import find_events
from workers.search.params import SearchParams
from workers.search.results import Segment, Segments
from workers.server_urls import without_password
from workers.services import Services

FOLDER = Path(".presswire") / "demo"
SAMPLE_QUERY = "harbour bridge"
MAX_ROWS = 200
MIN_OUTLETS = 2
PAGE = "http://127.0.0.1:8000"  # where `presswire serve` is by default
COLUMNS = {
    "outlet": 20,
    "title": 47,
    "published": 16,
    "cluster": 7,
    "role": 8,
    "images": 6,
    "related": 7,
}
MIN_CONSOLE_WIDTH = 136  # characters; a log file has no width of its own


@click.command()
@click.option("--keep", is_flag=True, help="Leave the stack up, and say where it is.")
def demo(*, keep: bool) -> None:
    """Crawl the bundled outlets through the whole pipeline on an embedded stack, and show what
    came out.

    \f

    Raises:
        CommandError: the crawl did not end in time.
    """
    unwind_on_sigterm()
    console = make_console()
    console.width = max(console.width, MIN_CONSOLE_WIDTH)
    with demo_stack() as environment:
        from workers.celery_app.publishing import stage_runner  # noqa: PLC0415  after the settings are known

        services = stage_runner().services
        with worker_processes(environment, FOLDER / "logs"):
            has_ended = wait_until_ended(services, "crawling", lambda: is_quiet(services))
            services.search.refresh()
            console.print(_articles_table(services))
            _show_sample(console, services)
            _show_events(console, services)
            if not has_ended:
                raise CommandError(f"the crawl did not end; see the logs in {FOLDER}/logs")
            if keep:
                _wait_for_interrupt(console, environment)


@contextmanager
def demo_stack() -> Iterator[dict[str, str]]:
    """Run servers and the outlets' web sites, and set up index, queues and feeds, all in FOLDER.

    Yields:
        the environment variables for workers.
    """
    shutil.rmtree(FOLDER, ignore_errors=True)
    with newsstand() as site, stack(FOLDER, os.environ) as environment:
        write_outlets(FOLDER / "outlets", site.port)
        environment["PRESSWIRE_OUTLETS"] = str((FOLDER / "outlets").resolve())
        environment["PRESSWIRE_ALLOW_NETWORKS"] = "127.0.0.0/8"
        environment.setdefault("PRESSWIRE_RELATE_EVENTS", "true")
        os.environ.update(environment)
        note_running(Path.cwd(), environment)
        try:
            from workers.cli.support.bootstrap import bootstrap  # noqa: PLC0415  after the settings are known

            bootstrap()
            yield environment
        finally:
            note_stopped(Path.cwd())


def is_quiet(services: Services) -> bool:
    """Return whether every feed was polled and no page waits or is in flight; later visits to pages
    do not count."""
    frontier = services.frontier.depth()
    waits_now = frontier["pages"] - frontier["later"]
    return (
        services.feed_schedule.all_polled() and waits_now == 0 and services.ledger.in_flight() == 0
    )


def _articles_table(services: Services) -> SafeTable:
    table = SafeTable()
    for name, width in COLUMNS.items():
        table.add_column(name, no_wrap=True, min_width=width, max_width=width)
    request = {"size": MAX_ROWS, "sort": [{"cluster_id": "asc"}, {"time": "asc"}]}
    hits = services.search.search(request)["hits"]["hits"]
    names = _story_names(hits)
    for hit in hits:
        article = hit["_source"]
        table.add_row(
            article["outlet"],
            article["title"],
            article.get("published", "")[:16].replace("T", " "),
            names.get(article["cluster_id"], ""),
            article["role"] if article["cluster_id"] in names else "",
            str(len(article.get("images", ()))),
            str(len(article.get("related", ()))),
        )
    table.title = f"{len(hits)} articles"
    return table


def _story_names(hits: list[Json]) -> dict[str, str]:
    """Return a short name (`#1`) for each cluster of several articles, by cluster id."""
    clusters = [hit["_source"]["cluster_id"] for hit in hits]
    shared = dict.fromkeys(each for each in clusters if clusters.count(each) > 1)
    return {cluster: f"#{number}" for number, cluster in enumerate(shared, 1)}


def _show_events(console: Console, services: Services) -> None:
    """Show which events several outlets told on the last day that has articles."""
    told = find_events(SearchReader(services.search), SearchParams())
    table = SafeTable(title=f"events of the day that ends {told.end[:16].replace('T', ' ')}")
    for name in ("event", "first told by", "outlets", "tellings", "languages"):
        table.add_column(name, no_wrap=True)
    for event in told.events:
        if event.outlets >= MIN_OUTLETS:
            numbers = str(event.outlets), str(event.tellings)
            languages = ", ".join(event.languages)
            table.add_row(event.first.title, event.first.outlet, *numbers, languages)
    console.print(table)


def _show_sample(console: Console, services: Services) -> None:
    fields = {"title": {}, "body": {"fragment_size": 100, "number_of_fragments": 1}}
    request = {
        "query": {
            "multi_match": {"query": SAMPLE_QUERY, "fields": list(fields), "operator": "and"}
        },
        "highlight": {"pre_tags": ["\x01"], "post_tags": ["\x02"], "fields": fields},
        "collapse": {"field": "cluster_id"},
        "size": 5,
    }
    hits = services.search.search(request)["hits"]["hits"]
    console.print(Text.assemble("\nsearch for ", (SAMPLE_QUERY, "bold"), ", one hit a story:"))
    for hit in hits:
        lines = hit["highlight"]
        title = lines.get("title", [hit["_source"]["title"]])[0]
        outlet = f"  ({hit['_source']['outlet']})"
        console.print(Text.assemble("  ", highlight(_segments(title)), outlet))
        for line in lines.get("body", ()):
            console.print(Text.assemble("    … ", highlight(_segments(line)), " …"))


def _segments(text: str) -> Segments:
    """Return a text in which what matched stands between two control characters."""
    parts = re.split("[\x01\x02]", text)
    return tuple(Segment(part, is_hit=number % 2 == 1) for number, part in enumerate(parts))


def _wait_for_interrupt(console: Console, environment: Mapping[str, str]) -> None:
    console.print("\nThe stack stays up until Ctrl-C; other commands here find it by themselves.")
    console.print(f"To search: presswire serve (or ./run serve) in another terminal, then {PAGE}")
    console.print("ops/analysts.md has ten questions to ask it.\n")
    for name, value in sorted(environment.items()):
        console.print(
            f"  {name}={without_password(value) if '://' in value else value}", soft_wrap=True
        )
    try:
        signal.pause()
    except KeyboardInterrupt:
        console.print("stopping …")
