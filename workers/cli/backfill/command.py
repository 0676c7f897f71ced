"""`presswire backfill`."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click
from msgspec.structs import replace

from schemas.backfill import BackfillPlan, BackfillReport
from schemas.outlet import Outlet
from workers import url_rules, urls
from workers.adapters.archive.page_files import WARC_ENDINGS
from workers.cli.backfill.dry_run import show_dry_run
from workers.cli.backfill.progress import walk
from workers.cli.backfill.view import describe
from workers.cli.support.datetime_param import DatetimeParam
from workers.cli.support.outlet_choice import get_outlet
from workers.cli.support.services import command_services
from workers.cli.support.terminal import CommandError, say
from workers.discover.history.reading import first_sources
from workers.services import Services


@click.command()
@click.argument("outlet_id", required=False, metavar="[OUTLET]")
@click.option("--since", type=DatetimeParam(), help="Published not before.")
@click.option("--until", type=DatetimeParam(), help="Published before this; by default, now.")
@click.option(
    "--archive",
    "archives",
    multiple=True,
    metavar="PATTERN",
    help="Archive pages beside those of the outlet's file: https://x/{year}/{month}/{day}.",
)
@click.option(
    "--warc",
    "warcs",
    multiple=True,
    metavar="FILE|FOLDER|URL",
    help="WARC files, such as those of Common Crawl: the outlet's pages in them need no fetch.",
)
@click.option("--restart", is_flag=True, help="Begin anew, whatever was done before.")
@click.option("--dry-run", is_flag=True, help="Read some sources, show what is in them; no more.")
@click.option("--status", is_flag=True, help="Show how far it is.")
@click.option("--stop", is_flag=True, help="Read and queue no more; the same command goes on.")
@click.option("--no-wait", is_flag=True, help="End when all sources are read.")
def backfill(  # noqa: PLR0913  its options
    outlet_id: str | None,
    since: datetime | None,
    until: datetime | None,
    archives: tuple[str, ...],
    warcs: tuple[str, ...],
    *,
    restart: bool,
    dry_run: bool,
    status: bool,
    stop: bool,
    no_wait: bool,
) -> None:
    """Fetch the history of OUTLET: what its sitemaps and archive pages name, and what WARC files
    hold, back to --since, at the pace of its hosts and after everything else. Without OUTLET, all
    backfills are shown.

    It may be ended at any time (Ctrl-C): the same command goes on where it was, and workers fetch
    what was found.

    \f

    Raises:
        CommandError: there is no such outlet, backfill or pattern, or another one runs.
    """
    services = command_services()
    if outlet_id is None:
        _show_all(services)
        return
    if status:
        _show(services, outlet_id)
        return
    if stop:
        _stop(services, outlet_id)
        return
    outlet = get_outlet(services.outlets, outlet_id)
    plan = _plan(services, outlet, (since, until), (archives, warcs))
    if dry_run:
        show_dry_run(services, outlet, plan)
        return
    if not _begin_or_resume(services, outlet, plan, restart=restart):
        return
    walk(services, services.backfills.plan(outlet.id) or plan, outlet, wait=not no_wait)
    _show(services, outlet.id)


def _plan(
    services: Services,
    outlet: Outlet,
    times: tuple[datetime | None, datetime | None],
    named: tuple[tuple[str, ...], tuple[str, ...]],
) -> BackfillPlan:
    """Return what is asked for: times that are not named are as in the backfill before. `named` are
    patterns of archive pages, and WARC files."""
    now = services.now()
    before = services.backfills.plan(outlet.id)
    since, until = times
    since = since or (before.since if before else None)
    if since is None:
        raise CommandError("--since is missing: how far back? Such as --since 2020-01-01")
    until = until or (before.until if before and before.since == since else now)
    if since >= until:
        raise CommandError(f"--since {since:%Y-%m-%d} is not before {until:%Y-%m-%d}")
    archives, warcs = named
    for pattern in archives:
        address = url_rules.fill_archive(pattern, now.date())
        if error := url_rules.archive_error(pattern) or urls.url_error(address):
            raise CommandError(f"--archive {pattern!r}: {error}")
    return BackfillPlan(
        outlet=outlet.id,
        since=since,
        until=until,
        started=now,
        archives=tuple(dict.fromkeys((*outlet.archives, *archives))),
        warcs=tuple(dict.fromkeys(file for given in warcs for file in _warc_files(given))),
    )


def _warc_files(given: str) -> Iterator[str]:
    """Yield a WARC file by its path or address, or those in a folder."""
    path = Path(given)
    if not urls.url_error(given):
        yield given
    elif path.is_dir():
        yield from (
            str(each.resolve())
            for each in sorted(path.rglob("*"))
            if each.name.lower().endswith(WARC_ENDINGS)
        )
    elif path.is_file():
        yield str(path.resolve())
    else:
        raise CommandError(f"--warc {given}: there is no such file")


def _begin_or_resume(
    services: Services, outlet: Outlet, plan: BackfillPlan, *, restart: bool
) -> bool:
    """Return whether there is something to do."""
    backfills, now = services.backfills, services.now()
    before = backfills.report(outlet.id, now)
    sources = list(first_sources(plan, outlet))
    if before is None or restart or _is_further(before, plan):
        backfills.begin(plan, sources, now)
        return True
    if not _is_same(before.plan, plan):
        raise CommandError(
            f"a backfill of {outlet.id} from {before.plan.since:%Y-%m-%d} to "
            f"{before.plan.until:%Y-%m-%d} is not finished: go on with it by `presswire backfill "
            f"{outlet.id}`, or begin anew with --restart"
        )
    is_over = before.state == "finished" and not before.sources_failed
    if is_over and not backfills.has_new(outlet.id, sources):
        _show(services, outlet.id)
        say("nothing is left of it; --restart reads everything again")
        return False
    if retried := backfills.resume(_merge(before.plan, plan), sources, now):
        say(f"{retried} sources that could not be read are tried again", to_stderr=True)
    return True


def _is_same(before: BackfillPlan, plan: BackfillPlan) -> bool:
    """Return whether two backfills are of the same time."""
    return (before.since, before.until) == (plan.since, plan.until)


def _merge(before: BackfillPlan, plan: BackfillPlan) -> BackfillPlan:
    """Return the plan before with the archive pages and files that have come since."""
    archives = tuple(dict.fromkeys((*before.archives, *plan.archives)))
    warcs = tuple(dict.fromkeys((*before.warcs, *plan.warcs)))
    return replace(before, archives=archives, warcs=warcs)


def _is_further(before: BackfillReport, plan: BackfillPlan) -> bool:
    """Return whether the backfill before is over, and another one is asked for."""
    return before.state == "finished" and not _is_same(before.plan, plan)


def _stop(services: Services, outlet_id: str) -> None:
    if not services.backfills.stop(outlet_id):
        raise CommandError(f"no backfill of {outlet_id!r} runs; --status shows how it ended")
    number = services.backfills.open(outlet_id)
    say(
        f"stopped; {number:,} pages that are queued already are still fetched. "
        f"`presswire backfill {outlet_id}` goes on."
    )


def _show(services: Services, outlet_id: str) -> None:
    report = services.backfills.report(outlet_id, services.now())
    if report is None:
        raise CommandError(f"there was no backfill of {outlet_id!r}")
    for line in describe(report, services.now()):
        say(line)


def _show_all(services: Services) -> None:
    names = services.backfills.all()
    for name in names:
        _show(services, name)
    if not names:
        say("no backfill yet; `presswire backfill OUTLET --since DATE` begins one")
