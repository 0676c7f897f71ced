"""`presswire demo`: the whole way, on this machine, with outlets that come along."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from workers.cli.progress import wait_until_ended
from workers.local.fleet import fleet
from workers.local.newsstand.outlets import write_outlets
from workers.local.newsstand.site import newsstand
from workers.local.running import note_running, note_stopped
from workers.local.signals import unwind_on_sigterm
from workers.local.stack import stack
from workers.topology import Topology
from workers.wiring import Tools

SAMPLE = "harbour bridge"
MOST_ROWS = 200


@click.command()
@click.option("--keep", is_flag=True, help="Leave the stack up, and say where it is.")
def demo(*, keep: bool) -> None:
    """Crawl the bundled outlets through the whole pipeline on an embedded stack, and show what
    came out."""
    unwind_on_sigterm()
    console = Console()
    with _demo_stack(console) as environment:
        from workers.tasks import delivery  # noqa: PLC0415  after the settings are known

        tools = delivery().tools
        with fleet(environment, Path(environment["PRESSWIRE_DEMO_FOLDER"]) / "logs"):
            has_ended = wait_until_ended(tools, "crawling", lambda: is_quiet(tools))
            tools.search.refresh()
            console.print(_indexed(tools))
            _show_sample(console, tools)
            if not has_ended:
                raise click.ClickException("the crawl has not come to its end; see the logs above")
            if keep:
                _stay(console, environment)


def is_quiet(tools: Tools) -> bool:
    """Whether every feed was looked at and nothing is under way."""
    frontier = tools.frontier.depth()
    waits_now = frontier["pages"] - frontier["later"]
    return (
        tools.feed_clock.all_looked_at() and waits_now == 0 and tools.ledger.under_way() == 0
    )
