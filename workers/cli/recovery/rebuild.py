"""`presswire rebuild`."""

from collections.abc import Iterable

import click
from rich.progress import track

from schemas.events import PageFetched
from workers.celery_app.app import app, topology
from workers.celery_app.publishing import stage_runner
from workers.cli.support.cluster_rebuild import rebuild_clusters
from workers.cli.support.event_rebuild import rebuild_events
from workers.cli.support.services import command_services
from workers.cli.support.terminal import make_console, say
from workers.delivery.rebuild import restore_pages
from workers.delivery.replay import send_again

UNKNOWN = """\
What neither archive nor index knows, and is gone:
- pages that were announced and not fetched yet, and those that failed: they are fetched when their
  feeds name them again; what a feed names no more: presswire backfill OUTLET --since DAY
- quarantine and rejected pages: those of the archive were sent to parse, and end there again
- when feeds and pages were to be asked next, and what hosts had asked for: all feeds are polled now
- API tokens, saved searches, subscriptions at hubs, backfills: only a copy of Redis has them
  (presswire token create; presswire backfill)"""


@click.command()
@click.option("--rate", type=click.FloatRange(min=0.1), default=50.0, show_default=True)
def rebuild(rate: float) -> None:
    """After a loss of Redis: make frontier, ledger, fingerprints and events anew from archive and
    index.

    Workers may go on; until this is done they fetch nothing and cluster nothing. Archived pages
    that no document shows are sent to parse again, RATE a second at most. It may be repeated.
    """
    services = command_services()
    mark, now = services.memory_mark, services.now()
    mark.begin_rebuild(now)
    # first: what comes into the index after this is sent to parse, or is read below
    restored = restore_pages(services, now)
    say(f"{restored.records} archived pages and {restored.documents} documents remembered.")
    days = services.settings.dedupe_window_days
    read, changed = rebuild_clusters(services.search, services.fingerprint_store, now, days)
    say(f"{read} articles of the last {days} days read; {changed} have another cluster or role.")
    if services.relates_events:
        days = services.settings.event_window_days
        read, changed = rebuild_events(services.search, services.news_event_store, now, days)
        say(f"{read} articles of the last {days} days related; {changed} tell another event.")
    mark.keep(now)
    sent = _send(restored.unexplained.values(), rate)
    say(
        f"{sent} pages sent to parse: the index does not have them. They were refused, are another "
        "address of an article, or were under way."
    )
    say(UNKNOWN)


def _send(pages: Iterable[PageFetched], rate: float) -> int:
    """Return the number of pages that were sent to parse."""
    with app.connection_for_read() as connection:
        sent = send_again(
            stage_runner(), pages, rate, lambda: sum(topology.depths(connection).values())
        )
        return sum(1 for _ in track(sent, "parse", console=make_console(to_stderr=True)))
