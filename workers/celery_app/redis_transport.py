"""kombu's Redis transport with RabbitMQ's promises: a message is taken and noted as held in one
step, goes back at once when its holder's connection is gone, and is put into the dead queue when
it is refused."""

import time
import uuid
from contextlib import suppress
from hashlib import sha1
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import redis, virtual
from redis.exceptions import NoScriptError, ResponseError

from workers.adapters.redis.lua import load_script
from workers.celery_app.redis_messages import Message, decode_message

_SCRIPT = load_script(Path(__file__).parent, "redis_transport")
_SHA = sha1(_SCRIPT.encode(), usedforsecurity=False).hexdigest()
# how long a wait for one of several queues leaves the others unwatched
TURN_SECONDS = 0.25


class QoS(redis.QoS):
    """Which messages this process holds."""

    channel: "Channel"

    def append(self, message: Any, delivery_tag: str) -> None:  # noqa: ANN401  kombu's message
        """The server has noted it already, when it was taken."""
        virtual.QoS.append(self, message, delivery_tag)

    def ack(self, delivery_tag: str) -> None:
        """Done. What was given to another meanwhile stays the other's."""
        self.channel.hold("done", delivery_tag)
        virtual.QoS.ack(self, delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Back into its queue, or into the dead one."""
        if requeue:
            self.channel.hold("back", delivery_tag)
        else:
            self.channel.hold("dead", delivery_tag)
        virtual.QoS.ack(self, delivery_tag)

    def restore_unacked(self, client: object = None) -> None:  # noqa: ARG002  kombu's signature
        """What is not done goes back, the oldest first in line."""
        held: dict[str, Any] = self._delivered or {}
        for tag in reversed(held):
            self.channel.hold("back", tag)
        held.clear()

    def restore_visible(self, start: int = 0, num: int = 0, interval: int = 0) -> None:  # noqa: ARG002
        """Gives back what lost its holder, and what was held for too long."""
        self.channel.give_back_lost()


class Channel(redis.Channel):
    """Consumes from lists by one script; `client_name` tells the server whose connection it is."""

    QoS = QoS
    Message = Message
    from_transport_options = (
        *redis.Channel.from_transport_options,
        *("dead_queue", "delivery_limit", "longest", "guarded_exchange"),
    )

    dead_queue = "dead"
    # what this exchange has no queue for goes to the dead queue
    guarded_exchange = ""
    # how often a message may come back before it goes to the dead queue
    delivery_limit = 20
    # the lengths to which queues are cut, the oldest message first
    longest: dict[str, int] = {}  # noqa: RUF012  kombu sets it on the instance
    priority_steps = [0]  # noqa: RUF012  same
    # kombu's own, for the type checker
    unacked_restore_interval: float
    connection_errors: tuple[type[Exception], ...]
    _queue_cycle: Any

    def __init__(self, connection: "Transport", **kwargs: Any) -> None:  # noqa: ANN401
        self.holder = self.client_name = connection.holder
        self._is_waiting = False
        super().__init__(connection, **kwargs)

    def hold(self, verb: str, *arguments: object) -> Any:  # noqa: ANN401  the script's answer
        """Run one change of what this process holds.

        Returns:
            the script's answer.
        """
        with self.conn_or_acquire() as client:
            script = client.register_script(_SCRIPT)
            return script(keys=[self.unacked_key], args=[*self._head(verb), *arguments])

    def give_back_lost(self) -> None:
        """The holders are listed first: one that came later is not mistaken for a dead one."""
        root = self.unacked_key
        pause = max(1, int(1000 * self.unacked_restore_interval) - 100)
        with self.conn_or_acquire() as client:
            if not client.set(f"{root}:looked", self.holder, nx=True, px=pause):
                return
            holders = {name.decode() for name in client.smembers(f"{root}:holders")}
            with suppress(ResponseError):  # an account that may not list the connections
                lost = holders - {each["name"] for each in client.client_list()}
                if lost:
                    self.hold("lost", *sorted(lost))
            self.hold("overdue", time.time() - self.visibility_timeout)

    def _get(self, queue: str, timeout: float | None = None) -> Any:  # noqa: ANN401, ARG002
        taken = self._take([queue])
        if not taken:
            raise Empty
        return decode_message(taken[1])

    def _take(self, queues: list[str]) -> Any:  # noqa: ANN401  the script's answer
        with self.conn_or_acquire() as client:
            script = client.register_script(_SCRIPT)
            return script(keys=[self.unacked_key, *queues], args=[*self._head("take"), time.time()])

    def _head(self, verb: str) -> list[object]:
        return [verb, self.holder, self.dead_queue, self.delivery_limit]

    def _lookup(self, exchange: str, routing_key: str, default: str | None = None) -> Any:  # noqa: ANN401
        found = super()._lookup(exchange, routing_key, default)
        return found or ([self.dead_queue] if exchange == self.guarded_exchange else found)

    def _has_queue(self, queue: str, **_: object) -> bool:  # noqa: ARG002  an empty list has no key
        return True

    def basic_get(self, queue: str, no_ack: bool = False, **kwargs: Any) -> Any:  # noqa: ANN401
        message = super().basic_get(queue, no_ack=no_ack, **kwargs)
        if message is not None and no_ack:
            self.hold("done", message.delivery_tag)
        return message

    def _brpop_start(self, timeout: float | None = None) -> None:
        """Asks for a message; after an empty answer it waits until there is one: moving the last
        message of a list to where it is takes nothing out."""
        queues = self._queue_cycle.consume(len(self.active_queues))
        if not queues:
            return
        link = self.client.connection
        self._in_poll, self._brpop_sent_at = link, time.monotonic()
        if self._is_waiting:
            seconds = TURN_SECONDS if len(queues) > 1 else timeout or self.brpop_timeout
            self._queue_cycle.rotate(queues[0])
            link.send_command("BLMOVE", queues[0], queues[0], "RIGHT", "RIGHT", seconds)
        else:
            keys = [self.unacked_key, *queues]
            arguments = [*self._head("take"), time.time()]
            link.send_command("EVALSHA", _SHA, len(keys), *keys, *arguments)

    def _brpop_read(self, **_: object) -> bool:
        """Read what came: the sign that a message waits, or the message itself.

        Returns:
            True if a message was delivered.

        Raises:
            Empty: there was none.
        """
        was_waiting, self._is_waiting = self._is_waiting, False
        try:
            answer = self._answer()
        finally:
            self._in_poll = None
        if was_waiting:
            raise Empty
        if not answer:
            self._is_waiting = True
            raise Empty
        queue, message = answer
        self._queue_cycle.rotate(queue.decode())
        self.connection._deliver(decode_message(message), queue.decode())  # noqa: SLF001  kombu's
        return True

    def _answer(self) -> Any:  # noqa: ANN401  redis' answer
        try:
            return self.client.parse_response(self.client.connection, "EVALSHA")
        except NoScriptError:
            with self.conn_or_acquire() as client:
                client.script_load(_SCRIPT)
            raise Empty from None
        except self.connection_errors:
            self.client.connection.disconnect()
            raise

    def _put(self, queue: str, message: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super()._put(queue, message, **kwargs)
        if queue in self.longest:
            with self.conn_or_acquire() as client:
                client.ltrim(queue, 0, self.longest[queue] - 1)


class Transport(redis.Transport):
    """One name for all connections of one kombu connection."""

    Channel = Channel

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        self.holder = f"presswire-{uuid.uuid4().hex}"
        super().__init__(*args, **kwargs)
