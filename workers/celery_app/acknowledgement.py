"""When a message is acknowledged, when it comes again, and when it is refused.

The broker keeps a message until its work is done:

- a stage's message is acknowledged after its task has ended (`SETTINGS`); of a batch each one after
  its own outcome (`PendingMessage`; `workers/delivery/batch.py` decides which);
- it comes again if its worker was killed, its connection broke or its task took too long, as
  often as `pipeline.DELIVERY_LIMIT` says, and then goes to the dead queue;
- it is refused into the dead queue if its task raised, or if it is no task of ours (`refuse`);
- a message of the dead queue is acknowledged after it was settled (`dead_queue.py`);
- a tick is acknowledged before its work (`TICK_ACKS_LATE`).
"""

from collections.abc import Callable
from typing import Any

from celery.utils.log import get_task_logger
from msgspec import Struct

logger = get_task_logger(__name__)

SETTINGS: dict[str, Any] = {
    # Celery's default acknowledges before the work, and a killed worker would lose the event.
    "task_acks_late": True,
    # A task that raises has a bug, as the runner catches what an event may cause: its message is
    # refused into the dead queue, whole. Acknowledged, it would be gone.
    "task_acks_on_failure": False,
    # One that takes longer than its hard limit is killed, and its message comes again.
    "task_acks_on_timeout": False,
    # So does that of a child process that was killed, for want of memory or by its page.
    "task_reject_on_worker_lost": True,
    # A process takes one message at a time, unless its stage's row says more (`Pool.prefetch`):
    # what it would only hoard goes to another.
    "worker_prefetch_multiplier": 1,
    # What a lost connection has brought cannot be acknowledged, and is given to another worker.
    "worker_cancel_long_running_tasks_on_connection_loss": True,
}
# The next tick does the same work: one that kills its worker must not come again.
TICK_ACKS_LATE = False


class PendingMessage(Struct):
    """A message of a batch, which the worker holds: it comes again unless it is acknowledged.
    `body` is its one argument, of which a batch may leave less for the next one."""

    body: Any
    ack: Callable[[], None]
    is_acknowledged: bool = False

    def acknowledge(self) -> None:
        """Tell the broker that the message is done with."""
        self.ack()
        self.is_acknowledged = True


def refuse(message: Any, connection_errors: tuple[type[Exception], ...]) -> None:  # noqa: ANN401  kombu's message
    """Hand a message that is no task of ours to the dead queue. Its text may hold anything: it is
    not logged."""
    logger.error("a message that is no task of ours goes to the dead queue")
    message.reject_log_error(logger, connection_errors)
