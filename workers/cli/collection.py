"""`presswire collection list|set|delete|export|import`."""

from pathlib import Path
from typing import BinaryIO

import click
import msgspec

from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, say
from workers.search.outlet_sets import Collection, new_collection
from workers.search.params import InvalidSearchError
from workers.terminal_text import terminal_safe


@click.group()
def collection() -> None:
    """Name sets of outlets, which `collection:NAME` searches."""


@collection.command("list")
def list_collections() -> None:
    """List collections with their outlets."""
    table = SafeTable("collection", "outlets")
    for name, outlets in command_services().search.collections().items():
        table.add_row(terminal_safe(name), terminal_safe(" ".join(outlets)))
    display(table if table.row_count else "No collections.")


@collection.command("set")
@click.argument("name")
@click.argument("outlets", nargs=-1, required=True)
def set_collection(name: str, outlets: tuple[str, ...]) -> None:
    """Make the collection NAME of these outlets' ids, or change it.

    \f

    Raises:
        CommandError: the name or an id cannot be one.
    """
    try:
        kept = new_collection(name, outlets)
    except InvalidSearchError as error:
        raise CommandError(str(error)) from None
    command_services().search.put_collection(kept.name, kept.outlets)
    say(f"collection:{kept.name} has {len(kept.outlets)} outlets.")


@collection.command("export")
@click.argument("file", type=click.File("wb"), default="-")
def export_collections(file: BinaryIO) -> None:
    """Write all collections to FILE, as JSON: nothing else keeps them but Elasticsearch."""
    kept = [Collection(*each) for each in command_services().search.collections().items()]
    file.write(msgspec.json.format(msgspec.json.encode(kept)) + b"\n")


@collection.command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_collections(file: Path) -> None:
    """Make the collections of FILE, which `export` wrote, or change those of the same names;
    others stay as they are.

    \f

    Raises:
        CommandError: the file cannot be read, or a collection in it is none; nothing was changed.
    """
    try:
        read = msgspec.json.decode(file.read_bytes(), type=list[Collection])
        kept = [new_collection(each.name, each.outlets) for each in read]
    except msgspec.DecodeError as error:
        raise CommandError(f"{file}: no export of collections: {error}") from None
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from None
    except InvalidSearchError as error:
        raise CommandError(f"{file}: {error}") from None
    for each in kept:
        command_services().search.put_collection(each.name, each.outlets)
    say(f"{len(kept)} collections.")


@collection.command()
@click.argument("name")
def delete(name: str) -> None:
    """Delete the collection NAME; its outlets stay as they are.

    \f

    Raises:
        CommandError: there is no such collection.
    """
    if not command_services().search.delete_collection(name):
        raise CommandError(f"{name}: no such collection; `presswire collection list`")
    say("Deleted.")
