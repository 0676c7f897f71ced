"""`presswire`: the commands, each loaded when it is called."""

import importlib
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import click

from workers.cli.support.terminal import say
from workers.local.running import running_stack
from workers.settings import unknown_variables

# command → module and name, and its line in the help
COMMANDS: Mapping[str, tuple[str, str]] = {
    "demo": ("workers.cli.demo:demo", "Crawl the bundled outlets on an embedded stack."),
    "up": ("workers.cli.up:up", "Start the embedded stack, the workers and beat, and stay."),
    "parse": ("workers.cli.parse:parse", "Print the article of one page."),
    "ingest": ("workers.cli.ingest:ingest", "Bring pages from files into the index."),
    "add": ("workers.cli.add:add", "Queue addresses for fetching."),
    "backfill": (
        "workers.cli.backfill.command:backfill",
        "Fetch an outlet's history, after everything else.",
    ),
    "status": (
        "workers.cli.overview.status:status",
        "Show what is where: queues, frontier, ledger.",
    ),
    "doctor": (
        "workers.cli.overview.doctor:doctor",
        "Check each part; name what mends it.",
    ),
    "health": ("workers.cli.health:health", "Tell whether a worker or beat does its work."),
    "metrics": ("workers.cli.metrics:metrics", "Serve metrics for Prometheus."),
    "trace": ("workers.cli.trace:trace", "Tell what became of one address."),
    "quarantine": ("workers.cli.quarantine:quarantine", "See, retry or drop what failed."),
    "rejected": ("workers.cli.quarantine:rejected", "See rejected pages, or send them again."),
    "replay": (
        "workers.cli.recovery.replay:replay",
        "Run archived pages through the pipeline again.",
    ),
    "rebuild": (
        "workers.cli.recovery.rebuild:rebuild",
        "Make Redis' state anew from archive and index.",
    ),
    "archive": ("workers.cli.archive:archive", "See, read and prune the raw pages."),
    "outlet": ("workers.cli.outlet:outlet", "Check the outlets' files, and what they yield."),
    "search": ("workers.cli.search:search", "Search the index, and export what is found."),
    "serve": ("workers.cli.serve:serve", "Serve the search page and the HTTP API."),
    "mcp": ("workers.cli.agents.mcp:mcp", "Serve a site's articles to an agent (MCP)."),
    "token": ("workers.cli.token:token", "Hand out and take back tokens of the API."),
    "collection": ("workers.cli.collection:collection", "Name sets of outlets to search."),
    "cluster": ("workers.cli.cluster:cluster", "Show who printed one story."),
    "index": ("workers.cli.index:index", "Set up, migrate and roll over the index."),
    "bench": ("workers.cli.bench:bench", "Measure what an article costs on this machine."),
    "completion": ("workers.cli.support.completion:completion", "Print a shell's completion."),
    "kibana": ("workers.cli.kibana:kibana", "Bring the dashboards into Kibana."),
}


class Commands(click.Group):
    """Imports the module of a command when the command is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="presswire")
def presswire() -> None:
    """Raw newsroom pages in; one clean, deduplicated, searchable article out.

    Settings are environment variables, PRESSWIRE_BROKER_URL, PRESSWIRE_REDIS_URL and
    PRESSWIRE_ELASTICSEARCH_URL first of all (README.md has the list). While `presswire up` runs
    in this folder, the other commands find its servers by themselves.
    """


def main() -> None:
    """Run `presswire`. An error of the environment prints one line and exits with code 1."""
    for name, value in running_stack(Path.cwd()).items():
        os.environ.setdefault(name, value)
    for name in unknown_variables(os.environ):
        say(f"{name}: there is no such setting; it is ignored", color="yellow", to_stderr=True)
    try:
        presswire()
    except Exception as error:  # noqa: BLE001  of a bug all is told, as text
        message = importlib.import_module("workers.cli.support.error_messages").error_message(error)
        told = traceback.format_exc() if message is None else f"presswire: {message}"
        say(told, color="red", to_stderr=True)
        sys.exit(1)
