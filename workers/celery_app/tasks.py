"""Celery's side of the pipeline: one task for each stage, one for each tick. `celery -A
workers.tasks worker -Q presswire.parse` works on parse."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
from amqp.exceptions import AMQPError, MessageNacked
from celery.signals import worker_init, worker_ready, worker_shutting_down
from celery.utils.log import get_task_logger
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from schemas.events import Event
from workers import mypyc_loader
from workers.adapters.http.event_loop import on_loop_at_most
from workers.alerts.evaluate import evaluate_saved_searches
from workers.alerts.send import send_due_alerts
from workers.celery_app import log_filter
from workers.celery_app.acknowledgement import TICK_ACKS_LATE, PendingMessage
from workers.celery_app.app import app, topology
from workers.celery_app.batching import BatchTask
from workers.celery_app.configuration import CONFIRM_SECONDS
from workers.celery_app.dead_queue import drain_dead_queue
from workers.celery_app.messages import MIN_COMPRESSED_BYTES, bodies_of
from workers.delivery.batch import run_batch
from workers.delivery.feed_poll import poll_feed
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.periodic import dispatch, exhausted, maintenance
from workers.periodic.backfill import advance_backfills
from workers.periodic.lost_memory import check_memory
from workers.periodic.websub import request_subscriptions
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
    stage_taking,
)
from workers.services import get_services, get_settings

logger = get_task_logger(__name__)
log_filter.connect()
BROKER_ERRORS = (KombuError, AMQPError, MessageNacked, RedisError, OSError)
ALERTS_TIMEOUT_SECONDS = 4.0  # a slow receiver or hub holds no other tick up for longer


def send(stage: str, events: Sequence[Event]) -> None:
    """Publish `events` to the queue of `stage`; returns when the broker has confirmed them.

    Raises:
        TryAgain: the broker does not take them; it may have taken some.
    """
    if not events:
        return
    for body in bodies_of(events, stage_taking(type(events[0])).pool.events):
        try:
            _publish(stage, body)
        except BROKER_ERRORS as error:
            # not its text: it may hold the broker's address
            name = type(error).__name__
            raise TryAgain(
                f"the broker does not take messages: {name}", counts_as_attempt=False
            ) from error


def _publish(stage: str, body: msgspec.Raw) -> None:
    queue = topology.queues[stage]
    is_amqp = get_settings().broker_url.startswith("amqp")
    timeout: dict[str, Any] = {"confirm_timeout": CONFIRM_SECONDS} if is_amqp else {}
    app.send_task(
        stage,
        args=[body],
        argsrepr="",  # nobody reads it, and it takes longer than the message itself
        exchange=queue.exchange.name,
        routing_key=stage,
        declare=[topology.dead, queue],  # a command may be here before any worker
        compression="gzip" if len(memoryview(body)) >= MIN_COMPRESSED_BYTES else None,
        delivery_mode="persistent",
        **timeout,
    )


@cache
def stage_runner() -> StageRunner:
    """Return the runner of this process, made after the fork."""
    return StageRunner(get_services(), send)


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
        run_batch(stage_runner(), self.stage, batch)


def _tick(name: str, work: Callable[[StageRunner], object]) -> None:
    @app.task(name=f"tick.{name}", acks_late=TICK_ACKS_LATE)
    def task() -> None:
        work(stage_runner())
        services = stage_runner().services
        services.heartbeats.beat(name, services.now())


def _depths() -> dict[str, int]:
    with app.connection_or_acquire() as connection:
        return topology.depths(connection)


for each in STAGES:
    _register(each)
_tick("memory", check_memory)
_tick("lease", lambda given: dispatch.send_leases(given, _depths(), worker="tick"))
_tick("dead", drain_dead_queue)
_tick("feeds", dispatch.send_due_feeds)
_tick("delayed", dispatch.send_delayed)
_tick("backfill", advance_backfills)
_tick("outlets", dispatch.sync_feeds)
_tick("outlet_files", dispatch.sync_changed_feeds)
_tick("exhausted", exhausted.quarantine_exhausted)
_tick("sweep", lambda given: maintenance.sweep(given, _depths()))
_tick("forget", maintenance.forget_old_pages)
_tick("rollover", maintenance.roll_over)
_tick("fence", maintenance.release_write_block)
_tick("failures", maintenance.export_failures)
_tick("standing", lambda given: evaluate_saved_searches(given.services))
_tick(
    "notices",
    lambda given: on_loop_at_most(send_due_alerts(given.services), ALERTS_TIMEOUT_SECONDS),
)
_tick(
    "subscribe",
    lambda given: on_loop_at_most(request_subscriptions(given.services), ALERTS_TIMEOUT_SECONDS),
)
