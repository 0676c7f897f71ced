"""`presswire archive stat|show|prune`."""

import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from rich.filesize import decimal

from workers.adapters.redis.quarantine import BEGINNING, END
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.services import command_services
from workers.cli.support.terminal import SafeTable, display, say, say_raw


@click.group()
def archive() -> None:
    """See, read and prune the raw pages."""


@archive.command()
@click.option("--pages", is_flag=True, help="Count the pages of each day and outlet too.")
@click.option(
    "--from", "start", type=DatetimeParam(), default=BEGINNING, help="Pages not before this."
)
@click.option("--to", "end", type=DatetimeParam(), default=END, help="Pages before this.")
def stat(start: datetime, end: datetime, *, pages: bool) -> None:
    """Show how many files there are, how large, from when, and the room that is left."""
    services = command_services()
    files = list(services.archive.store.files())
    table = SafeTable("what", "how much", title=services.settings.archive)
    table.add_row("files", f"{len(files):,}")
    table.add_row("being written", f"{sum(file.is_open for file in files):,}")
    table.add_row("size", decimal(sum(file.size for file in files)))
    if files:
        changed = [file.changed_at for file in files]
        table.add_row("first written", f"{min(changed):%Y-%m-%d %H:%M}")
        table.add_row("last written", f"{max(changed):%Y-%m-%d %H:%M}")
    folder = Path(services.settings.archive)
    if folder.is_dir():
        table.add_row("room left", decimal(shutil.disk_usage(folder).free))
    display(table)
    if pages:
        _count_pages(start, end)


@archive.command()
@click.argument("key")
@click.option("--headers", is_flag=True, help="The status and the headers, not the body.")
def show(key: str, *, headers: bool) -> None:
    """Print the raw page under KEY (`presswire quarantine show` prints the key)."""
    page = command_services().archive.read(key)
    if headers:
        say(f"{page.status} {page.final_url}, fetched {page.fetched_at.isoformat()}")
        for name, value in page.headers:
            say(f"{name}: {value}")
        return
    say_raw(page.body)


@archive.command()
@click.option("--keep-days", type=click.IntRange(min=1), required=True, help="Keep so many days.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted, and delete nothing.")
def prune(keep_days: int, *, dry_run: bool) -> None:
    """Delete files that were last written more than so many days ago.

    Pages in them can no longer be replayed; what is indexed stays.
    """
    services = command_services()
    before = services.now() - timedelta(days=keep_days)
    number = size = 0
    for file in services.archive.prune(before, is_rehearsal=dry_run):
        say(file.name)
        number, size = number + 1, size + file.size
    say(f"{number} files, {decimal(size)}, {'would be deleted' if dry_run else 'deleted'}.")


def _count_pages(start: datetime, end: datetime) -> None:
    counts: Counter[tuple[date, str]] = Counter()
    for fetched in command_services().archive.fetched(start, end):
        counts[fetched.fetched_at.astimezone(UTC).date(), fetched.outlet] += 1
    table = SafeTable("day", "outlet", "pages")
    for (day, outlet), number in sorted(counts.items()):
        table.add_row(day.isoformat(), outlet, f"{number:,}")
    display(table)
