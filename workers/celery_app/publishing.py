"""Events to the queues of their stages, and the runner of this process that sends them there."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import msgspec
from amqp.exceptions import AMQPError, MessageNacked
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from schemas.events import Event
from workers.celery_app.app import app, topology
from workers.celery_app.configuration import CONFIRM_SECONDS
from workers.celery_app.messages import MIN_COMPRESSED_BYTES, bodies_of
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.pipeline import stage_taking
from workers.services import get_services, get_settings

BROKER_ERRORS = (KombuError, AMQPError, MessageNacked, RedisError, OSError)


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
