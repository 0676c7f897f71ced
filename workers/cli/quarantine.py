"""`presswire quarantine list|show|retry|drop` and `presswire rejected list|count|retry`."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import click
from rich.text import Text

from workers.adapters.redis.quarantine import BEGINNING, END, Quarantine, QuarantineEntry
from workers.celery_app.publishing import stage_runner
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, say, say_json
from workers.delivery.requeue import requeue as retry_entry
from workers.delivery.requeue import still_rejected
from workers.pipeline import STAGES
from workers.terminal_text import terminal_safe

ID_WIDTH = 17 + max(len(stage.name) for stage in STAGES)  # 16 hex digits, a dot, a stage


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


def _select_entries(
    store: Quarantine, ids: tuple[str, ...], filters: dict[str, Any], command: str = "quarantine"
) -> Iterator[QuarantineEntry]:
    """Yield the entries of `store` that are named, or all that match if none is.

    Raises:
        CommandError: there is no such entry, or several.
    """
    if not ids:
        yield from store.entries(step=filters.pop("stage"), **filters)
    for beginning in ids:
        found = store.ids_beginning(beginning)
        entry = store.get(found[0]) if found else None
        if entry is None:
            raise CommandError(f"{beginning}: no such entry; `presswire {command} list`")
        if len(found) > 1:
            raise CommandError(f"{beginning}: begins several entries: {', '.join(found)}")
        yield entry


def _print_entries(entries: Iterable[QuarantineEntry], *, as_json: bool, nothing: str) -> None:
    """Print a table of `entries`, or one JSON object a line."""
    if as_json:
        for entry in entries:
            say_json(entry)
        return
    # an entry's id is never broken: it is copied from here
    table = SafeTable(box=None, pad_edge=False)
    table.add_column("entry", no_wrap=True, min_width=ID_WIDTH)
    for name in ("time", "reason, attempts", "address, detail"):
        table.add_column(name, overflow="fold")
    for entry in entries:
        why = f"{entry.reason}, {entry.attempts}" if entry.attempts else entry.reason
        what = f"{terminal_safe(entry.url)}\n{terminal_safe(entry.detail[:120])}"
        table.add_row(entry.id, f"{entry.at:%m-%d %H:%M}", why, Text(what))
    display(table if table.row_count else nothing)


@click.group()
def quarantine() -> None:
    """See, retry or drop what failed for good."""


@quarantine.command("list")
@_filter_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_entries(*, as_json: bool, **filters: Any) -> None:  # noqa: ANN401  the options above
    """List entries, oldest first."""
    entries = _select_entries(command_services().quarantine, (), filters)
    _print_entries(entries, as_json=as_json, nothing="Nothing in quarantine.")


@quarantine.command()
@click.argument("entry_id", metavar="ENTRY")
def show(entry_id: str) -> None:
    """Show all of one ENTRY: its traceback, its message and the key of its raw page. The beginning
    of its id is enough, if no other begins so."""
    (entry,) = _select_entries(command_services().quarantine, (entry_id,), {})
    for name in entry.__struct_fields__:
        value = getattr(entry, name)
        say(f"{name:12} {value.decode() if isinstance(value, bytes) else value}")


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ENTRY]...")
@_filter_options
def retry(ids: tuple[str, ...], **filters: Any) -> None:  # noqa: ANN401  the options above
    """Send entries to their stage again, with fresh attempts: those named, or all that match."""
    entries = list(_select_entries(command_services().quarantine, ids, filters))
    sent = sum(retry_entry(stage_runner(), entry) for entry in entries)
    say(f"{sent} sent again.")


@quarantine.command()
@click.argument("ids", nargs=-1, metavar="[ENTRY]...")
@_filter_options
@click.confirmation_option(prompt="Forget these entries?")
def drop(ids: tuple[str, ...], **filters: Any) -> None:  # noqa: ANN401  the options above
    """Forget entries: those named, or all that match."""
    store = command_services().quarantine
    dropped = sum(store.drop(entry.id) for entry in list(_select_entries(store, ids, filters)))
    say(f"{dropped} dropped.")


@click.group()
def rejected() -> None:
    """See pages that were rejected, and send them again: the newest 100,000."""


@rejected.command("list")
@_filter_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def list_pages(*, as_json: bool, **filters: Any) -> None:  # noqa: ANN401  the options above
    """List rejected pages, oldest first."""
    services = command_services()
    entries = still_rejected(services, _select_entries(services.rejected, (), filters))
    _print_entries(entries, as_json=as_json, nothing="No page is rejected.")


@rejected.command()
@_filter_options
def count(**filters: Any) -> None:  # noqa: ANN401  the options above
    """Count rejected pages by reason and outlet."""
    services = command_services()
    entries = still_rejected(services, _select_entries(services.rejected, (), filters))
    numbers = Counter((entry.reason, entry.outlet) for entry in entries)
    table = SafeTable("reason", "outlet", "pages")
    for (reason, outlet), number in numbers.most_common():
        table.add_row(reason, outlet, str(number))
    display(table if numbers else "No page is rejected.")


@rejected.command("retry")
@click.argument("ids", nargs=-1, metavar="[ENTRY]...")
@_filter_options
def retry_pages(ids: tuple[str, ...], **filters: Any) -> None:  # noqa: ANN401  the options above
    """Send rejected pages again, with fresh attempts: those named, or all that match."""
    services = command_services()
    entries = _select_entries(services.rejected, ids, filters, "rejected")
    runner = stage_runner()
    chosen = list(still_rejected(services, entries))
    sent = sum(retry_entry(runner, entry, services.rejected) for entry in chosen)
    say(f"{sent} sent again.")
