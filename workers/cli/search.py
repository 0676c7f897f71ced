"""`presswire search QUERY`."""

import secrets
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import click
from rich.console import Group
from rich.text import Text

from workers.adapters.elasticsearch.reader import SearchReader
from workers.cli.support.services import command_services
from workers.cli.support.terminal import (
    CommandError,
    SafeTable,
    highlight,
    make_console,
    say,
    say_json,
)
from workers.search.export import ExportOptions, export_documents
from workers.search.formats import FORMATS, encode_export
from workers.search.outlet_sets import check_collections
from workers.search.params import (
    MAX_PAGE_SIZE,
    SORTS,
    InvalidSearchError,
    SearchParams,
    Sort,
    parse_zone,
)
from workers.search.query.lexer import QueryError
from workers.search.results import Hit, Results
from workers.search.service import run_search
from workers.terminal_text import terminal_safe


@click.command()
@click.argument("query", nargs=-1)
@click.option("--sort", type=click.Choice(SORTS), help="Default: relevance, else newest first.")
@click.option("-n", "--number", type=click.IntRange(1), default=10, help="Hits to show.")
@click.option("--reprints", is_flag=True, help="Every article, not one of each cluster.")
@click.option("--zone", default="UTC", help="Whose days are meant, as in Europe/Berlin.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a hit and line.")
@click.option(
    "--export",
    type=click.Path(path_type=Path, dir_okay=False),
    help=f"Write all hits, with their text, to a file: .{', .'.join(FORMATS)}",
)
@click.option("--fields", default="", help="Of an export: names with commas. Default: all.")
@click.option(
    "--sample", type=click.IntRange(0), default=0, help="Of an export: so many at random."
)
@click.option("--seed", default=0, help="Of a sample: the same seed takes the same articles.")
def search(
    query: tuple[str, ...],
    sort: Sort | None,
    number: int,
    export: Path | None,
    **more: Any,  # noqa: ANN401  click gives each option its type
) -> None:
    """Search the index.

    \b
    presswire search river flood outlet:courier after:7d
    presswire search '"nine votes to four" OR (council AND budget) -lang:de'
    presswire search 'author:"Ada Quill"' --export quill.csv --fields time,outlet,title

    Fields: title body caption quote outlet collection country lang author section tag agency place
    said by cluster event role kind id url after before on words shared changed changes
    changed_words changed_in missing.

    \f

    Raises:
        CommandError: the query or another parameter is not valid.
    """
    try:
        params = SearchParams(
            query=" ".join(query),
            sort=sort,
            size=min(number, MAX_PAGE_SIZE),
            is_collapsed=not more["reprints"],
            zone=parse_zone(more["zone"]),
        )
        reader = SearchReader(command_services().search)
        check_collections(reader, params)
        if export:
            names = tuple(name.strip() for name in more["fields"].split(",") if name.strip())
            _export(reader, params, export, ExportOptions(names, more["sample"], more["seed"]))
        elif more["as_json"]:
            for hit in _first_hits(_pages(reader, params, number), number):
                say_json(hit)
        else:
            _show_hits(list(_pages(reader, params, number)), number)
    except QueryError as error:
        raise CommandError(error.pointing()) from None
    except InvalidSearchError as error:
        raise CommandError(str(error)) from None


def _pages(reader: SearchReader, params: SearchParams, number: int) -> Iterator[Results]:
    """Yield pages until they have `number` hits; the last page may have more."""
    key, cursor, left = secrets.token_bytes(), "", number
    while left > 0:
        results = run_search(reader, params, key, cursor)
        yield results
        left -= len(results.hits)
        if results.cursor is None:
            return
        cursor = results.cursor


def _first_hits(pages: Iterable[Results], number: int) -> Iterator[Hit]:
    return islice(chain.from_iterable(page.hits for page in pages), number)


def _show_hits(pages: list[Results], number: int) -> None:
    last, console = pages[-1], make_console()
    for hint in last.hints:
        console.print(Text(terminal_safe(hint), "yellow"))
    if not last.total:
        console.print("Nothing found.")
        return
    table = SafeTable("time", "outlet", "story", show_lines=True)
    for hit in _first_hits(pages, number):
        table.add_row(hit.time[:16].replace("T", " "), terminal_safe(hit.outlet), _hit_cell(hit))
    console.print(table)
    console.print(f"{last.total:,} articles in {last.stories:,} stories, by {last.sort}")


def _hit_cell(hit: Hit) -> Group:
    lines = [Text.assemble(highlight(hit.title, "bold yellow underline"))]
    lines += [highlight(extract) for extract in hit.extracts[:1]]
    if hit.cluster:
        others = [terminal_safe(each.outlet) for each in hit.cluster.members if each.id != hit.id]
        names = ", ".join(dict.fromkeys(others))
        lines.append(Text(f"{hit.cluster.outlets} outlets: also {names}", "cyan"))
    lines.append(Text(terminal_safe(hit.url), "dim"))
    return Group(*lines)


def _export(reader: SearchReader, params: SearchParams, path: Path, options: ExportOptions) -> None:
    """Write the export to `path`; until it is complete, the file has another name.

    Raises:
        CommandError: the name does not end in a known format.
        ExportBrokenError: the export is incomplete.
    """
    file_format = FORMATS.get(path.suffix.removeprefix(".").lower())
    if file_format is None:
        raise CommandError(f"{path.name}: end it in .{' or .'.join(FORMATS)}")
    unfinished = path.with_name(f"{path.name}.part")
    total = 0

    def counted() -> Iterator[list[dict[str, object]]]:
        nonlocal total
        for batch in export_documents(reader, params, options):
            total += len(batch)
            yield batch

    with unfinished.open("wb") as file:
        for chunk in encode_export(counted(), file_format, options.fields, params.zone):
            file.write(chunk)
    unfinished.replace(path)
    say(f"{total:,} articles in {path}")
