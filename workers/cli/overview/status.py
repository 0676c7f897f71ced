"""`presswire status`."""

import sys
import time
from typing import Any

import click
from rich.live import Live

from workers.cli.overview.sources import Picture, take
from workers.cli.overview.view import draw, draw_outlet
from workers.cli.support import feed_report
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, display, make_console, say_json

WATCH_SECONDS = 2.0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
@click.option("--watch", is_flag=True, help="Live, with rates, until Ctrl-C.")
@click.option("--outlet", default="", help="One outlet: each feed's last and next poll.")
def status(*, as_json: bool, watch: bool, outlet: str) -> None:
    """Show what is where: stages and their workers, frontier, ledger, quarantine, index, memory and
    disk; outlets that are silent; and the feeds whose last polls failed, found nothing or only
    foreign links, or clearly less than usually.

    A server that does not answer costs its own part, and makes the exit code 1.

    \f

    Raises:
        CommandError: there is no such outlet.
    """
    services = command_services()
    if watch:
        _watch()
        return
    picture = take(services, with_workers=not outlet)
    if outlet and not any(due.outlet == outlet for due, _ in picture.feeds):
        raise CommandError(f"{outlet}: no feed of it is known; `presswire outlet list` shows all")
    if as_json:
        say_json(as_object(picture, outlet))
    else:
        display(draw_outlet(picture, outlet) if outlet else draw(picture))
    if picture.silent:
        sys.exit(1)


def as_object(picture: Picture, outlet: str = "") -> dict[str, Any]:
    """Return the picture for programs; of one outlet its feeds alone."""
    feeds = [
        {"feed": due, "report": report, "next_poll": picture.next_polls.get(due.page_id)}
        for due, report in picture.feeds
        if outlet in {"", due.outlet}
    ]
    if outlet:
        return {"outlet": outlet, "last_indexed": picture.last_indexed.get(outlet), "feeds": feeds}
    return {
        **picture.counts,
        "feeds": feed_report.count_feeds(picture.feeds),
        "feed_troubles": list(feed_report.describe_troubles(picture.feeds)),
        "outlet_errors": picture.refused,
        "quarantine": picture.quarantine,
        "waiting_in_vain": picture.waiting_in_vain,
        "workers": picture.workers,
        "last_work": picture.last_work,
        "last_indexed": picture.last_indexed,
        "oldest_under_way": picture.oldest,
        "redis_memory": picture.memory,
        "redis_memory_lost": picture.is_memory_lost,
        "elasticsearch_health": picture.index_health,
        "archive_free_bytes": picture.free_bytes,
        "silent": picture.silent,
    }


def _watch() -> None:
    services = command_services()
    first = take(services)
    try:
        with Live(draw(first), console=make_console(), auto_refresh=False) as live:
            while True:
                time.sleep(WATCH_SECONDS)  # noqa: TID251  a person watches
                live.update(draw(take(services), first), refresh=True)
    except KeyboardInterrupt:
        return
