"""Queues that no worker reads, drained: the broker's dead queue, as `workers/periodic/exhausted.py`
decides, and that of the stage relate where it was switched off."""

from kombu import Message

from schemas.events import Event, messages_in
from workers.celery_app.app import app, topology
from workers.celery_app.topology import TICK
from workers.delivery.runner import StageRunner
from workers.periodic.exhausted import hand_on_unrelated, settle_dead_letter
from workers.pipeline import RELATE


def drain_dead_queue(runner: StageRunner) -> None:
    """Settle every message of the dead queue, and acknowledge it after that.

    Raises:
        TryAgain: the broker does not take what is sent again.
    """
    with app.connection_or_acquire() as connection:
        for message in topology.dead_letters(connection):
            for event in _events_in(runner, message):
                settle_dead_letter(runner, event, message.headers)
            message.ack()


def drain_relate_queue(runner: StageRunner) -> None:
    """Hand on what waits for the stage relate where that is off, and acknowledge it after that: no
    worker of it runs, and pages that wait would stop the intake at last.

    Raises:
        TryAgain: the broker does not take what is sent on.
    """
    services = runner.services
    if services.relates_events or not services.ledger.waiting_for(RELATE):
        return
    with app.connection_or_acquire() as connection:
        for message in topology.waiting(RELATE, connection):
            hand_on_unrelated(runner, _events_in(runner, message))
            message.ack()


def _events_in(runner: StageRunner, message: Message) -> list[Event]:
    """Return the events in a message; what cannot be read is put into quarantine."""
    step = str(message.delivery_info.get("routing_key")).rpartition(".")[2]
    if step == TICK:
        return []
    try:
        content = message.payload[0][0]
    except Exception as error:  # noqa: BLE001  whatever a decoder raises, it cannot be read
        runner.quarantine_unreadable(step, _bytes_of(message.body), error)
        return []
    events = (runner.decode(step, each) for each in messages_in(content))
    return [event for event in events if event is not None]


def _bytes_of(body: bytes | str | memoryview | None) -> bytes:
    """Return a message's body as it came."""
    return body.encode() if isinstance(body, str) else bytes(body or b"")
