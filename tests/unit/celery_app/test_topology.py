"""What we declare is what RabbitMQ 3 and 4 both permit."""

import pytest

from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology
from workers.settings import Settings

TOPOLOGY = Topology("presswire")
QUEUES = (TOPOLOGY.dead, *TOPOLOGY.queues.values())


@pytest.mark.parametrize("queue", QUEUES, ids=lambda queue: queue.name)
def test_no_queue_of_ours_is_transient_mirrored_or_classic(queue):
    # RabbitMQ 4.3 refuses transient queues that are not exclusive; 4.0 mirrors none
    assert queue.durable
    assert not queue.auto_delete
    assert not queue.exclusive
    assert queue.queue_arguments["x-queue-type"] == "quorum"
    assert queue.exchange.durable


def test_what_celery_declares_for_itself_is_exclusive():
    app = make_app(Settings(broker_url="amqp://127.0.0.1//"), TOPOLOGY)
    mailbox = app.control.mailbox
    assert mailbox.get_queue("parse@here").exclusive
    assert mailbox.get_reply_queue().exclusive
    assert app.conf.event_queue_exclusive
