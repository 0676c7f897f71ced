"""`presswire replay`."""

from datetime import datetime

import click
from rich.progress import track

from schemas.events import PageFound
from workers.adapters.redis.quarantine import BEGINNING, END
from workers.celery_app.app import app, topology
from workers.celery_app.publishing import stage_runner
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.merged_documents import clean_up_merged
from workers.cli.support.progress import STALLED, wait_for_pages
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, make_console, say
from workers.delivery.replay import ReplayWindow, send_again, shared_story_keys
from workers.services import Services


@click.command()
@click.option(
    "--from", "start", type=DatetimeParam(), default=BEGINNING, help="Fetched not before."
)
@click.option("--to", "end", type=DatetimeParam(), default=END, help="Fetched before this.")
@click.option("--outlet", default="", help="Only of this outlet.")
@click.option("--stage", type=click.Choice(["parse", "fetch"]), default="parse", show_default=True)
@click.option(
    "--merged",
    is_flag=True,
    help="Only pages that one document of version 0.1.0 may hold together; wait, and tidy up.",
)
@click.option("--rate", type=click.FloatRange(min=0.1), default=50.0, show_default=True)
def replay(  # noqa: PLR0913  its options
    start: datetime, end: datetime, outlet: str, stage: str, rate: float, *, merged: bool
) -> None:
    """Run archived pages through the pipeline again, RATE a second at most, beside live traffic.

    From parse on every later stage follows; `--stage fetch` asks the outlet again. With another
    PRESSWIRE_PREFIX and the same PRESSWIRE_ARCHIVE it fills a new index.

    \f

    Raises:
        CommandError: with --merged, nothing moves any more.
    """
    services = command_services()
    window = ReplayWindow(start, end, outlet)
    if merged:
        keys = shared_story_keys(services.archive.fetched(start, end, outlet))
        window = ReplayWindow(start, end, outlet, keys)
    if stage == "fetch":
        say(f"{_fetch_again(services, window)} pages queued for fetching.")
        return
    sent = _send(window, rate)
    say(f"{len(sent)} pages sent to parse.")
    if window.story_keys is not None:
        _tidy_up(services, window, window.story_keys, sent)


def _send(window: ReplayWindow, rate: float) -> set[str]:
    """Return the ids of the pages that were sent to parse."""
    with app.connection_for_read() as connection:
        runner = stage_runner()
        pages = send_again(
            runner,
            window.pages(runner.services.archive),
            rate,
            lambda: sum(topology.depths(connection).values()),
        )
        return {
            page.page_id for page in track(pages, "replay", console=make_console(to_stderr=True))
        }


def _tidy_up(
    services: Services, window: ReplayWindow, keys: frozenset[str], sent: set[str]
) -> None:
    """Wait until the pages have ended, then delete what no page belongs to any more."""
    if not wait_for_pages(services, sent):
        raise CommandError(STALLED)
    pages = services.archive.fetched(window.start, window.end, window.outlet)
    done = clean_up_merged(services, pages, keys)
    say(
        f"{done.documents} documents that no page has any more were deleted, and {done.revisions} "
        "versions of other stories; `presswire cluster rebuild` brings the clusters up to date."
    )


def _fetch_again(services: Services, window: ReplayWindow) -> int:
    pages = (
        PageFound(
            page_id=fetched.page_id,
            outlet=fetched.outlet,
            url=fetched.url,
            found_in="replay",
        )
        for fetched in window.pages(services.archive)
    )
    return sum(services.frontier.reschedule(page, services.now()) for page in pages)
