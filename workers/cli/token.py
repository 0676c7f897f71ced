"""`presswire token create|list|revoke`."""

import click

from workers.adapters.redis.tokens import TokenRole, Tokens
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
@click.option(
    "--operator", is_flag=True, help="It opens /operations too: quarantine, and its retries."
)
def create(name: str, days: int | None, *, operator: bool) -> None:
    """Make a token for NAME (a person or program) and print it, this once. It is a reader's."""
    role: TokenRole = "operator" if operator else "reader"
    say(_token_store().create(name, command_services().now(), days, role))


@token.command("list")
def list_tokens() -> None:
    """List tokens, oldest first."""
    table = SafeTable("token", "name", "role", "created", "expires")
    for each in _token_store().all():
        expires = each.expires.date().isoformat() if each.expires else "never"
        created = each.created.date().isoformat()
        table.add_row(each.id, terminal_safe(each.name), each.role, created, expires)
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
