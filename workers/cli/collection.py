"""`presswire collection list|set|delete`."""

import click

from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, say
from workers.search.outlet_sets import new_collection
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
