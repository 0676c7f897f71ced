"""`presswire outlet`: list and check; the other commands are in `support.outlet_commands`."""

import sys
from pathlib import Path

import click
from redis.exceptions import RedisError

from schemas.outlet import Outlet
from workers import outlets
from workers.cli.support import feed_report
from workers.cli.support.outlet_choice import get_outlet
from workers.cli.support.outlet_commands import COMMANDS
from workers.cli.support.outlet_report import OutletReport, read_recent
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, SafeTable, display, make_console, say
from workers.discover.poll_log import explain_trouble
from workers.outlets import Outlets
from workers.parse import quality
from workers.services import Services


@click.group()
def outlet() -> None:
    """Add outlets, check their files and what their recent pages yield, pause and resume."""


for each_command in COMMANDS:
    outlet.add_command(each_command)


@outlet.command(name="list")
def list_outlets() -> None:
    """Show every outlet, and how many sources it has."""
    found = _load()
    table = SafeTable("outlet", "country", "language", "name", "sources", "every")
    for each in sorted(found.values(), key=lambda one: (one.country, one.id)):
        every = f"{each.poll_minutes:g} min"
        table.add_row(each.id, each.country, each.language, each.name, _count_sources(each), every)
    display(table)


def _count_sources(one: Outlet) -> str:
    counts = {"feed": one.feeds, "sitemap": one.sitemaps, "section": one.sections}
    parts = [f"{len(urls)} {name}{'s' * (len(urls) > 1)}" for name, urls in counts.items() if urls]
    return ", ".join(parts) or "none"


@outlet.command()
@click.argument("outlet_id", required=False, metavar="[OUTLET]")
@click.option("--days", type=click.IntRange(min=1), default=14, show_default=True)
@click.option("--pages", type=click.IntRange(min=2), default=200, show_default=True)
def check(outlet_id: str | None, days: int, pages: int) -> None:
    """Check all outlets' files and last polls; for one OUTLET, what its feeds and pages yield.

    The newest PAGES of the last DAYS are read from the archive. Shown is how often each field was
    found, for the older and the newer half; if the newer half is worse, the exit code is 1.

    \f

    Raises:
        CommandError: the archive has no such page.
    """
    found = _load()
    if outlet_id is None:
        say(f"no mistake in the files; outlets: {len(found)}")
        for line in feed_report.describe_troubles(_polled_feeds()):
            say(f"warning: {line}", color="yellow")
        return
    services = command_services()
    _show_polls(get_outlet(found, outlet_id))
    report = read_recent(
        services.archive, get_outlet(found, outlet_id), services.now(), (days, pages)
    )
    if not report.pages:
        raise CommandError(
            f"the archive has no page of {outlet_id} of the last {days} days: was it crawled?"
        )
    _show_report(report)
    if report.worse:
        sys.exit(1)


def _polled_feeds() -> list[feed_report.PolledFeed]:
    """Return all feeds with the reports of their last polls; none if Redis does not answer: files
    and pages can be checked without it."""
    services = Services(command_services().settings, redis_retries=0)
    try:
        return services.feed_schedule.reports()
    except RedisError:
        return []


def _show_polls(one: Outlet) -> None:
    """Show what the last polls of an outlet's feeds have brought."""
    for due, report in _polled_feeds():
        if due.outlet != one.id:
            continue
        for line in feed_report.describe_poll(due, report):
            say(line)
        if report is not None and (words := explain_trouble(report)):
            say(f"warning: {due.url}: {words}", color="yellow")


def _load() -> Outlets:
    """Return the outlets.

    Raises:
        OutletError: some files have mistakes; the message lists all of them.
    """
    services: Services = command_services()
    return outlets.load(Path(services.settings.outlets))


def _show_report(report: OutletReport) -> None:
    console = make_console()
    table = SafeTable(
        "field", f"older {report.older.pages}", f"newer {report.newer.pages}", "read from"
    )
    for name in quality.FIELDS:
        shares = (f"{half.fields[name]:.0%}" for half in (report.older, report.newer))
        origin = report.newer.origins.get(name) or report.older.origins.get(name, "")
        table.add_row(name, *shares, origin)
    table.add_row("words (median)", f"{report.older.words:.0f}", f"{report.newer.words:.0f}", "")
    console.print(table)
    for kind, number in sorted(report.kinds.items()):
        say(f"{number} pages read as {kind}")
    for reason, urls in sorted(report.unread.items()):
        say(f"{len(urls)} pages not read: {reason}, such as {urls[0]}")
    for line in report.worse:
        say(f"worse: {line}", color="red")
    if not report.worse:
        say("nothing got worse.")
