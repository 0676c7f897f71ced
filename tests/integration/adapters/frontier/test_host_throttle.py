import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from multiprocessing import get_context
from urllib.request import urlopen

import pytest

from schemas.events import FeedDue
from schemas.outlet import Politeness
from workers.adapters.frontier.feed_schedule import CLAIM_SECONDS, FeedSchedule
from workers.adapters.frontier.host_throttle import HELD_SECONDS, HostThrottle
from workers.adapters.redis.connection import connect

# of each host, before the workers stop
REQUESTS = 8
PATIENCE_SECONDS = 60


def second(number):
    return timedelta(seconds=number)


def test_the_second_turn_waits_for_the_interval_after_the_first_ended(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    turn = pace.acquire("a.example", Politeness(2.0), now=noon)
    assert turn.is_granted
    pace.release("a.example", turn, 0.5, now=noon + second(0.5))
    assert pace.acquire("a.example", Politeness(2.0), now=noon + second(2.4)).wait == pytest.approx(
        0.1
    )
    assert pace.acquire("a.example", Politeness(2.0), now=noon + second(2.6)).is_granted


def test_hosts_of_one_domain_share_a_clock_and_others_do_not(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    assert pace.acquire("www.a.example", now=noon).is_granted
    assert not pace.acquire("m.a.example", now=noon).is_granted
    assert pace.acquire("www.b.example", now=noon).is_granted


def test_a_crawl_delay_counts_when_it_asks_for_more(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    pace.acquire("a.example", crawl_delay=10, now=noon)
    assert pace.acquire("a.example", crawl_delay=10, now=noon + second(4)).wait == pytest.approx(6)


@pytest.mark.parametrize("delay", [1e12, 1e17, 1e300, float("inf")])
def test_a_delay_without_measure_keeps_a_site_waiting_for_a_day_at_most(clean_redis, noon, delay):
    pace = HostThrottle(clean_redis, "t")
    turn = pace.acquire("a.example", crawl_delay=delay, now=noon)
    pace.release("a.example", turn, 0.1, now=noon)
    pace.pause("a.example", delay, now=noon)
    assert pace.acquire("www.a.example", now=noon).wait == pytest.approx(86_400)
    assert pace.acquire("www.a.example", now=noon + second(86_401)).is_granted


@pytest.mark.parametrize("field", ["next", "stop"])
def test_a_moment_that_is_kept_already_is_a_day_away_at_most(clean_redis, noon, field):
    pace = HostThrottle(clean_redis, "t")
    clean_redis.hset("t:pace:a.example", field, f"{1e300:f}")
    assert pace.acquire("a.example", now=noon).wait == pytest.approx(86_400)


def test_a_slow_host_is_asked_more_slowly(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    turn = pace.acquire("a.example", Politeness(1.0), now=noon)
    pace.release("a.example", turn, 5.0, now=noon + second(5))
    assert pace.acquire("a.example", Politeness(1.0), now=noon + second(7)).is_granted
    assert pace.acquire("a.example", Politeness(1.0), now=noon + second(8)).wait == pytest.approx(9)


def test_a_stop_holds_for_everybody_and_is_never_shortened(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    pace.pause("a.example", 100, now=noon)
    pace.pause("a.example", 1, now=noon)
    assert HostThrottle(clean_redis, "t").acquire("a.example", now=noon).wait == pytest.approx(100)


def test_the_turn_of_a_dead_worker_ends_by_itself(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    pace.acquire("a.example", now=noon)
    assert not pace.acquire("a.example", now=noon + second(HELD_SECONDS - 1)).is_granted
    assert pace.acquire("a.example", now=noon + second(HELD_SECONDS + 1)).is_granted


def test_a_host_that_fails_is_left_alone_for_longer_each_time_until_it_answers(clean_redis, noon):
    pace, moment, pauses = HostThrottle(clean_redis, "t"), noon, []
    for has_failed in (True, True, True, False, True):
        turn = pace.acquire("a.example", Politeness(1.0), now=moment)
        pauses.append(pace.release("a.example", turn, 0.1, now=moment, has_failed=has_failed))
        assert not pace.acquire("a.example", now=moment + second(pauses[-1] - 0.01)).is_granted
        moment += second(pauses[-1] + 10)
    assert pauses == [10, 20, 40, 0, 10]


def test_an_outlet_without_an_interval_is_asked_without_pauses(clean_redis, noon):
    pace = HostThrottle(clean_redis, "t")
    for _ in range(3):
        turn = pace.acquire("a.example", Politeness(0.0), now=noon)
        assert turn.is_granted
        pace.release("a.example", turn, 9.0, now=noon)


class _Host(BaseHTTPRequestHandler):
    """Answers after 20 ms, logs when requests came and how many there were at once."""

    def do_GET(self):
        log = self.server.log
        with self.server.lock:
            self.server.under_way += 1
            log.append((time.monotonic(), self.server.under_way))
        time.sleep(0.02)
        with self.server.lock:
            self.server.under_way -= 1
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def logged_hosts():
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), _Host) for _ in range(3)]
    for server in servers:
        server.log, server.lock, server.under_way = [], threading.Lock(), 0
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield servers
    for server in servers:
        server.shutdown()
        server.server_close()


def _ask(url, hosts, politeness, is_over):
    pace = HostThrottle(connect(url, retries=0), "t")
    while not is_over.is_set():
        for host in hosts:
            turn = pace.acquire(host, politeness)
            if turn.is_granted:
                start = time.monotonic()
                with urlopen(f"http://{host}/") as answer:
                    answer.read()
                pace.release(host, turn, time.monotonic() - start)
        time.sleep(0.005)


@pytest.mark.parametrize("workers", [1, 4, 16])
def test_no_request_comes_before_its_interval_at_any_number_of_workers(
    workers, logged_hosts, redis_url, clean_redis
):
    clean_redis.ping()
    _run(workers, logged_hosts, redis_url, Politeness(0.2))
    for server in logged_hosts:
        moments = [moment for moment, _ in server.log]
        assert len(moments) >= REQUESTS
        assert min(b - a for a, b in pairwise(moments)) >= 0.2
        assert max(together for _, together in server.log) == 1


@pytest.mark.parametrize("workers", [4, 16])
def test_no_host_is_asked_over_its_concurrency(workers, logged_hosts, redis_url, clean_redis):
    _run(workers, logged_hosts, redis_url, Politeness(0.0, 3))
    clean_redis.ping()
    assert max(together for server in logged_hosts for _, together in server.log) in {1, 2, 3}


def _run(workers, servers, url, politeness):
    """Workers ask until each server has been asked often enough."""
    hosts = [f"127.0.0.1:{server.server_port}" for server in servers]
    context = get_context("fork")
    is_over, end = context.Event(), time.monotonic() + PATIENCE_SECONDS
    started = [
        context.Process(target=_ask, args=(url, hosts, politeness, is_over)) for _ in range(workers)
    ]
    for process in started:
        process.start()
    while min(len(server.log) for server in servers) < REQUESTS and time.monotonic() < end:
        time.sleep(0.05)
    is_over.set()
    for process in started:
        process.join()
        assert process.exitcode == 0


def _claim(url, noon, found):
    clock = FeedSchedule(connect(url, retries=0), "t")
    for feed in clock.claim_due(noon, 1000):
        found.put(feed.page_id)
    found.put(None)


def test_two_beats_never_double_a_tick(clean_redis, redis_url, noon):
    clock = FeedSchedule(clean_redis, "t")
    feeds = [
        FeedDue(page_id=f"{n:016x}", outlet="o", url=f"https://o.example/{n}") for n in range(300)
    ]
    clock.sync(feeds, noon)
    context = get_context("fork")
    found = context.Queue()
    beats = [context.Process(target=_claim, args=(redis_url, noon, found)) for _ in range(4)]
    for beat in beats:
        beat.start()
    names, ended = [], 0
    while ended < 4:
        name = found.get(timeout=20)
        ended += name is None
        names += [name] if name else []
    for beat in beats:
        beat.join()
    assert sorted(names) == [feed.page_id for feed in feeds]
    found.close()
    assert clock.claim_due(noon + second(CLAIM_SECONDS - 1)) == []
    assert len(clock.claim_due(noon + second(CLAIM_SECONDS + 1))) == 300


def test_a_feed_that_was_looked_at_is_due_at_its_next_moment(clean_redis, noon):
    clock = FeedSchedule(clean_redis, "t")
    feed = FeedDue(page_id="0" * 16, outlet="o", url="https://o.example/feed")
    clock.sync([feed], noon)
    assert clock.claim_due(noon) == [feed]
    clock.record_poll(feed.page_id, b"state", noon + second(300))
    assert clock.state(feed.page_id) == b"state"
    assert clock.claim_due(noon + second(299)) == []
    assert clock.claim_due(noon + second(301)) == [feed]
    clock.sync([], noon)
    assert clock.claim_due(noon + second(9999)) == []
