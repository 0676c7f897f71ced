"""What a broker has to keep, on RabbitMQ and on a server of the Redis protocol alike."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest


def test_a_message_whose_child_was_killed_comes_back(small):
    small.start("parse")
    small.send("parse", "a", "die once")
    small.wait(lambda: small.noted("done") == ["a"])
    assert small.noted("begun") == ["a", "a"]


def test_a_message_that_always_kills_its_child_ends_in_the_dead_queue(small):
    small.start("parse")
    small.send("parse", "bad", "die")
    small.send("parse", "good")
    dead = []
    small.wait(lambda: dead.extend(small.dead()) or dead)
    assert [message.payload[0][0]["name"] for message in dead] == ["bad"]
    assert small.noted("begun").count("bad") == 1 + 3
    small.wait(lambda: small.noted("done") == ["good"])


@pytest.mark.parametrize("pool", ["prefork", "threads", "solo"])
def test_what_a_killed_worker_held_goes_to_another_at_once(small, pool):
    first = small.start("parse", pool, ahead=8)
    small.send("parse", "slow", "sleep", seconds=60)
    small.wait(lambda: small.noted("begun") == ["slow"])
    for number in range(5):
        small.send("parse", str(number))
    small.wait(lambda: small.depths()["parse"] == 0 or pool == "solo")
    small.kill(first)
    small.start("parse", "threads", size=4)
    small.wait(lambda: {*small.noted("done")} == {"0", "1", "2", "3", "4"})
    small.wait(lambda: small.noted("begun").count("slow") == 2)


def test_nothing_is_lost_while_workers_are_killed_at_any_moment(small):
    names = [str(number) for number in range(250)]
    for name in names:
        small.send("parse", name, "sleep", seconds=0.005)
    for _ in range(4):
        worker = small.start("parse", "solo", ahead=20)
        begun = len(small.noted("begun"))
        small.wait(lambda begun=begun: len(small.noted("begun")) > begun + 30)
        small.kill(worker)
    small.start("parse", "threads", size=4, ahead=20)
    small.wait(lambda: {*small.noted("done")} == {*names})
    twice = Counter(small.noted("begun"))
    assert sum(number - 1 for number in twice.values()) <= 4 * 20, "more than was taken ahead"


def test_a_task_that_raises_ends_in_the_dead_queue_with_its_message_whole(small):
    small.start("parse")
    small.send("parse", "a", "raise")
    small.send("parse", "b")
    dead = []
    small.wait(lambda: dead.extend(small.dead()) or dead)
    assert [message.payload[0][0]["name"] for message in dead] == ["a"]
    small.wait(lambda: small.noted("done") == ["b"])
    assert small.dead() == []


def test_a_task_over_its_hard_limit_is_stopped_and_comes_back(small):
    small.start("parse", SMALL_TIME_LIMIT="1")
    small.send("parse", "a", "sleep", seconds=60)
    small.wait(lambda: small.noted("begun") == ["a", "a"])


def test_a_batch_lets_go_of_each_message_after_its_own_verdict(small):
    small.start("index", "solo", ahead=100)
    for number in range(4):
        small.send("index", str(number))
    small.send("index", "late", "later")
    small.wait(lambda: len(small.noted("done")) == 5)
    assert small.noted("begun").count("late") == 3
    assert all(small.noted("begun").count(str(number)) == 1 for number in range(4))
    assert small.depths()["index"] == 0


def test_a_batch_that_fails_as_a_whole_is_run_again(small):
    small.start("index", "solo", ahead=100)
    small.send("index", "a", "raise once")
    small.wait(lambda: small.noted("done") == ["a"])


def test_a_killed_batch_gives_back_what_it_had_not_let_go(small):
    first = small.start("index", "solo", ahead=100)
    small.wait(lambda: "ready" in small.log())
    for number in range(30):
        small.send("index", str(number))
    small.send("index", "slow", "sleep", seconds=60)
    small.wait(lambda: "slow" in small.noted("begun"))
    small.kill(first)
    small.start("index", "threads", ahead=100)
    small.wait(lambda: {*small.noted("done")} >= {str(number) for number in range(30)})
    small.wait(lambda: small.noted("begun").count("slow") == 2)


def test_a_stopping_worker_finishes_what_it_works_on_and_returns_the_rest(small):
    first = small.start("parse", ahead=10)
    small.send("parse", "a", "sleep", seconds=2)
    small.wait(lambda: small.noted("begun") == ["a"])
    for number in range(5):
        small.send("parse", str(number))
    time.sleep(0.5)
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert "a" in small.noted("done")
    small.start("parse")
    small.wait(lambda: len(small.noted("done")) == 6)
    assert sorted(small.noted("begun")) == ["0", "1", "2", "3", "4", "a"]


def test_what_a_frozen_worker_holds_goes_to_another_when_its_time_is_over(small, broker):
    if broker.startswith("amqp"):
        pytest.skip("RabbitMQ's own bound, consumer_timeout, is not ours to test")
    frozen = small.start("parse", "solo", SMALL_VISIBILITY="3")
    small.send("parse", "a", "sleep", seconds=600)
    small.wait(lambda: small.noted("begun") == ["a"])
    os.killpg(frozen.pid, signal.SIGSTOP)
    small.start("parse", "solo", SMALL_VISIBILITY="3")
    small.wait(lambda: small.noted("begun") == ["a", "a"])
    os.killpg(frozen.pid, signal.SIGCONT)


def test_the_publisher_dies_and_nothing_it_was_told_of_is_missing(small):
    """What `send` returned for is in the broker."""
    script = (
        "import small_app\nfor number in range(10_000):\n"
        "    small_app.send('parse', {'name': str(number)})\n    print(number, flush=True)\n"
    )
    publisher = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        env={**os.environ, **small.environment},
    )
    told = [publisher.stdout.readline() for _ in range(100)]
    publisher.kill()
    told += publisher.stdout.readlines()
    publisher.wait()
    publisher.stdout.close()
    small.wait(lambda: small.depths()["parse"] >= len([line for line in told if line.strip()]))


def test_what_no_queue_is_there_for_ends_in_the_dead_queue(small, broker):
    if broker.startswith("amqp"):
        with small.app.connection_for_write() as connection:
            small.topology.queues["parse"](connection.default_channel).delete()
    else:
        small.notes.delete(f"_kombu.binding.{small.prefix}")
    small.send("parse", "a")
    (dead,) = small.dead()
    assert dead.payload[0][0]["name"] == "a"


def test_many_threads_of_one_worker_never_wait_for_each_other(small):
    names = {str(number) for number in range(600)}
    for name in names:
        small.send("parse", name)
    small.start("parse", "threads", size=8, ahead=20)
    small.wait(lambda: set(small.noted("done")) == names)
    small.wait(lambda: small.depths()["parse"] == 0)
