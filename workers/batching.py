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


class Parcel(Struct):
    """One message under way: the task's arguments, and the two ways to let go of it."""

    args: Sequence[Any]
    ack: Callable[..., None]
    reject: Callable[..., None]


class BatchTask(Task[..., None]):
    """`run_batch(list of argument tuples)` answers, for each, whether it is done; what is not
    done stays unacknowledged and comes again with the next batch, after `pause` seconds."""

    abstract = True
    batch_size: ClassVar[int] = 500
    wait_seconds: ClassVar[float] = 1.0
    pause_seconds: ClassVar[float] = 5.0

    def run_batch(self, batch: list[Sequence[Any]]) -> list[bool]:
        raise NotImplementedError

    def start_strategy(self, app: Celery, consumer: Any, **_: Any) -> Callable[..., None]:  # noqa: ANN401, ARG002  Celery's own
        """Celery asks here what to do with a message of this task."""
        buffer = _Buffer(self, consumer)

        def on_message(
            message: Any,  # noqa: ANN401  kombu's message
            _body: object,
            ack: Callable[..., None],
            reject: Callable[..., None],
            _callbacks: object,
            **_kwargs: object,
        ) -> None:
            body = message.payload
            buffer.add(Parcel(body[0] if isinstance(body, list) and body else (), ack, reject))

        return on_message


class _Buffer:
    def __init__(self, task: BatchTask, consumer: Any) -> None:  # noqa: ANN401  Celery's consumer
        self._task = task
        self._timer = consumer.timer
        self._errors = consumer.connection_errors
        self._parcels: list[Parcel] = []
        self._alarm: Any = None
        self._is_pausing = False

    def add(self, parcel: Parcel) -> None:
        self._parcels.append(parcel)
        if len(self._parcels) >= self._task.batch_size and not self._is_pausing:
            self.flush()
        elif self._alarm is None:
            self._alarm = self._timer.call_after(self._task.wait_seconds, self.flush)

    def flush(self) -> None:
        """Runs what has come in; a bug keeps every message, for another worker or a fixed one."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm, self._is_pausing = None, False
        size = self._task.batch_size
        taken, rest = self._parcels[:size], self._parcels[size:]
        done = self._task.run_batch([parcel.args for parcel in taken])
        kept = []
        for parcel, is_done in zip(taken, done, strict=True):
            if is_done:
                parcel.ack(logger, self._errors)
            else:
                kept.append(parcel)
        self._parcels = kept + rest
        if self._parcels:
            self._is_pausing = bool(kept)
            pause = self._task.pause_seconds if kept else 0.01
            self._alarm = self._timer.call_after(pause, self.flush)
