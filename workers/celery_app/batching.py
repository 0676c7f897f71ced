"""A Celery task that takes many messages at once and acknowledges each on its own.

celery-batches does this for Celery before 5.7. Here the worker's main process does the work (run
it with `-P solo`), so the messages of a killed worker go back to the broker.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from celery import Celery, Task
from celery.utils.log import get_task_logger

from schemas.events import messages_in
from workers.celery_app.acknowledgement import PendingMessage

logger = get_task_logger(__name__)
SOON_SECONDS = 0.01


class BatchTask(Task[..., None]):
    """Takes messages in batches of about `batch_size` events (a message may hold a list of them):
    `run_batch` acknowledges those that are done with. The others come again with the next batch,
    after `pause_seconds`."""

    abstract = True
    batch_size: int = 500
    wait_seconds: float = 1.0
    pause_seconds: float = 5.0
    buffer: "Buffer | None" = None

    def run_batch(self, batch: Sequence[PendingMessage]) -> None:
        """Work on `batch`; for subclasses."""
        raise NotImplementedError

    def start_strategy(self, app: Celery, consumer: Any, **_: Any) -> Callable[..., None]:  # noqa: ANN401, ARG002  Celery's own
        """Return what Celery calls with each message of this task; Celery asks anew for each
        connection. What an earlier connection brought cannot be acknowledged any more and comes
        again."""
        if self.buffer is not None:
            self.buffer.discard()
        buffer = self.buffer = Buffer(self, consumer.timer)

        def on_message(
            message: Any,  # noqa: ANN401  kombu's message
            _body: object,
            ack: Callable[..., None],
            *_: object,
            **_kwargs: object,
        ) -> None:
            args = message.payload[0]
            body = args[0] if args else None
            buffer.add(PendingMessage(body, partial(ack, logger, consumer.connection_errors)))

        return on_message


class Buffer:
    """The messages that wait for their batch; only the worker's main loop uses it."""

    def __init__(self, task: BatchTask, timer: Any) -> None:  # noqa: ANN401  Celery's
        self._task = task
        self._timer = timer
        self._messages: list[PendingMessage] = []
        self._size = 0
        self._next_flush: Any = None
        self._is_pausing = False

    def add(self, message: PendingMessage) -> None:
        """Take a message; a full batch is run at once."""
        self._messages.append(message)
        self._size += _size_of(message)
        if self._size >= self._task.batch_size and not self._is_pausing:
            self.flush()
        elif self._next_flush is None:
            self._schedule_flush(self._task.wait_seconds)

    def flush(self) -> None:
        """Run a batch of what has come in. What a bug leaves unacknowledged stays, for another
        worker or for a mended one."""
        self._cancel_flush()
        batch, rest = self._part()
        try:
            self._task.run_batch(batch)
        except Exception:
            logger.exception("a batch of %s failed as a whole, and is run again", self._task.name)
        kept = [message for message in batch if not message.is_acknowledged]
        self._messages = kept + rest
        self._size = sum(map(_size_of, self._messages))
        self._is_pausing = bool(kept)
        if self._messages:
            self._schedule_flush(self._task.pause_seconds if kept else SOON_SECONDS)

    def discard(self) -> None:
        """Drop all messages, as their connection is gone."""
        self._cancel_flush()
        self._messages = []
        self._size = 0

    def _part(self) -> tuple[list[PendingMessage], list[PendingMessage]]:
        """Return the messages of the next batch, and the others."""
        size = 0
        for count, message in enumerate(self._messages, 1):
            size += _size_of(message)
            if size >= self._task.batch_size:
                return self._messages[:count], self._messages[count:]
        return self._messages, []

    def _schedule_flush(self, seconds: float) -> None:
        self._next_flush = self._timer.call_after(seconds, self.flush)

    def _cancel_flush(self) -> None:
        if self._next_flush is not None:
            self._next_flush.cancel()
        self._next_flush = None


def _size_of(message: PendingMessage) -> int:
    return len(messages_in(message.body))
