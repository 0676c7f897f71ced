"""The broker's dead queue, drained: each message goes on or into quarantine, as
`workers/periodic/exhausted.py` decides."""

from kombu import Message

from schemas.events import messages_in
from workers.celery_app.app import app, topology
from workers.celery_app.topology import TICK
from workers.delivery.runner import StageRunner
from workers.periodic.exhausted import settle_dead_letter


def drain_dead_queue(runner: StageRunner) -> None:
    """Settle every message of the dead queue, and acknowledge it after that.

    Raises:
        TryAgain: the broker does not take what is sent again.
    """
    with app.connection_or_acquire() as connection:
        for message in topology.dead_letters(connection):
            _settle(runner, message)
            message.ack()


def _settle(runner: StageRunner, message: Message) -> None:
    step = str(message.delivery_info.get("routing_key")).rpartition(".")[2]
    if step == TICK:
        return
    try:
        content = message.payload[0][0]
    except Exception as error:  # noqa: BLE001  whatever a decoder raises, it cannot be read
        runner.quarantine_unreadable(step, _bytes_of(message.body), error)
        return
    for each in messages_in(content):
        event = runner.decode(step, each)
        if event is not None:
            settle_dead_letter(runner, event, message.headers)


def _bytes_of(body: bytes | str | memoryview | None) -> bytes:
    """Return a message's body as it came."""
    return body.encode() if isinstance(body, str) else bytes(body or b"")
