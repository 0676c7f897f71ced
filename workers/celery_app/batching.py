"""A Celery task that takes many messages at once and acknowledges each on its own.

celery-batches does the like for Celery before 5.7. Here the worker's main process does the work
(run it with `-P solo`), so a killed worker's messages go back to the broker untouched.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from celery import Celery, Task
from celery.utils.log import get_task_logger
from msgspec import Struct

logger = get_task_logger(__name__)


class PendingMessage(Struct):
    """One message under way: the task's arguments, and the way to let go of it."""

    args: Sequence[Any]
    ack: Callable[..., None]


class BatchTask(Task[..., None]):
    """Takes messages in batches: `run_batch` answers for each whether it is done. What is not done
    stays unacknowledged and comes again with the next batch, after `pause_seconds`."""

    abstract = True
    batch_size: ClassVar[int] = 500
    wait_seconds: ClassVar[float] = 1.0
    pause_seconds: ClassVar[float] = 5.0
    buffer: "Buffer | None" = None

    def run_batch(self, batch: list[Sequence[Any]]) -> list[bool]:
        raise NotImplementedError

    def start_strategy(self, app: Celery, consumer: Any, **_: Any) -> Callable[..., None]:  # noqa: ANN401, ARG002  Celery's own
        """Celery asks here what to do with a message of this task, anew for each connection. What
        an earlier connection brought cannot be acknowledged any more and comes again."""
        if self.buffer is not None:
            self.buffer.discard()
        buffer = self.buffer = Buffer(self, consumer)

        def on_message(
            message: Any,  # noqa: ANN401  kombu's message
            _body: object,
            ack: Callable[..., None],
            *_: object,
            **_kwargs: object,
        ) -> None:
            buffer.add(PendingMessage(message.payload[0], ack))

        return on_message


class Buffer:
    """The messages that wait for their batch; it is only ever used by the worker's main loop."""

    def __init__(self, task: BatchTask, consumer: Any) -> None:  # noqa: ANN401  Celery's consumer
        self._task = task
        self._timer = consumer.timer
        self._errors = consumer.connection_errors
        self._parcels: list[PendingMessage] = []
        self._alarm: Any = None
        self._is_pausing = False

    def add(self, parcel: PendingMessage) -> None:
        """Takes a message; a full batch goes at once."""
        self._parcels.append(parcel)
        if len(self._parcels) >= self._task.batch_size and not self._is_pausing:
            self.flush()
        elif self._alarm is None:
            self._set_alarm(self._task.wait_seconds)

    def flush(self) -> None:
        """Runs what has come in; a bug keeps every message, for another worker or a fixed one."""
        self._cancel_alarm()
        size = self._task.batch_size
        taken, rest = self._parcels[:size], self._parcels[size:]
        kept = self._run(taken)
        self._parcels = kept + rest
        self._is_pausing = bool(kept)
        if self._parcels:
            self._set_alarm(self._task.pause_seconds if kept else 0.01)

    def discard(self) -> None:
        """Drops all, as their connection is gone."""
        self._cancel_alarm()
        self._parcels = []

    def _run(self, taken: list[PendingMessage]) -> list[PendingMessage]:
        try:
            done = self._task.run_batch([parcel.args for parcel in taken])
        except Exception:
            logger.exception("a batch of %s failed as a whole, and is run again", self._task.name)
            return taken
        for parcel, is_done in zip(taken, done, strict=True):
            if is_done:
                parcel.ack(logger, self._errors)
        return [parcel for parcel, is_done in zip(taken, done, strict=True) if not is_done]

    def _set_alarm(self, seconds: float) -> None:
        self._alarm = self._timer.call_after(seconds, self.flush)

    def _cancel_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
