"""`presswire trace URL`."""

import click
from rich.table import Table

from workers import urls
from workers.cli.overview.life import Line, tell
from workers.cli.support.address import WebAddress
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display


@click.command()
@click.argument("url", type=WebAddress(or_name=True))
def trace(url: str) -> None:
    """Tell the life of URL: where it was found, its fetch with status and archive key, what each
    stage made of it, its document with cluster and earlier versions, and when it is visited again.
    Where it was found is kept until it has been fetched, and with its failures.

    \f

    Raises:
        CommandError: the page was never seen.
    """
    page_id = urls.page_id(url)
    lines = tell(command_services(), page_id)
    if not lines:
        raise CommandError(f"{url}: never seen (page {page_id}); `presswire add` queues it")
    display(_table_of(lines))


def _table_of(lines: list[Line]) -> Table:
    table = SafeTable(show_header=False, box=None)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, words in lines:
        table.add_row(name, words)
    return table
