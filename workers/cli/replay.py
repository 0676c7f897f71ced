"""`presswire replay`."""

from datetime import datetime

import click
from rich.console import Console
from rich.progress import track

from schemas.events import PageFound
from workers.adapters.redis.quarantine import BEGINNING, END
from workers.celery_app.app import app, topology
from workers.celery_app.tasks import stage_runner
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.services import command_services
from workers.delivery.replay import ReplayWindow
from workers.delivery.replay import replay as replay_window
from workers.services import Services


@click.command()
@click.option(
    "--from", "start", type=DatetimeParam(), default=BEGINNING, help="Fetched not before."
)
@click.option("--to", "end", type=DatetimeParam(), default=END, help="Fetched before this.")
@click.option("--outlet", default="", help="Only of this outlet.")
@click.option("--stage", type=click.Choice(["parse", "fetch"]), default="parse", show_default=True)
@click.option("--rate", type=click.FloatRange(min=0.1), default=50.0, show_default=True)
def replay(start: datetime, end: datetime, outlet: str, stage: str, rate: float) -> None:
    """Run archived pages through the pipeline again, RATE a second at most, beside live traffic.

    From parse on every later stage follows; `--stage fetch` asks the outlet again. With another
    PRESSWIRE_PREFIX and the same PRESSWIRE_ARCHIVE it fills a new index.
    """
    services = command_services()
    window = ReplayWindow(start, end, outlet)
    if stage == "fetch":
        click.echo(f"{_fetch_again(services, window)} pages queued for fetching.")
        return
    sent = 0
    with app.connection_for_read() as connection:
        pages = replay_window(
            stage_runner(), window, rate, lambda: sum(topology.depths(connection).values())
        )
        for _ in track(pages, "replay", console=Console(stderr=True)):
            sent += 1
    click.echo(f"{sent} pages sent to parse.")


def _fetch_again(services: Services, window: ReplayWindow) -> int:
    pages = (
        PageFound(
            page_id=fetched.page_id,
            outlet=fetched.outlet,
            url=fetched.url,
            found_in="replay",
        )
        for fetched in services.archive.fetched(window.start, window.end, window.outlet)
    )
    return sum(services.frontier.reschedule(page, services.now()) for page in pages)
