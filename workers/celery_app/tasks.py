"""Celery's side of the pipeline: one task for each stage, one for each tick. `celery -A
workers.tasks worker -Q presswire.parse` works on parse."""

from collections.abc import Callable, Sequence
from typing import Any

from celery.signals import (
    worker_init,
    worker_process_shutdown,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from celery.utils.log import get_task_logger

from workers import mypyc_loader
from workers.celery_app import (
    log_filter,
    ticks,  # noqa: F401  registers its tasks
)
from workers.celery_app.acknowledgement import PendingMessage
from workers.celery_app.app import app, topology
from workers.celery_app.batching import BatchTask
from workers.celery_app.publishing import stage_runner
from workers.delivery.batch import run_batch
from workers.delivery.feed_poll import poll_feed
from workers.delivery.lease import fetch_lease
from workers.delivery.measures import measured
from workers.delivery.runner import StageRunner
from workers.pipeline import (
    STAGES,
    BatchStage,
    EventT,
    FeedStage,
    LeaseStage,
    LockstepStage,
    Stage,
    StageBase,
    StreamStage,
)
from workers.services import get_services, get_settings

logger = get_task_logger(__name__)
log_filter.connect()


@worker_init.connect
def declare_topology(**_: object) -> None:
    """All queues exist before the first message: a dead letter needs a place to go."""
    with app.connection_for_write() as connection:
        connection.ensure_connection()
        topology.declare(connection)


@worker_shutting_down.connect
def end_leases(**_: object) -> None:
    """The pages of a lease that have not begun go back to the frontier."""
    get_services().stopping.set()


@worker_process_shutdown.connect
@worker_shutdown.connect
def send_last_spans(**_: object) -> None:
    """What a process has traced and not yet sent."""
    services = get_services()
    if services.settings.otlp_endpoint and services.tracer is not None:
        services.tracer.close()


@worker_ready.connect
def warn_of_slow_parsing(**_: object) -> None:
    """Where the parse stage is not compiled, or has been edited since."""
    if not mypyc_loader.is_in_use():
        logger.warning("the parse stage is interpreted, pages take a third longer: ./run compile")


def _register(stage: Stage) -> None:
    """Make the Celery task of `stage`."""
    match stage:
        case StreamStage() | LockstepStage():
            _register_task(stage, lambda runner, events: runner.run(stage, events))
        case FeedStage():
            _register_task(stage, _one_by_one(lambda runner, due: poll_feed(runner, stage, due)))
        case LeaseStage():
            _register_task(
                stage, _one_by_one(lambda runner, lease: fetch_lease(runner, stage, lease))
            )
        case BatchStage():
            app.register_task(StageBatchTask(stage))


def _register_task(
    stage: StageBase[EventT], run: Callable[[StageRunner, Sequence[EventT]], None]
) -> None:
    @app.task(name=stage.name)
    def task(content: list[Any], *_: object) -> None:
        runner = stage_runner()
        with measured(runner.services, stage.name):
            if events := runner.decode_for(stage, content):
                run(runner, events)


def _one_by_one(
    run: Callable[[StageRunner, EventT], None],
) -> Callable[[StageRunner, Sequence[EventT]], None]:
    def run_all(runner: StageRunner, events: Sequence[EventT]) -> None:
        for event in events:
            run(runner, event)

    return run_all


class StageBatchTask(BatchTask):
    """The task of a batch stage."""

    def __init__(self, stage: BatchStage[Any]) -> None:
        self.stage = stage
        self.name = stage.name
        self.batch_size = get_settings().index_batch_size
        self.wait_seconds = get_settings().index_wait_seconds

    def run_batch(self, batch: Sequence[PendingMessage]) -> None:
        with measured(stage_runner().services, self.stage.name):
            run_batch(stage_runner(), self.stage, batch)


for each in STAGES:
    _register(each)
