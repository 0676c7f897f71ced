"""`presswire up`."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

import click

from workers import outlets, settings
from workers.cli.support.terminal import CommandError, say
from workers.local.forking import preload
from workers.local.ports import port_or_free
from workers.local.processes import ServerProcess
from workers.local.running import note_running, note_stopped, running_stack
from workers.local.signals import unwind_on_sigterm
from workers.local.stack import StackOptions, stack
from workers.local.worker_processes import (
    WorkerProcesses,
    check_shared,
    stages_of,
    watch,
    worker_processes,
)
from workers.server_urls import without_password

FOLDER = Path(".presswire")
LOGS = FOLDER / "logs"


class _Layout(NamedTuple):
    """The number of a stage's workers where it is given, and the stages that share one."""

    scale: Mapping[str, int]
    shared: Sequence[Sequence[str]]


@click.command()
@click.option(
    "--broker", type=click.Choice(["valkey", "rabbitmq"]), default="valkey", show_default=True
)
@click.option("--servers-only", is_flag=True, help="No workers: start them yourself.")
@click.option(
    "--scale", "wanted", multiple=True, metavar="STAGE=N", help="Workers of a stage; repeatable."
)
@click.option(
    "--stages",
    "shared",
    multiple=True,
    metavar="STAGE,STAGE",
    help="Stages that share one worker, such as parse,dedupe; repeatable.",
)
@click.option("--elasticsearch-port", default=0, help="Default: a free one.")
@click.option("--redis-port", default=0, help="Default: a free one.")
@click.option("--broker-port", default=0, help="Default: a free one.")
def up(  # noqa: PLR0913  one for each option
    broker: Literal["valkey", "rabbitmq"],
    elasticsearch_port: int,
    redis_port: int,
    broker_port: int,
    *,
    wanted: tuple[str, ...],
    shared: tuple[str, ...],
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
    layout = _read_layout(wanted, shared)
    here = Path.cwd()
    if running_stack(here):
        raise CommandError("a stack runs here already; stop it first (Ctrl-C there)")
    _tell_refused_outlets()
    unwind_on_sigterm()
    say("starting the servers …", to_stderr=True)
    options = StackOptions(
        broker,
        port_or_free(elasticsearch_port, "--elasticsearch-port"),
        port_or_free(redis_port, "--redis-port"),
        port_or_free(broker_port, "--broker-port"),
    )
    if not servers_only:
        with suppress(OSError):  # the workers are started without it then
            preload()  # while the servers start
    servers: list[ServerProcess] = []
    with stack(FOLDER, os.environ, options, servers.append) as environment:
        os.environ.update(environment)
        note_running(here, environment)
        try:
            _bootstrap(environment)
            if servers_only:
                _watch(WorkerProcesses({}, {}, LOGS, servers))
            else:
                _run_workers(environment, servers, layout)
        finally:
            note_stopped(here)


def _read_layout(wanted: Sequence[str], shared: Sequence[str]) -> _Layout:
    """Return the layout that the options describe.

    Raises:
        click.UsageError: one of them is wrong.
    """
    stages = stages_of(os.environ)
    scale = _read_scale(wanted, stages)
    groups = _read_shared(shared, stages)
    named = [*scale, *(stage for group in groups for stage in group)]
    for stage in stages:
        if named.count(stage) > 1:
            raise click.UsageError(f"--stages names {stage}, which is said more than once")
    return _Layout(scale, groups)


def _tell_refused_outlets() -> None:
    for line in outlets.find_errors(Path(settings.load(os.environ).outlets)):
        say(f"refused, what it said before stays in force: {line}", color="yellow", to_stderr=True)


def _read_scale(wanted: Sequence[str], stages: Collection[str]) -> dict[str, int]:
    """Return the number of workers by stage.

    Raises:
        click.UsageError: one is not STAGE=N.
    """
    scale = {}
    for each in wanted:
        stage, _, number = each.partition("=")
        if stage not in stages or not number.isascii() or not number.isdigit() or int(number) < 1:
            known = ", ".join(stages)
            raise click.UsageError(
                f"--scale {each}: write STAGE=N, such as parse=4; the stages that run: {known}"
            )
        scale[stage] = int(number)
    return scale


def _read_shared(wanted: Sequence[str], stages: Collection[str]) -> list[list[str]]:
    """Return the groups of stages that share a worker.

    Raises:
        click.UsageError: one is no group of stages that can.
    """
    groups = []
    for each in wanted:
        group = each.split(",")
        if "," not in each or not {*group} <= {*stages}:
            known = ", ".join(stages)
            raise click.UsageError(
                f"--stages {each}: write stages with a comma, such as parse,dedupe; those that "
                f"run: {known}"
            )
        try:
            check_shared(group)
        except ValueError as error:
            raise click.UsageError(f"--stages {each}: {error}") from error
        groups.append(group)
    return groups


def _bootstrap(environment: Mapping[str, str]) -> None:
    from workers.cli.support.bootstrap import bootstrap  # noqa: PLC0415  after the settings are known

    for name in sorted(environment):
        if name.endswith("_URL"):
            say(f"{name}={without_password(environment[name])}", to_stderr=True)
    bootstrap()


def _run_workers(
    environment: Mapping[str, str], servers: Sequence[ServerProcess], layout: _Layout
) -> None:
    with worker_processes(environment, LOGS, servers, layout.scale, layout.shared) as workers:
        say(f"workers and beat run; logs in {LOGS}; Ctrl-C stops all", to_stderr=True)
        _watch(workers)


def _watch(workers: WorkerProcesses) -> None:
    try:
        watch(workers, lambda line: say(line, color="yellow", to_stderr=True))
    except KeyboardInterrupt:
        say("stopping …", to_stderr=True)
