"""What one worker has read of robots.txt, all know; and what holds when it cannot be read."""

from datetime import timedelta

import pytest

from tests.integration.adapters.http import hostile
from tests.integration.adapters.http.hostile import head, moved, page
from workers.adapters.http import robots
from workers.adapters.http.robots import RobotsCache

ORIGIN = "https://a.example"
RULES = b"User-agent: *\nDisallow: /private"
HOUR = timedelta(hours=1)


def test_rules_that_one_worker_read_are_known_to_all(clean_redis):
    assert RobotsCache(clean_redis, "t").get_shared(ORIGIN) is None
    RobotsCache(clean_redis, "t").store(ORIGIN, 200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /x")
    other = RobotsCache(clean_redis, "t")
    assert other.get_local(ORIGIN) is None
    assert not other.get_shared(ORIGIN).can_fetch(ORIGIN + "/x", "presswire")
    assert other.get_local(ORIGIN) is not None
    assert 0 < clean_redis.ttl("t:robots:" + ORIGIN) <= 86_400


def test_an_outage_grows_with_each_failure_and_ends_with_a_reading(clean_redis):
    cache = RobotsCache(clean_redis, "t")
    pauses = []
    for _ in range(9):
        outage = cache.note_outage(ORIGIN)
        pauses.append(round((outage.until - outage.since).total_seconds() / 60))
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == 60
    assert cache.note_outage(ORIGIN, 7200).failures == 10
    assert RobotsCache(clean_redis, "t").outage(ORIGIN).since == outage.since
    cache.store(ORIGIN, 404, b"")
    assert cache.outage(ORIGIN) is None


def asked_for_robots(host):
    return [path for path, _ in host.asked].count("/robots.txt")


@pytest.mark.parametrize(
    "answer",
    [
        moved("http://10.0.0.1/robots.txt"),
        moved("/robots.txt"),
        moved("ftp://gazette.example/robots.txt"),
        page(b"Forbidden", "403 Forbidden"),
    ],
    ids=["a private address", "a circle", "another protocol", "forbidden"],
)
def test_a_robots_txt_that_is_unavailable_allows_all_and_is_asked_for_once(answer, host, station):
    host.answers["/robots.txt"] = answer
    host.other = page()
    given = station().knows(host)
    assert [given.fetch(f"{host.home}/{n}")[0] for n in range(3)] == 3 * ["parse"]
    assert asked_for_robots(host) in {1, 2}  # a circle is one more


@pytest.mark.parametrize(
    "answer",
    [
        head(b"Transfer-Encoding: chunked") + b"zz\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        page(b"Oops", "500 Oops"),
        hostile.hang_up,
    ],
    ids=["broken chunks", "another protocol", "an error", "hanging up"],
)
def test_a_robots_txt_that_is_unreachable_forbids_all_and_is_not_asked_for_at_each_page(
    answer, host, station
):
    host.answers["/robots.txt"] = answer
    host.other = page()
    given = station(max_attempts=3).knows(host)
    for n in range(4):
        assert given.fetch(f"{host.home}/{n}") == ("", "")
    assert asked_for_robots(host) == 1
    assert len(host.asked) == 1
    depth = given.services.frontier.depth()
    assert (depth["pages"], depth["exhausted"]) == (4, 0)


@pytest.mark.parametrize("label", ["none", "utf-8", "gzip", "br", "deflate", "zstd"])
def test_a_robots_txt_with_a_label_that_is_wrong_rules(label, host, station):
    rules = page(RULES, kind="text/plain", Content_Encoding=label)
    host.answers |= {"/robots.txt": rules, "/private": page(), "/x": page()}
    given = station().knows(host)
    assert given.fetch(f"{host.home}/private")[0] == "robots"
    assert given.fetch(f"{host.home}/x")[0] == "parse"


def test_the_rules_of_a_robots_txt_that_breaks_off_rule(host, station):
    host.answers["/robots.txt"] = head(b"Content-Length: 500") + RULES + b"\nDisallow: /"
    host.other = page()
    given = station().knows(host)
    assert given.fetch(f"{host.home}/private")[0] == "robots"
    assert given.fetch(f"{host.home}/x")[0] == "parse"


def test_a_robots_txt_that_comes_back_rules_again(host, station, monkeypatch):
    host.answers["/robots.txt"] = b"SSH-2.0-OpenSSH_9.6\r\n"
    host.other = page()
    monkeypatch.setattr(robots, "FIRST_OUTAGE_SECONDS", 0.0)
    given = station(max_attempts=3).knows(host)
    assert given.fetch(f"{host.home}/x") == ("", "")
    given.services.redis.delete(f"t:robots_outage:{host.home}")
    given.services.redis.delete(*given.services.redis.keys("t:pace:*"))
    host.answers["/robots.txt"] = page(RULES, kind="text/plain")
    given.work(pause=HOUR)
    assert given.fetch(f"{host.home}/private")[0] == "robots"
    assert given.sent


def test_after_a_month_without_a_robots_txt_there_is_taken_to_be_none(host, station, monkeypatch):
    host.answers["/robots.txt"] = b"SSH-2.0-OpenSSH_9.6\r\n"
    host.other = page()
    monkeypatch.setattr("workers.adapters.http.robots_transport.GIVEN_UP_AFTER", timedelta(0))
    assert station().knows(host).fetch(f"{host.home}/x")[0] == "parse"


def test_a_robots_txt_in_our_name_behind_a_browser_like_agent_rules(host, station):
    rules = b"User-agent: Mozilla\nAllow: /\n\nUser-agent: Presswire/0.1\nDisallow: /x"
    host.answers |= {"/robots.txt": page(rules, kind="text/plain"), "/x": page()}
    agent = "Mozilla/5.0 (compatible; presswire/0.1; +https://wire.example/bot)"
    assert station(user_agent=agent).knows(host).fetch(f"{host.home}/x")[0] == "robots"


def test_robots_txt_calls_us_by_the_setting(host, station):
    rules = b"User-agent: wirebot\nDisallow: /x"
    host.answers |= {"/robots.txt": page(rules, kind="text/plain"), "/x": page()}
    given = station(robots_name="wirebot").knows(host)
    assert given.fetch(f"{host.home}/x")[0] == "robots"


def test_two_workers_that_begin_at_once_read_it_once(clean_redis):
    one, other = RobotsCache(clean_redis, "t"), RobotsCache(clean_redis, "t")
    assert one.claim(ORIGIN)
    assert not other.claim(ORIGIN)
    one.release(ORIGIN)
    assert other.claim(ORIGIN)


def test_who_meets_a_robots_txt_that_is_being_read_waits_for_it(host, station):
    """At a first start a feed and a page of a host come up in the same moment."""
    host.answers["/robots.txt"] = page(RULES, kind="text/plain")
    host.other = page()
    given = station().knows(host)
    cache = given.services.robots_cache
    assert cache.claim(host.home)
    assert given.fetch(f"{host.home}/a") == ("", "")
    assert asked_for_robots(host) == 0
    cache.release(host.home)
    given.work(pause=HOUR)
    assert given.sent
    assert asked_for_robots(host) == 1
