"""`presswire index bootstrap|show-mapping|rollover|prune|migrate`."""

import os
import socket
from datetime import timedelta

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from schemas.index import mapping, naming
from schemas.index.analysis import analysis, analyzer_groups
from schemas.json import Json
from workers.adapters.elasticsearch.capabilities import probe
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.connection import translate_errors
from workers.adapters.elasticsearch.migration.context import Report
from workers.adapters.elasticsearch.migration.plan import plan
from workers.adapters.elasticsearch.migration.runner import READERS_SECONDS, Migration
from workers.cli.support.services import command_services
from workers.cli.support.terminal import (
    CommandError,
    SafeTable,
    display,
    make_console,
    say,
    say_json,
)


@click.group()
def index() -> None:
    """Set up, migrate and roll over the index."""


@index.command()
def bootstrap() -> None:
    """Create templates, indices and aliases, and say what the server lacks. Calling it again
    does no harm."""
    say(command_services().search.bootstrap())


@index.command("show-mapping")
@click.option("--family", default=naming.GENERAL, show_default=True, help="Language family.")
@click.option("--live", is_flag=True, help="Of the existing indices, not of this version.")
def show_mapping(family: str, *, live: bool) -> None:
    """Print the mapping and analyzers of a family as JSON."""
    search = command_services().search
    with translate_errors("mapping"):
        shown = _mapping_of_server(search, family) if live else _mapping_of_version(search, family)
    say_json(shown, indent=2)


def _mapping_of_version(search: SearchIndex, family: str) -> Json:
    has = probe(search.client)
    if family not in analyzer_groups(has.analyzers):
        there = ", ".join(analyzer_groups(has.analyzers))
        raise CommandError(f"{family}: this server has {there}")
    settings = {**mapping.index_settings(), **analysis(family, has.filters)}
    return {"settings": settings, "mappings": mapping.article_mapping()}


def _mapping_of_server(search: SearchIndex, family: str) -> Json:
    alias = naming.write_alias(search.prefix, family)
    found = search.client.options(ignore_status=404).indices.get(index=alias).body
    if "error" in found:
        raise CommandError(f"{family}: no index is called {alias}")
    return {name: {k: row[k] for k in ("settings", "mappings")} for name, row in found.items()}


@index.command()
@click.option("--now", is_flag=True, help="Regardless of size and age.")
def rollover(*, now: bool) -> None:
    """Start a new index for each family whose present one is large or old enough."""
    search = command_services().search
    new = search.roll_over({}) if now else search.roll_over()
    say("\n".join(new) or "None is large or old enough.")


@index.command()
@click.option("--keep-days", type=click.IntRange(min=1), required=True)
@click.confirmation_option(prompt="Delete what is older?")
def prune(keep_days: int) -> None:
    """Delete rolled-over indices all of whose pages were fetched more than KEEP-DAYS days ago,
    and revisions, cluster labels and noted failures of that age."""
    services = command_services()
    gone = services.search.prune(services.now() - timedelta(days=keep_days))
    say(", ".join(f"{number} {what}" for what, number in gone.items()) + " deleted.")


@index.command()
@click.option("--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--again", is_flag=True, help="Also if the index has the present design.")
@click.option(
    "--abort",
    is_flag=True,
    help="Give up a migration, and delete what it has built.",
)
@click.option("--batch", type=click.IntRange(1, 5_000), default=500, show_default=True)
@click.option(
    "--wait-for-readers",
    type=click.IntRange(min=0),
    default=READERS_SECONDS,
    show_default=True,
    help="Seconds that searches under way may go on reading the old generation, at most.",
)
def migrate(*, dry_run: bool, again: bool, abort: bool, batch: int, wait_for_readers: int) -> None:
    """Build the index anew beside the live one, and swap.

    Searches and writes go on meanwhile. After a kill, the next call continues where it was.
    """
    search = command_services().search
    with translate_errors("migrate"):
        planned = plan(search.client, search.prefix)
        if dry_run or not (again or abort or planned.is_needed):
            _show_plan(planned.rows, planned.why)
            return
        with _progress_bar() as shown:
            migration = _migration(search, batch, wait_for_readers, _reporter(shown))
            if abort:
                say(f"given up; {migration.abort(is_gone=_has_ended)} indices deleted")
                return
            done = migration.run(is_gone=_has_ended)
    say(
        f"generation {done.generation} is live with {done.articles:,} articles; "
        f"verified, {done.repaired} copied again; {done.write_blocks} pause(s) of the writers"
    )


def _migration(search: SearchIndex, batch: int, readers_seconds: int, report: Report) -> Migration:
    return Migration(
        search.client,
        search.prefix,
        f"{socket.gethostname()}:{os.getpid()}",
        command_services().now,
        batch=batch,
        readers_seconds=readers_seconds,
        report=report,
    )


def _show_plan(rows: list[tuple[str, int, int]], why: str) -> None:
    table = SafeTable("index", "articles", "megabytes")
    for name, articles, size in rows:
        table.add_row(name, f"{articles:,}", f"{size / 1e6:,.1f}")
    display(table)
    say(why)


def _progress_bar() -> Progress:
    columns = (TextColumn("{task.description:>16}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=make_console(to_stderr=True))


def _reporter(shown: Progress) -> Report:
    line = shown.add_task("begin", total=None)
    return lambda stage, done, total: shown.update(
        line, description=stage, completed=done, total=total
    )


def _has_ended(holder: str) -> bool:
    """Return whether the holder (`HOST:PID`) was a process of this machine that has ended."""
    host, _, process = holder.rpartition(":")
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
