"""`presswire token create|list|revoke`."""

import click

from workers.adapters.redis.tokens import Tokens
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, say
from workers.terminal_text import terminal_safe


def _token_store() -> Tokens:
    services = command_services()
    return Tokens(services.redis, services.settings.prefix)


@click.group()
def token() -> None:
    """Hand out and take back tokens of the search API."""


@token.command()
@click.argument("name")
@click.option(
    "--days", type=click.IntRange(1), help="How long it is valid; by default, without end."
)
def create(name: str, days: int | None) -> None:
    """Make a token for NAME (a person or program) and print it, this once."""
    say(_token_store().create(name, command_services().now(), days))


@token.command("list")
def list_tokens() -> None:
    """List tokens, oldest first."""
    table = SafeTable("token", "name", "created", "expires")
    for each in _token_store().all():
        expires = each.expires.date().isoformat() if each.expires else "never"
        table.add_row(each.id, terminal_safe(each.name), each.created.date().isoformat(), expires)
    display(table if table.row_count else "No tokens.")


@token.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Make a token invalid at once.

    \f

    Raises:
        CommandError: there is no such token.
    """
    if not _token_store().revoke(token_id):
        raise CommandError(f"{token_id}: no such token; `presswire token list`")
    say("Revoked.")
