"""`presswire ingest`."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
from rich.progress import track

from schemas.page import StoredPage
from workers import urls
from workers.adapters.archive.page_files import read_pages
from workers.adapters.archive.warc_reader import BadRecord
from workers.celery_app.publishing import stage_runner
from workers.cli.support.address import WebAddress
from workers.cli.support.progress import STALLED, wait_for_pages
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, make_console, say
from workers.delivery.ingest import ingest_page
from workers.parse.file_page_url import with_declared_url
from workers.parse.plaintext.form import detect_form
from workers.services import Services

MIN_FILES_FOR_PROGRESS = 20
MAX_REPORTS_OF_A_FILE = 20


@click.command()
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FILE|FOLDER...",
)
@click.option(
    "--url",
    type=WebAddress(),
    default="",
    help="Where the page was; by default, what it says itself.",
)
@click.option("--outlet", default="", help="Its outlet; by default, found by its address.")
@click.option("--wait", is_flag=True, help="Wait until every page has ended, and count how.")
def ingest(files: tuple[Path, ...], url: str, outlet: str, *, wait: bool) -> None:
    """Bring pages from files into the index: HTML, WARC, and flattened text (a page as a scraper
    dumped it). Folders are searched with all their subfolders.

    \f

    Raises:
        CommandError: --url was given for several files.
    """
    services = command_services()
    paths = [path for given in files for path in _files_in(given)]
    if url and len(paths) > 1:
        raise CommandError("--url is for one file; these are several")
    sent: list[str] = []
    for path in track(
        paths,
        "sending",
        console=make_console(to_stderr=True),
        disable=len(paths) < MIN_FILES_FOR_PROGRESS,
    ):
        for page in _readable_pages(path, url, services):
            form = detect_form(page.body)
            fetched = ingest_page(stage_runner(), with_declared_url(page, form), form, outlet)
            if fetched is None:
                say(f"{page.url}: only archived, as a later fetch of it is known", to_stderr=True)
            else:
                sent.append(fetched.page_id)
    say(f"{len(sent)} pages sent to parse.")
    if wait:
        _wait_and_count(services, sent)


def _files_in(path: Path) -> list[Path]:
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    files = [each for each in inside if each.is_file()]
    if not files:
        say(f"{path}: {'no file in it' if path.is_dir() else 'is not a file'}", to_stderr=True)
    return files


def _readable_pages(path: Path, url: str, services: Services) -> Iterator[StoredPage]:
    number = 0
    bad = _BadRecords()
    try:
        pages = read_pages(path, url, services.now(), bad.report)
        for number, page in enumerate(pages, 1):  # noqa: B007  the last
            if page.url.startswith("file:") or not (error := urls.url_error(page.url)):
                yield page
            else:
                say(f"{path}: {page.url!r}: {error}; left out", to_stderr=True)
    except OSError as failure:
        say(f"{path}: {failure.strerror or failure}; left out", to_stderr=True)
    else:
        if not number:
            say(f"{path}: no page in it", to_stderr=True)
    if bad.number > MAX_REPORTS_OF_A_FILE:
        say(f"{path}: {bad.number:,} records could not be read in all", to_stderr=True)


class _BadRecords:
    """Prints the first bad records of a file, and counts all."""

    def __init__(self) -> None:
        self.number = 0

    def report(self, bad: BadRecord) -> None:
        """Take the next one."""
        self.number += 1
        if self.number <= MAX_REPORTS_OF_A_FILE:
            say(f"{bad}; left out", to_stderr=True)


def _wait_and_count(services: Services, sent: list[str]) -> None:
    has_ended = wait_for_pages(services, sent)
    rows = [row for page_id in set(sent) if (row := services.ledger.row(page_id))]
    ends = Counter(row.state if row.final else f"under way: {row.state}" for row in rows)
    table = SafeTable("end", "pages")
    for end, number in ends.most_common():
        table.add_row(end, str(number))
    display(table)
    if not has_ended:
        raise CommandError(STALLED)
