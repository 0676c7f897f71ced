"""`presswire bench`."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import click

from workers.cli.support.terminal import CommandError, SafeTable, display, say
from workers.local.benchmark.cpu import STAGES
from workers.local.benchmark.report import BenchSample, Cost, bottleneck, cost_of, sparkline
from workers.local.benchmark.run import bench_site, run_peer, server_names, watch
from workers.local.benchmark.site import (
    MAX_HOSTS,
    PAGES_ON_A_HOST,
    copied_pages,
    made_pages,
    write_outlets,
)
from workers.local.signals import unwind_on_sigterm
from workers.local.stack import ELASTICSEARCH, StackOptions, stack
from workers.local.worker_processes import POOLS, stages_of, worker_processes

FOLDER = Path(".presswire") / "bench"
OUTLETS = FOLDER / "outlets"
START_SECONDS = 120.0


@click.command()
@click.option(
    "--pages",
    type=click.IntRange(2, MAX_HOSTS * PAGES_ON_A_HOST),
    default=1_400,
    show_default=True,
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="HTML files to serve instead of made pages.",
)
@click.option(
    "--broker", type=click.Choice(["valkey", "rabbitmq"]), default="valkey", show_default=True
)
@click.option(
    "--peer",
    metavar="PYTHON",
    help="Run Scrapy with trafilatura beside it: a Python that has both.",
)
def bench(
    pages: int, folder: Path | None, broker: Literal["valkey", "rabbitmq"], peer: str | None
) -> None:
    """Measure what an article costs on this machine: crawl pages of its own, from loopback
    addresses, with servers and workers of its own, and tell what bends first.

    Nothing of another installation is touched. Linux only: CPU time is read from /proc.

    \f

    Raises:
        CommandError: this is no Linux, the folder has no pages, or none was indexed.
    """
    if not sys.platform.startswith("linux"):
        raise CommandError("presswire bench reads CPU time from /proc, which only Linux has")
    found = list(copied_pages(folder, pages)) if folder else list(made_pages(pages))
    if not found:
        raise CommandError(f"{folder} has no HTML files")
    unwind_on_sigterm()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name in [name for name in os.environ if name.startswith("PRESSWIRE_")]:
        del os.environ[name]
    with (
        bench_site(FOLDER, iter(found)) as (port, hosts),
        stack(FOLDER, {}, StackOptions(broker)) as environment,
    ):
        OUTLETS.mkdir()
        environment["PRESSWIRE_OUTLETS"] = str(OUTLETS.resolve())
        environment["PRESSWIRE_ALLOW_NETWORKS"] = "127.0.0.0/8"
        os.environ.update(environment)
        samples = _run(environment, len(found), lambda: write_outlets(OUTLETS, port, hosts))
        cost = _show(samples)
        if peer:
            cores = os.cpu_count() or 1
            count, seconds = run_peer(peer, environment[ELASTICSEARCH], port, hosts, cores)
            rate = count / seconds
            say(
                f"Scrapy with trafilatura, {cores} processes: {count} articles in {seconds:.1f} s, "
                f"{rate:.1f} articles/s; Presswire {cost.articles_a_second / rate:.2f} times that"
            )


def _run(environment: dict[str, str], pages: int, begin: Callable[[], object]) -> list[BenchSample]:
    """Start the workers and, when all are there, the crawl.

    Returns:
        samples from the beginning of the crawl on.
    """
    from workers.celery_app.publishing import stage_runner  # noqa: PLC0415  after the settings are known
    from workers.cli.support.bootstrap import bootstrap  # noqa: PLC0415  same

    bootstrap()
    with worker_processes(environment, FOLDER / "logs"):
        _wait_for_workers()
        say(f"crawling {pages} pages; logs in {FOLDER / 'logs'}", to_stderr=True)
        begin()
        return watch(stage_runner().services, pages, server_names(environment), _tell)


def _wait_for_workers() -> None:
    """Wait until every worker answers: their start is no part of what an article costs.

    Raises:
        CommandError: they do not within two minutes.
    """
    from workers.celery_app.app import app  # noqa: PLC0415  after the settings are known

    end = time.monotonic() + START_SECONDS
    while len(app.control.inspect(timeout=1.0).ping() or {}) < len(stages_of(os.environ)):
        if time.monotonic() > end:
            raise CommandError(f"the workers do not start; see {FOLDER / 'logs'}")


def _tell(sample: BenchSample) -> None:
    if sys.stderr.isatty():
        say(f"\r{sample.at:6.1f} s {sample.indexed:6} indexed", to_stderr=True)


def _show(samples: Sequence[BenchSample]) -> Cost:
    cores = os.cpu_count() or 1
    cost = cost_of(samples, cores)
    if cost is None:
        raise CommandError(f"no page was indexed; see {FOLDER / 'logs'}")
    table = SafeTable("part", "CPU ms an article", title="cost of an article")
    for part, spent in sorted(cost.milliseconds.items(), key=lambda row: -row[1]):
        table.add_row(part, f"{spent:.2f}")
    table.add_row("all", f"{sum(cost.milliseconds.values()):.2f}", style="bold")
    display(table)
    for stage in STAGES:
        waiting = [sample.waiting.get(stage, 0) for sample in samples]
        if any(waiting):
            say(f"{stage:>8} {sparkline(waiting)} at most {max(waiting)} pages wait")
    say(
        f"{cost.articles} articles; the first after {cost.first_after:.1f} s, then "
        f"{cost.articles_a_second:.1f} articles/s on {cores} cores, of which Presswire used "
        f"{cost.load:.0%} and all else {cost.others:.0%}"
    )
    processes = {
        name: pool.size_on(cores) if pool.kind == "prefork" else 1 for name, pool in POOLS.items()
    }
    say(f"what bends first: {bottleneck(cost, samples, processes)}")
    return cost
