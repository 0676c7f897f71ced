"""`presswire health`."""

import socket
from datetime import timedelta

import click

from workers.celery_app.app import app, topology
from workers.celery_app.schedule import SIGNS_OF_LIFE
from workers.cli.support.terminal import CommandError, say
from workers.services import Services, get_settings

BEAT = "beat"
INSPECT_TIMEOUT_SECONDS = 15.0
MAX_SILENCE = timedelta(seconds=60)


@click.command()
@click.argument("name", type=click.Choice([*topology.queues, BEAT]))
def health(name: str) -> None:
    """Tell whether this machine's worker of a stage consumes its queue, or whether beat's tasks
    are worked on. For health checks: exit code 0 or 1.

    \f

    Raises:
        CommandError: the worker, or beat, is not well.
    """
    fault = _beat_fault() if name == BEAT else _worker_fault(name)
    if fault:
        raise CommandError(fault)
    say(f"{name} is well")


def _worker_fault(stage: str) -> str:
    """Return what is wrong with the worker `STAGE@HOST`, or an empty string: it must answer and
    consume its queue."""
    worker = f"{stage}@{socket.gethostname()}"
    inspect = app.control.inspect(destination=[worker], timeout=INSPECT_TIMEOUT_SECONDS)
    consumed = (inspect.active_queues() or {}).get(worker)
    if consumed is None:
        return f"{worker} does not answer"
    queue = topology.queues[stage].name
    is_consumed = any(each["name"] == queue for each in consumed)
    return "" if is_consumed else f"{worker} does not consume {queue}"


def _beat_fault() -> str:
    """Return what is wrong with beat or the worker of its tasks, or an empty string."""
    services = Services(get_settings(), redis_retries=1)
    known = services.heartbeats.last()
    for name in SIGNS_OF_LIFE:
        if name not in known:
            return f"no tick {name} has ever been worked on"
        silence = services.now() - known[name]
        if silence > MAX_SILENCE:
            return f"no tick {name} for {silence.total_seconds():.0f} s"
    return ""
