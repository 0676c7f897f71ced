"""Counters of many processes and threads come together."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest

from workers.adapters.redis.connection import connect
from workers.adapters.redis.counters import LONG_SECONDS, Counters, add_up

PROCESSES, THREADS, TIMES = 3, 4, 200


def work(url):
    """One worker process whose threads count, and hand over now and then."""
    counters = Counters(connect(url), "test")

    def count(number):
        counters.count("pages", "gazette", "indexed")
        counters.observe("seconds", "parse", seconds=number / 100)
        if not number % 7:
            counters.flush()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(count, range(TIMES)))
    counters.flush()


def test_no_count_of_any_process_or_thread_is_lost(clean_redis, redis_url):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=work, args=(redis_url,)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    found = Counters(clean_redis, "test").read()
    assert found["pages"] == {("gazette", "indexed"): PROCESSES * TIMES}
    ((labels, buckets, total),) = add_up(found["seconds"])
    assert labels == ("parse",)
    # 0.00, 0.01 … 1.99: one observation in two is no longer than a second
    assert dict(buckets)["1.0"] == PROCESSES * (TIMES // 2 + 1)
    assert buckets[-1] == ("+Inf", PROCESSES * TIMES)
    assert total == pytest.approx(PROCESSES * sum(range(TIMES)) / 100)


def test_what_redis_refuses_is_handed_over_the_next_time(clean_redis):
    counters = Counters(clean_redis, "test")
    clean_redis.set("test:metrics", "of another type")
    counters.count("pages", "gazette")
    counters.flush()
    clean_redis.delete("test:metrics")
    counters.count("pages", "gazette")
    counters.flush()
    assert counters.read() == {"pages": {("gazette",): 2}}


def test_nothing_is_written_when_nothing_was_counted(clean_redis):
    Counters(clean_redis, "test").flush()
    assert clean_redis.dbsize() == 0


def test_a_histogram_adds_up_to_each_bound():
    values = {("a", "5.0"): 2.0, ("a", "+Inf"): 1.0, ("a", "sum"): 100.0, ("b", "1.0"): 1.0}
    (first, buckets, total), (second, *_) = add_up(values, LONG_SECONDS)
    assert (first, second, total) == (("a",), ("b",), 100.0)
    assert [buckets[0], buckets[1], buckets[-1]] == [("1.0", 0.0), ("5.0", 2.0), ("+Inf", 3.0)]
