"""`presswire outlet add|try|pause|resume|import|export`."""

from contextlib import closing
from pathlib import Path

import click
from msgspec.structs import replace

from workers import outlets
from workers.cli.support.address import WebAddress
from workers.cli.support.outlet_files import (
    UNKNOWN_LANGUAGE,
    read_opml,
    set_paused,
    to_toml,
    write_new,
    write_opml,
)
from workers.cli.support.outlet_probe import OutletProbe, SourceLook, propose
from workers.cli.support.outlet_samples import Sample, SampleReader
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, say

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="add")
@click.argument("home", type=WebAddress(), metavar="URL")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Where to write.")
@click.option("--dry-run", is_flag=True, help="Show what was found; write nothing.")
def add_outlet(home: str, output: Path | None, *, dry_run: bool) -> None:
    """Find an outlet's feeds, sitemaps and sections from its home page, and write its file.

    \f

    Raises:
        CommandError: nothing was found, or the file is there already.
    """
    services = command_services()
    folder = Path(services.settings.outlets)
    probe = OutletProbe(services)
    found, looks = propose(probe, home)
    with closing(SampleReader(services, probe)) as reader:
        samples = reader.read(found, looks)
    if 2 * sum(sample.is_shell for sample in samples) > len(samples):
        found = replace(found, render="when_empty")
    languages = [sample.language for sample in samples if sample.language]
    if found.language == UNKNOWN_LANGUAGE and languages:
        found = replace(found, language=max(languages, key=languages.count))
    _show(looks, samples)
    if not any(look.pages for look in looks):
        raise CommandError(
            f"{home}: no feed, sitemap or page names an article: nothing was written. "
            "Perhaps a script writes the page; look for its feed, and write the file yourself"
        )
    say("\n" + to_toml(found).rstrip())
    path = output or folder / found.country / f"{found.id}.toml"
    if dry_run:
        say(f"\nnothing was written; without --dry-run it would be {path}")
        return
    if output is None and (others := list(folder.glob(f"*/{found.id}.toml"))):
        raise CommandError(f"{others[0]} is there already: nothing was written")
    write_new(path, found)
    say(f"\nwritten: {path}")


@click.command(name="try")
@click.argument("file", type=_FILE)
def try_outlet(file: Path) -> None:
    """Look once at what the sources in an outlet's FILE yield. Nothing is stored.

    \f

    Raises:
        CommandError: the file has mistakes, or its sources yield nothing.
    """
    found, errors = outlets.read(file)
    if found is None:
        raise CommandError("\n".join(errors))
    services = command_services()
    probe = OutletProbe(services, found)
    looks = probe.look_at_all(found)
    with closing(SampleReader(services, probe)) as reader:
        _show(looks, reader.read(found, looks))
    if not any(look.pages for look in looks):
        raise CommandError(f"{file}: its sources yield nothing")


@click.command()
@click.argument("outlet_id", metavar="OUTLET")
def pause(outlet_id: str) -> None:
    """Poll and fetch an outlet no more; what is queued waits."""
    _set_paused(outlet_id, paused=True)


@click.command()
@click.argument("outlet_id", metavar="OUTLET")
def resume(outlet_id: str) -> None:
    """Poll and fetch a paused outlet again."""
    _set_paused(outlet_id, paused=False)


@click.command(name="import")
@click.argument("file", type=_FILE)
@click.option("--language", default=UNKNOWN_LANGUAGE, show_default=True, help="Of all its outlets.")
def import_outlets(file: Path, language: str) -> None:
    """Write an outlet's file for each site in an OPML FILE; those that are there stay."""
    folder = Path(command_services().settings.outlets)
    written = known = 0
    for found in read_opml(file, language):
        if list(folder.glob(f"*/{found.id}.toml")):
            known += 1
            say(f"{found.id} is there already", to_stderr=True)
            continue
        write_new(folder / found.country / f"{found.id}.toml", found)
        written += 1
    say(f"{written} outlets written, {known} were there already.")


@click.command(name="export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_outlets(file: Path) -> None:
    """Write the feeds of all outlets to FILE, as OPML."""
    found = outlets.load(Path(command_services().settings.outlets))
    say(f"{write_opml(found.values(), file)} feeds written to {file}.")


def _set_paused(outlet_id: str, *, paused: bool) -> None:
    folder = Path(command_services().settings.outlets)
    path = next((each for each in outlets.outlet_files(folder) if each.stem == outlet_id), None)
    if path is None:
        raise CommandError(f"no outlet {outlet_id!r}; `presswire outlet list` shows all")
    set_paused(path, paused=paused)
    say(f"{path}: {'paused' if paused else 'goes on'}, within 5 seconds where workers run.")


def _show(looks: list[SourceLook], samples: list[Sample]) -> None:
    table = SafeTable("source", "address", "articles", "problem")
    for look in looks:
        table.add_row(look.kind, look.url, str(len(look.pages)), look.problem)
    display(table)
    for each in samples:
        if each.problem:
            say(f"- {each.url}\n  no article: {each.problem}")
            continue
        facts = [each.published, each.authors, each.language, f"{each.words} words"]
        say(f"- {each.title}\n  {each.url}\n  {' · '.join(filter(None, facts))}")


COMMANDS: tuple[click.Command, ...] = (
    add_outlet,
    try_outlet,
    pause,
    resume,
    import_outlets,
    export_outlets,
)
