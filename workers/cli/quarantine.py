"""`presswire quarantine list|show|retry|drop`."""

from collections.abc import Callable, Iterator
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.table import Table

from workers.adapters.redis.quarantine import BEGINNING, END, QuarantineEntry
from workers.celery_app.tasks import stage_runner
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.services import command_services
from workers.delivery.requeue import requeue as retry_entry


def _filter_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("--stage", default="", help="Only of this stage."),
        click.option("--reason", default="", help="Only with this reason."),
        click.option("--outlet", default="", help="Only of this outlet."),
        click.option(
            "--since", type=DatetimeParam(), default=BEGINNING, help="Not before this time."
        ),
        click.option("--until", type=DatetimeParam(), default=END, help="Not after this time."),
    ):
        command = option(command)
    return command


def _select_entries(ids: tuple[str, ...], filters: dict[str, Any]) -> Iterator[QuarantineEntry]:
    store = command_services().quarantine
    if not ids:
        yield from store.entries(step=filters.pop("stage"), **filters)
    for entry_id in ids:
        entry = store.get(entry_id)
        if entry is None:
            raise click.ClickException(f"{entry_id}: no such entry; `presswire quarantine list`")
        yield entry


@click.group()
def quarantine() -> None:
    """See, retry or drop what failed for good."""


@quarantine.command("list")
@_filter_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_entries(*, as_json: bool, **filters: Any) -> None:  # noqa: ANN401  the options above
    """List entries, oldest first."""
    if as_json:
        for entry in _select_entries((), filters):
            click.echo(msgspec.json.encode(entry))
        return
    table = Table("entry", "time", "stage", "reason", "attempts", "address", "detail")
    for entry in _select_entries((), filters):
        at = entry.at.isoformat(" ", "seconds")[:19]
        cells = (entry.id, at, entry.step, entry.reason, str(entry.attempts), entry.url)
        table.add_row(*cells, entry.detail[:120])
    Console().print(table if table.row_count else "Nothing in quarantine.")


@quarantine.command()
@click.argument("entry_id")
def show(entry_id: str) -> None:
    """Show all of one entry: its traceback, its message and the key of its raw page."""
    (entry,) = _select_entries((entry_id,), {})
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        click.echo(f"{name:12} {value.decode() if isinstance(value, bytes) else value}")


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ENTRY]...")
@_filter_options
def retry(ids: tuple[str, ...], **filters: Any) -> None:  # noqa: ANN401  the options above
    """Send entries to their stage again, with fresh attempts: those named, or all that match."""
    sent = sum(retry_entry(stage_runner(), entry) for entry in list(_select_entries(ids, filters)))
    click.echo(f"{sent} sent again.")


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ENTRY]...")
@_filter_options
@click.confirmation_option(prompt="Forget these entries?")
def drop(ids: tuple[str, ...], **filters: Any) -> None:  # noqa: ANN401  the options above
    """Forget entries: those named, or all that match."""
    store = command_services().quarantine
    dropped = sum(store.drop(entry.id) for entry in list(_select_entries(ids, filters)))
    click.echo(f"{dropped} dropped.")
