"""`presswire status`."""

from pathlib import Path

import click

from workers import outlets
from workers.celery_app.app import app, topology
from workers.cli.support import feed_report
from workers.cli.support.services import command_services
from workers.cli.support.terminal import SafeTable, display, say, say_json

MAX_TROUBLES = 30


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As one JSON object.")
def status(*, as_json: bool) -> None:
    """Show what is where: queues, frontier, ledger, quarantine, index; and the feeds whose last
    polls failed, found nothing or only foreign links, or clearly less than usually."""
    services = command_services()
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=2)
        depths = topology.all_depths(connection)
    feeds = services.feed_schedule.reports()
    counts_by_place = {
        "queue": depths,
        "frontier": services.frontier.depth(),
        "ledger": services.ledger.counts(),
        "waits": {"delayed": len(services.delayed_events), "quarantine": len(services.quarantine)},
        "backfills": {"running": len(services.backfills.running())},
        "feeds": feed_report.count_feeds(feeds),
        "index": {"articles": services.search.count()},
    }
    troubles = list(feed_report.describe_troubles(feeds))
    refused = outlets.find_errors(Path(services.settings.outlets))
    if as_json:
        every = {**counts_by_place, "feed_troubles": troubles, "outlet_errors": refused}
        say_json(every)
        return
    table = SafeTable("where", "what", "how many")
    for where, counts in counts_by_place.items():
        for what, number in counts.items():
            table.add_row(where, what, f"{number:,}")
    display(table)
    for line in refused:
        say(f"refused, the last good state stays in force: {line}")
    for line in troubles[:MAX_TROUBLES]:
        say(line)
    if len(troubles) > MAX_TROUBLES:
        say(f"… and {len(troubles) - MAX_TROUBLES} more feeds; --json has all")
