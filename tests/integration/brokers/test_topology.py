"""What is declared, once and by everybody alike."""

from contextlib import suppress

import pytest
from amqp.exceptions import PreconditionFailed
from kombu import Queue

from workers.pipeline import STAGES


def test_every_queue_and_the_dead_one_are_there_and_empty(small):
    assert small.depths() == dict.fromkeys((*(stage.name for stage in STAGES), "tick"), 0)
    assert small.dead() == []


def test_declaring_again_changes_nothing(small):
    small.send("parse", "a")
    small.declare()
    assert small.depths()["parse"] == 1


@pytest.mark.parametrize(
    "other",
    [
        {"x-queue-type": "classic"},
        {"x-queue-type": "quorum"},
        {"x-queue-type": "quorum", "x-delivery-limit": 3},
    ],
)
def test_the_stages_queues_are_quorum_queues_with_a_limit_and_dead_letters(small, broker, other):
    if not broker.startswith("amqp"):
        pytest.skip("servers of the Redis protocol know no kinds of queues")
    queue = small.topology.queues["parse"]
    asked = Queue(queue.name, queue.exchange, "parse", queue_arguments=other)
    with small.app.connection_for_write() as connection, pytest.raises(PreconditionFailed) as told:
        asked(connection.default_channel).declare()
    assert "inequivalent arg" in str(told.value)


def test_a_dead_queue_of_an_earlier_version_keeps_its_messages_and_the_rest_is_declared(
    small, broker, caplog
):
    if not broker.startswith("amqp"):
        pytest.skip("servers of the Redis protocol know no arguments")
    dead = small.topology.dead
    with small.app.connection_for_write() as connection:
        queue = dead(connection.default_channel)
        queue.delete()
        queue.queue_arguments = {"x-queue-type": "quorum"}
        queue.declare()
        connection.Producer().publish({"a": 1}, exchange=dead.exchange, routing_key="parse")
    small.declare()
    assert f"{dead.name} has no delivery limit" in caplog.text
    small.wait(lambda: len(small.dead()) == 1)
    assert set(small.depths().values()) == {0}


def test_ticks_that_nobody_works_on_are_cut_to_the_newest(small):
    for number in range(1_100):
        small.send("tick", str(number))
    assert small.depths()["tick"] <= 1_000
    assert small.dead() == []


def test_asking_for_depths_opens_no_connection_each_time(small, broker):
    if broker.startswith("amqp"):
        pytest.skip("there a channel is no connection")
    with small.app.connection_for_read() as connection:
        small.topology.all_depths(connection)
        server = connection.default_channel.client
        before = server.info("stats")["total_connections_received"]
        for _ in range(20):
            assert small.topology.all_depths(connection)["dead"] == 0
        assert server.info("stats")["total_connections_received"] == before


def test_depths_are_told_again_after_a_connection_broke(small):
    with small.app.connection_for_read() as connection:
        small.topology.depths(connection)
        connection.default_channel.close()
        with suppress(Exception):
            small.topology.depths(connection)
        assert small.topology.depths(connection)["parse"] == 0
