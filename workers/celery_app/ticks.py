"""The ticks: a Celery task for each, which beat starts, but for those that are due often.

These the worker of the ticks runs by its own clock, without a message. They are tasks all the same:
a beat of the version before sends them.
"""

import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from celery.bootsteps import StartStopStep
from celery.utils.log import get_task_logger
from celery.worker.consumer.tasks import Tasks

from workers.adapters.http.event_loop import on_loop_at_most
from workers.alerts.evaluate import evaluate_saved_searches
from workers.alerts.send import send_due_alerts
from workers.celery_app.acknowledgement import TICK_ACKS_LATE
from workers.celery_app.app import app, topology
from workers.celery_app.dead_queue import drain_dead_queue, drain_relate_queue
from workers.celery_app.publishing import stage_runner
from workers.celery_app.schedule import OFTEN
from workers.celery_app.topology import TICK
from workers.delivery.runner import StageRunner
from workers.periodic import dispatch, exhausted, maintenance
from workers.periodic.backfill import advance_backfills
from workers.periodic.lost_memory import check_memory
from workers.periodic.websub import request_subscriptions

logger = get_task_logger(__name__)
ALERTS_TIMEOUT_SECONDS = 4.0  # a slow receiver or hub holds no other tick up for longer

Work = Callable[[StageRunner], object]


def _depths(*names: str) -> dict[str, int]:
    """Return the depths of these queues; of all if none is named."""
    with app.connection_or_acquire() as connection:
        return topology.depths(connection, names)


WORK: Mapping[str, Work] = {
    "memory": check_memory,
    "lease": lambda given: dispatch.send_leases(given, _depths("fetch"), worker="tick"),
    "dead": drain_dead_queue,
    "unrelated": drain_relate_queue,
    "feeds": dispatch.send_due_feeds,
    "delayed": dispatch.send_delayed,
    "backfill": advance_backfills,
    "outlets": dispatch.sync_feeds,
    "outlet_files": dispatch.sync_changed_feeds,
    "exhausted": exhausted.quarantine_exhausted,
    "sweep": lambda given: maintenance.sweep(given, _depths()),
    "forget": maintenance.forget_old_pages,
    "rollover": maintenance.roll_over,
    "fence": maintenance.release_write_block,
    "failures": maintenance.export_failures,
    "standing": lambda given: evaluate_saved_searches(given.services),
    "notices": lambda given: on_loop_at_most(
        send_due_alerts(given.services), ALERTS_TIMEOUT_SECONDS
    ),
    "subscribe": lambda given: on_loop_at_most(
        request_subscriptions(given.services), ALERTS_TIMEOUT_SECONDS
    ),
}


class Rounds:
    """The ticks that are due often, run by one process: each once its interval has passed since it
    ran here last. One that fails does not keep the others from running."""

    def __init__(self, work: Mapping[str, Work], seconds: Mapping[str, float]) -> None:
        self._work = work
        self._seconds = seconds
        self.pause = min(seconds.values())
        self._ran_at = dict.fromkeys(seconds, float("-inf"))

    def run(self, runner: StageRunner) -> None:
        """Run what is due; to be called every `pause` seconds."""
        now, done = time.monotonic() + self.pause / 2, list[str]()
        for name, seconds in self._seconds.items():
            if now - self._ran_at[name] < seconds:
                continue
            self._ran_at[name] = now
            try:
                self._work[name](runner)
            except Exception:
                logger.exception("tick.%s failed, and is run again when it is due", name)
            else:
                done.append(name)
        if done:
            runner.services.heartbeats.beat(done, runner.services.now())


class RoundsStep(StartStopStep):
    """Runs rounds in the main loop of a worker that takes the ticks' messages, as long as it is
    connected to the broker."""

    requires = (Tasks,)

    def __init__(self, consumer: Any, **options: Any) -> None:  # noqa: ANN401  Celery's own
        super().__init__(consumer, **options)
        self._timer: Any = None

    def start(self, consumer: Any) -> None:  # noqa: ANN401  same
        """Celery calls this for each new connection."""
        if topology.queues[TICK].name in consumer.app.amqp.queues.consume_from:
            self._timer = consumer.timer.call_repeatedly(rounds().pause, run_round)

    def stop(self, consumer: Any) -> None:  # noqa: ANN401, ARG002  same
        """Celery calls this when the connection is lost, and at the end."""
        if self._timer is not None:
            self._timer.cancel()


@cache
def rounds() -> Rounds:
    """Return the rounds of this process."""
    return Rounds(WORK, OFTEN)


def run_round() -> None:
    """Run a round in this process."""
    rounds().run(stage_runner())


def _register(name: str, work: Work) -> None:
    @app.task(name=f"tick.{name}", acks_late=TICK_ACKS_LATE)
    def task() -> None:
        runner = stage_runner()
        work(runner)
        runner.services.heartbeats.beat([name], runner.services.now())


app.steps["consumer"].add(RoundsStep)
for tick, its_work in WORK.items():
    _register(tick, its_work)
