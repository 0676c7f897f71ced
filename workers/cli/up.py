"""`presswire up`."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from workers import outlets, settings
from workers.cli.support.terminal import CommandError, say
from workers.local.ports import port_or_free
from workers.local.processes import ServerProcess
from workers.local.running import note_running, note_stopped, running_stack
from workers.local.signals import unwind_on_sigterm
from workers.local.stack import StackOptions, stack
from workers.local.worker_processes import WorkerProcesses, watch, worker_processes
from workers.server_urls import without_password

FOLDER = Path(".presswire")


@click.command()
@click.option(
    "--broker", type=click.Choice(["valkey", "rabbitmq"]), default="valkey", show_default=True
)
@click.option("--servers-only", is_flag=True, help="No workers: start them yourself.")
@click.option("--elasticsearch-port", default=0, help="Default: a free one.")
@click.option("--redis-port", default=0, help="Default: a free one.")
@click.option("--broker-port", default=0, help="Default: a free one.")
def up(
    broker: Literal["valkey", "rabbitmq"],
    elasticsearch_port: int,
    redis_port: int,
    broker_port: int,
    *,
    servers_only: bool,
) -> None:
    """Start the embedded stack, the workers and beat, and stay until Ctrl-C.

    Servers that PRESSWIRE_BROKER_URL, PRESSWIRE_REDIS_URL or PRESSWIRE_ELASTICSEARCH_URL name are
    used and not started. Data and logs are in the folder .presswire. A worker or a server that ends
    is started again, up to five times in ten minutes; after that all is stopped, with exit code 1.

    \f

    Raises:
        CommandError: a stack already runs in this folder.
    """
    here = Path.cwd()
    if running_stack(here):
        raise CommandError("a stack runs here already; stop it first (Ctrl-C there)")
    for line in outlets.find_errors(Path(settings.load(os.environ).outlets)):
        say(f"refused, what it said before stays in force: {line}", color="yellow", to_stderr=True)
    unwind_on_sigterm()
    say("starting the servers …", to_stderr=True)
    options = StackOptions(
        broker,
        port_or_free(elasticsearch_port, "--elasticsearch-port"),
        port_or_free(redis_port, "--redis-port"),
        port_or_free(broker_port, "--broker-port"),
    )
    servers: list[ServerProcess] = []
    with stack(FOLDER, os.environ, options, servers.append) as environment:
        os.environ.update(environment)
        note_running(here, environment)
        try:
            _run_workers(environment, servers, servers_only=servers_only)
        finally:
            note_stopped(here)


def _run_workers(
    environment: Mapping[str, str], servers: Sequence[ServerProcess], *, servers_only: bool
) -> None:
    from workers.cli.support.bootstrap import bootstrap  # noqa: PLC0415  after the settings are known

    for name in sorted(environment):
        if name.endswith("_URL"):
            say(f"{name}={without_password(environment[name])}", to_stderr=True)
    bootstrap()
    logs = FOLDER / "logs"
    if servers_only:
        _watch(WorkerProcesses({}, {}, logs, servers))
        return
    with worker_processes(environment, logs, servers) as workers:
        say(f"workers and beat run; logs in {logs}; Ctrl-C stops all", to_stderr=True)
        _watch(workers)


def _watch(workers: WorkerProcesses) -> None:
    try:
        watch(workers, lambda line: say(line, color="yellow", to_stderr=True))
    except KeyboardInterrupt:
        say("stopping …", to_stderr=True)
