"""Exchanges and queues: all of them, declared in one place before any worker starts."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from amqp.exceptions import PreconditionFailed
from celery.utils.log import get_task_logger
from kombu import Connection, Exchange, Message, Queue

from workers.pipeline import DELIVERY_LIMIT, STAGES

TICK = "tick"
MAX_TICKS = 1000
# RabbitMQ 4 drops a message of a quorum queue after 20 returns unless a limit is given, and
# RabbitMQ 3 knows no "unlimited": this is a return a second for 68 years
NO_DELIVERY_LIMIT = 2**31 - 1

logger = get_task_logger(__name__)


class Topology:
    """The queues of one installation; `prefix` is the first part of every name.

    On RabbitMQ each is a quorum queue that hands what it cannot deliver, and what is refused, to
    `{prefix}.dead`. Servers of the Redis protocol ignore the arguments: `redis_transport` does the
    same there.
    """

    def __init__(self, prefix: str, delivery_limit: int = DELIVERY_LIMIT) -> None:
        self.delivery_limit = delivery_limit
        # what no queue is bound for goes to the dead queue, too
        lost = {"alternate-exchange": f"{prefix}.dead"}
        self.exchange = Exchange(prefix, type="topic", durable=True, arguments=lost)
        self.dead = Queue(
            f"{prefix}.dead",
            Exchange(f"{prefix}.dead", type="fanout", durable=True),
            queue_arguments={"x-queue-type": "quorum", "x-delivery-limit": NO_DELIVERY_LIMIT},
        )
        self.queues = {stage.name: self._stage_queue(prefix, stage.name) for stage in STAGES}
        # no dead letters: a tick that nobody worked on in time is worth nothing
        self.queues[TICK] = self._queue(prefix, TICK, {"x-max-length": MAX_TICKS})

    def _stage_queue(self, prefix: str, name: str) -> Queue:
        arguments = {
            "x-delivery-limit": self.delivery_limit,
            "x-dead-letter-exchange": self.dead.exchange.name,
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }
        return self._queue(prefix, name, arguments)

    def _queue(self, prefix: str, name: str, arguments: dict[str, Any]) -> Queue:
        arguments = {"x-queue-type": "quorum", **arguments}
        return Queue(f"{prefix}.{name}", self.exchange, name, queue_arguments=arguments)

    def declare(self, connection: Connection) -> None:
        """Makes everything that is not there yet, the dead queue first."""
        self._declare_dead(connection)
        with connection.channel() as channel:
            for queue in self.queues.values():
                queue(channel).declare()

    def _declare_dead(self, connection: Connection) -> None:
        """Makes the dead queue. One that 0.1.0 made, with no limit, stays as it is."""
        try:
            with connection.channel() as channel:
                self.dead(channel).declare()
        except PreconditionFailed:
            logger.warning("%s has no delivery limit: docs/delivery.md, RabbitMQ 4", self.dead.name)

    def depths(self, connection: Connection, names: Collection[str] = ()) -> dict[str, int]:
        """Return the number of messages that wait in the queues with these short names, by these;
        in each queue if none is named."""
        wanted = {name: self.queues[name] for name in names} if names else self.queues
        return self._depths_of(wanted, connection)

    def all_depths(self, connection: Connection) -> dict[str, int]:
        """Return the same with `dead`, for those who watch: what the broker could not deliver, and
        what is none of ours, waits there to be settled."""
        return self._depths_of({**self.queues, "dead": self.dead}, connection)

    def _depths_of(self, queues: Mapping[str, Queue], connection: Connection) -> dict[str, int]:
        """Return the depths of `queues` over the channel that the connection keeps: on the Redis
        protocol a new channel is two new connections to the server."""
        try:
            channel = connection.default_channel
            bound = {name: queue(channel) for name, queue in queues.items()}
            answers: dict[str, Any] = {
                name: queue.queue_declare(passive=True) for name, queue in bound.items()
            }
        except BaseException:
            connection.close()  # with its channel, which may be of no use any more
            raise
        return {name: int(answer.message_count) for name, answer in answers.items()}

    def dead_letters(self, connection: Connection, limit: int = 100) -> Iterator[Message]:
        """Yield the messages that the broker could not deliver; each stays until its caller
        acknowledges it."""
        yield from self._messages_of(self.dead, connection, limit)

    def waiting(self, stage: str, connection: Connection, limit: int = 100) -> Iterator[Message]:
        """Yield the messages that wait for a stage, as `dead_letters` does."""
        yield from self._messages_of(self.queues[stage], connection, limit)

    def _messages_of(self, queue: Queue, connection: Connection, limit: int) -> Iterator[Message]:
        with connection.channel() as opened:
            channel: Any = opened
            for _ in range(limit):
                # not `get`: that raises for a message it cannot unpack, and keeps it
                raw = channel.basic_get(queue.name, no_ack=False)
                if raw is None:
                    return
                message: Message = channel.message_to_python(raw)
                message.accept = {"application/json"}
                yield message
