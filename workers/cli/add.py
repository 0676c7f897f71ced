"""`presswire add`: addresses from the command line, from a list or from a CSV file."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from schemas.events import PageFound
from workers import urls
from workers.cli.support.address import WebAddress
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, say
from workers.outlets import Outlets

MANUAL_PRIORITY = 1


@click.command()
@click.argument(
    "sources", nargs=-1, required=True, type=WebAddress(or_name=True), metavar="URL|FILE..."
)
@click.option("--again", is_flag=True, help="Fetch also what was fetched before.")
def add(sources: tuple[str, ...], *, again: bool) -> None:
    """Queue addresses for fetching: each URL, and each address in a FILE (one a line, or a CSV
    file with a column "url" and optionally a column "outlet")."""
    services = command_services()
    pages = list(_found_pages(sources, services.outlets))
    if again:
        new = sum(services.frontier.reschedule(page, services.now()) for page in pages)
    else:
        new = services.frontier.add(pages)
    say(f"{new} queued, {len(pages) - new} known already.")


def _found_pages(sources: Iterable[str], outlets: Outlets) -> Iterator[PageFound]:
    for source in sources:
        rows = _read_list(Path(source)) if "://" not in source else [(source, "")]
        for url, outlet_id in rows:
            if error := urls.url_error(url):
                raise CommandError(f"{source}: {url!r} is not an address on the web: {error}")
            outlet = outlets.by_host(url)
            host = urls.domain_of(url)
            yield PageFound(
                page_id=urls.page_id(url),
                outlet=outlet_id or (outlet.id if outlet else host),
                url=urls.fetch_url(url),
                found_in=source,
                priority=MANUAL_PRIORITY,
            )


def _read_list(path: Path) -> list[tuple[str, str]]:
    """Return the (address, outlet) pairs of a file; the outlet may be empty.

    Raises:
        CommandError: the file is not UTF-8 text, not CSV, or has no column "url".
    """
    try:
        rows = list(_read_rows(path))
    except UnicodeDecodeError as error:
        raise CommandError(f"{path}: is not text in UTF-8; save it as such") from error
    except csv.Error as error:
        raise CommandError(f"{path}: is not a CSV file: {error}") from error
    if not rows:
        say(f"{path}: no address in it", to_stderr=True)
    return rows


def _read_rows(path: Path) -> Iterator[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        if path.suffix == ".csv":
            table = csv.DictReader(lines)
            if "url" not in (table.fieldnames or ["url"]):
                raise CommandError(f'{path}: no column "url" in its first line')
            for row in table:
                if url := (row["url"] or "").strip():
                    yield url, (row.get("outlet") or "").strip()
            return
        yield from ((line.strip(), "") for line in lines if line.strip() and line[0] != "#")
