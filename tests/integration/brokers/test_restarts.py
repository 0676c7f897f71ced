"""A broker that goes away and comes back: nothing that it confirmed is missing."""

import os
import subprocess
import sys
import threading
from contextlib import ExitStack

import pytest
import redis
from kombu.exceptions import OperationalError

from workers.local.ports import free_port
from workers.local.rabbitmq import rabbitmq
from workers.local.valkey import valkey

MESSAGES = 300
# as the product does: what the broker did not take is sent again later
PUBLISHER = f"""
import kombu.exceptions, small_app, time

for number in range({MESSAGES}):
    while True:
        try:
            small_app.send("parse", {{"name": str(number)}})
        except kombu.exceptions.OperationalError:
            continue
        break
    print(number, flush=True)
    time.sleep(0.005)
"""


@pytest.fixture(params=["rabbitmq", "valkey"])
def own_broker(request, tmp_path):
    """Starts a broker that keeps its place and its data; call it again after `close`."""
    start = {"rabbitmq": rabbitmq, "valkey": valkey}[request.param]
    port = free_port()
    with ExitStack() as stack:

        def run():
            return stack.enter_context(start(tmp_path / "broker", port))

        run.close = stack.close
        yield run


def test_a_broker_that_restarts_while_many_publish_has_every_message_it_confirmed(
    own_broker, make_small
):
    small = make_small(own_broker())
    small.declare()
    publishers = [publisher(small) for _ in range(2)]
    lines = [[each.stdout.readline() for _ in range(20)] for each in publishers]
    own_broker.close()
    restarting = threading.Timer(1.0, own_broker)
    restarting.start()
    rest = [each.stdout.readlines() for each in publishers]
    for each in publishers:
        assert each.wait() == 0
        each.stdout.close()
    restarting.join()
    told = [len(first) + len(later) for first, later in zip(lines, rest, strict=True)]
    assert told == [MESSAGES, MESSAGES]
    small.start("parse", "threads", size=8, ahead=20)
    everything = {str(number) for number in range(MESSAGES)}
    small.wait(lambda: set(small.noted("done")) == everything)
    small.wait(lambda: len(small.noted("done")) >= 2 * MESSAGES)
    assert small.dead() == []


def test_a_worker_goes_on_by_itself_when_its_broker_is_back(own_broker, make_small):
    small = make_small(own_broker())
    small.declare()
    worker = small.start("parse")
    small.send("parse", "before")
    small.wait(lambda: small.noted("done") == ["before"])
    own_broker.close()
    own_broker()
    small.send("parse", "after")
    small.wait(lambda: "after" in small.noted("done"), 60)
    assert worker.poll() is None


def test_a_full_redis_takes_no_messages_but_hands_out_those_it_has(own_broker, make_small):
    url = own_broker()
    if url.startswith("amqp"):
        pytest.skip("RabbitMQ's memory alarm is tested with the whole pipeline")
    small = make_small(url)
    small.declare()
    small.start("parse", "threads", size=1)
    small.send("parse", "slow", "sleep", seconds=5)
    small.wait(lambda: small.noted("begun") == ["slow"])
    with redis.Redis.from_url(url) as client:
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 300_000)
    sent = filled(small)
    assert sent > 0
    small.wait(lambda: len(small.noted("done")) == 1 + sent)
    small.send("parse", "after")
    small.wait(lambda: "after" in small.noted("done"))


def filled(small):
    """Sends until the server takes no more; how many it took."""
    for sent in range(10_000):
        try:
            small.send("parse", str(sent), text="x" * 1000)
        except (redis.exceptions.OutOfMemoryError, OperationalError):
            return sent
    raise AssertionError("it was never full")


def publisher(small):
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER],
        stdout=subprocess.PIPE,
        env={**os.environ, **small.environment},
    )
