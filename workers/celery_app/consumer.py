"""Celery's consumer, with one difference: a message that is no task of ours is refused, so that it
ends in the dead queue and from there in quarantine. Celery would acknowledge it, or stop."""

from collections.abc import Callable
from typing import Any

from celery.worker.consumer import Consumer as CeleryConsumer

from workers.celery_app.acknowledgement import refuse


class Consumer(CeleryConsumer):
    """Set as `worker_consumer`."""

    connection_errors: tuple[type[Exception], ...]

    class Blueprint(CeleryConsumer.Blueprint):  # type: ignore[misc,valid-type]
        """Without native delayed delivery: 28 queues that nothing of ours goes through."""

        default_steps = tuple(
            step for step in CeleryConsumer.Blueprint.default_steps if "DelayedDelivery" not in step
        )

    def create_task_handler(self, *args: Any, **kwargs: Any) -> Callable[[Any], None]:  # noqa: ANN401
        handle = super().create_task_handler(*args, **kwargs)

        def on_message(message: Any) -> None:  # noqa: ANN401  kombu's message
            if is_task(message, self.app.tasks):
                handle(message)
            else:
                refuse(message, self.connection_errors)

        return on_message

    def on_decode_error(self, message: Any, exc: Exception) -> None:  # noqa: ANN401, ARG002
        refuse(message, self.connection_errors)


def is_task(message: Any, tasks: Any) -> bool:  # noqa: ANN401  kombu's message, Celery's registry
    """Return whether Celery can run `message`. We send no message with an eta: a worker would hold
    it in memory."""
    headers = message.headers
    if not isinstance(headers, dict) or headers.get("task") not in tasks or headers.get("eta"):
        return False
    try:
        args, kwargs, embed = message.payload
    except Exception:  # noqa: BLE001  whatever a decoder raises, it cannot be read
        return False
    parts = ((headers.get("id"), str), (args, list), (kwargs, dict), (embed, dict))
    return all(isinstance(part, kind) for part, kind in parts)
