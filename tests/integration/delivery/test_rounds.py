"""What is due often runs by the clock of the ticks' worker, without beat and without a message."""

import os
import subprocess
import time
from datetime import timedelta

import pytest

from workers.celery_app.schedule import OFTEN, TICKS, beat_schedule
from workers.celery_app.ticks import WORK, Rounds
from workers.local.worker_processes import worker_command


def test_each_tick_has_one_clock():
    sent = {name.removeprefix("tick.") for name in (e["task"] for e in beat_schedule().values())}
    assert set(TICKS) == set(WORK) == sent | set(OFTEN)
    assert not sent & set(OFTEN)


def test_each_runs_as_often_as_it_is_due_and_leaves_a_sign_of_life(runner):
    ran = []
    rounds = Rounds(
        {"soon": lambda _: ran.append("soon"), "late": lambda _: ran.append("late")},
        {"soon": 0.001, "late": 3600.0},
    )
    for _ in range(3):
        rounds.run(runner)
        time.sleep(rounds.pause)

    assert ran == ["soon", "late", "soon", "soon"]
    assert set(runner.services.heartbeats.last()) == {"soon", "late"}


def test_one_that_fails_keeps_none_from_running_and_leaves_no_sign(runner):
    ran = []

    def fail(_):
        ran.append("fails")
        raise ZeroDivisionError("oops")

    rounds = Rounds(
        {"fails": fail, "works": lambda _: ran.append("works")}, {"fails": 0.001, "works": 0.001}
    )
    for _ in range(2):
        rounds.run(runner)
        time.sleep(rounds.pause)

    assert ran == ["fails", "works"] * 2
    assert set(runner.services.heartbeats.last()) == {"works"}


@pytest.fixture
def start_worker(redis_url, tmp_path):
    """Starts the worker of a queue, as `presswire up` does."""
    started = []
    given = {"PREFIX": "test", "BROKER_URL": redis_url, "REDIS_URL": redis_url}
    environment = {**os.environ, **{f"PRESSWIRE_{name}": each for name, each in given.items()}}

    def start(stage):
        with (tmp_path / f"{stage}.log").open("wb") as log:
            started.append(
                subprocess.Popen(
                    worker_command(stage, "test"),
                    env={**environment, "PRESSWIRE_OUTLETS": str(tmp_path)},
                    stdout=log,
                    stderr=log,
                )
            )

    yield start
    for worker in started:
        worker.terminate()
        worker.wait(60)


def wait_for(condition, seconds=90.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_the_worker_of_ticks_runs_them_without_a_beat_and_no_other_worker_does(
    runner, start_worker
):
    redis, heartbeats = runner.services.redis, runner.services.heartbeats
    start_worker("dedupe")
    wait_for(lambda: any(each["name"].startswith("presswire-") for each in redis.client_list()))
    time.sleep(3 * min(OFTEN.values()))  # what should not happen has no sign to wait for
    assert not heartbeats.last()

    start_worker("tick")
    wait_for(lambda: set(heartbeats.last()) == set(OFTEN))
    first = heartbeats.last()["lease"]
    wait_for(lambda: heartbeats.last()["lease"] - first > timedelta(seconds=1))
    assert redis.llen("test.tick") == 0
