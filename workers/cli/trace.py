"""`presswire trace URL`."""

import click
from rich.table import Table

from workers import urls
from workers.adapters.redis.page_ledger import LedgerRow
from workers.cli.support.address import WebAddress
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display


@click.command()
@click.argument("url", type=WebAddress(or_name=True))
def trace(url: str) -> None:
    """Tell what became of URL: where it is or how it ended, with its reason and attempts.

    \f

    Raises:
        CommandError: the page was never seen.
    """
    services = command_services()
    page_id = urls.page_id(url)
    row = services.ledger.row(page_id)
    place = services.frontier.place_of(page_id)
    if row is None and place is None:
        raise CommandError(f"{url}: never seen (page {page_id}); `presswire add` queues it")
    display(_trace_table(page_id, row, place))


def _trace_table(page_id: str, row: LedgerRow | None, place: str | None) -> Table:
    table = SafeTable(show_header=False, box=None)
    table.add_row("page", page_id)
    if place:
        table.add_row("frontier", place)
    if row:
        table.add_row("url", row.url)
        table.add_row("outlet", row.outlet)
        table.add_row("state", row.state if row.final else f"under way: {row.state}")
        table.add_row("since", row.at.isoformat(timespec="seconds"))
        table.add_row("attempts", ", ".join(f"{k} {v}" for k, v in row.attempts.items()) or "none")
        for name in ("reason", "detail", "document_id"):
            if value := getattr(row, name):
                table.add_row(name, value)
    return table
