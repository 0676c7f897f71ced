"""Hosts whose interval is longer than a look or a lease waits: each turn brings it further."""

import asyncio
import time
from itertools import pairwise

import msgspec
import pytest

from schemas.outlet import Politeness
from tests.integration.adapters.http import hostile
from tests.integration.adapters.http.hostile import moved, page
from tests.integration.adapters.http.test_leases import RSS, header_of
from workers.adapters.http import downloader, poll_session
from workers.exceptions import TryAgain
from workers.fetch import response_checks

INTERVAL = 0.6
AT_REST = 0.9 * INTERVAL  # between two requests at the host, whose clock is not the pace's


@pytest.fixture
def slow(host, station, monkeypatch):
    """A station that waits shorter than the host's interval."""
    monkeypatch.setattr(downloader, "PAGE_SECONDS", INTERVAL / 4)
    monkeypatch.setattr(poll_session, "POLL_SECONDS", INTERVAL / 4)
    return station(Politeness(INTERVAL)).knows(host)


class Noted(list):
    """Requests, and when each came."""

    def __init__(self):
        super().__init__()
        self.times = []

    def append(self, request):
        self.times.append(time.monotonic())
        super().append(request)


@pytest.fixture
def times(host):
    host.asked = Noted()
    return host.asked.times


def paths(host):
    return [path for path, _ in host.asked]


def looks(given, url, kind="feed", turns=8):
    for _ in range(turns):
        assert given.look(url, kind) == ("", "")
        time.sleep(INTERVAL)


def end_of(given, url, turns=8):
    """How the page at `url` ends after some turns of its host."""
    for _ in range(turns):
        state, _detail = given.fetch(url)
        if state:
            return state
        time.sleep(INTERVAL / 2)
    return ""


def is_polite(times):
    return all(later - sooner >= AT_REST for sooner, later in pairwise(times))


def test_a_home_page_leads_to_its_feed_and_is_asked_once(host, slow, times):
    named = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    host.answers |= {"/": page(named, ETag='"1"'), "/feed": page(RSS, kind="application/rss+xml")}
    looks(slow, f"{host.home}/", turns=4)
    assert paths(host)[:3] == ["/robots.txt", "/", "/feed"]
    assert slow.services.frontier.depth()["pages"] == 1
    assert len(slow.services.quarantine) == 0
    assert is_polite(times)
    # a look that came to its end has settled all that it got, in whichever turn
    assert header_of(host, "/", "if-none-match") == '"1"'


def test_an_index_leads_to_all_its_sitemaps_whatever_they_answer(host, slow, times):
    home = host.home.encode()
    names = b"".join(b"<sitemap><loc>%s/%d</loc></sitemap>" % (home, n) for n in (1, 2, 3))
    rows = b"<urlset><url><loc>%s/story-%d</loc></url></urlset>"
    host.answers["/index"] = page(b"<sitemapindex>%s</sitemapindex>" % names, kind="text/xml")
    for n in (1, 3):  # the second is missing
        host.answers[f"/{n}"] = page(rows % (home, n), kind="text/xml")
    looks(slow, f"{host.home}/index", "sitemap", turns=5)
    assert paths(host)[:5] == ["/robots.txt", "/index", "/1", "/2", "/3"]
    assert slow.services.frontier.depth()["pages"] == 2
    assert is_polite(times)


def test_a_look_that_fails_in_a_later_turn_begins_anew(host, slow):
    named = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    host.answers |= {"/": page(named), "/feed": hostile.hang_up}
    for _ in range(3):
        slow.look(f"{host.home}/")
        time.sleep(INTERVAL)
    assert paths(host) == ["/robots.txt", "/", "/feed"]
    host.answers["/feed"] = page(RSS, kind="application/rss+xml")
    slow.services.redis.delete(*slow.services.redis.keys("t:pace:*"))  # the host's pause is over
    looks(slow, f"{host.home}/", turns=2)
    assert paths(host)[3:] == ["/", "/feed"]


def test_redirects_within_a_host_end_at_their_page_and_cost_no_attempt(host, slow, times):
    async def gate(_reader, writer, _path):
        has_cookie = "cookie: seen=1" in host.asked[-1][1].lower()
        writer.write(page() if has_cookie else moved("/x"))

    first = moved("/b").replace(b"\r\nLocation", b"\r\nSet-Cookie: seen=1\r\nLocation")
    host.answers |= {"/a": first, "/b": gate}
    assert end_of(slow, f"{host.home}/a") == "parse"
    assert paths(host) == ["/robots.txt", "/a", "/b"]
    assert is_polite(times)
    assert slow.services.redis.keys("t:courses:*") == []


def test_a_circle_over_several_turns_is_one(host, slow):
    host.answers |= {"/a": moved("/b"), "/b": moved("/a")}
    assert end_of(slow, f"{host.home}/a") == "too_many_redirects"
    assert paths(host) == ["/robots.txt", "/a", "/b"]


def test_a_robots_txt_that_moved_is_found(host, slow, times):
    rules = page(b"User-agent: *\nDisallow: /private", kind="text/plain")
    host.answers |= {"/robots.txt": moved("/rules"), "/rules": rules, "/x": page()}
    assert end_of(slow, f"{host.home}/x") == "parse"
    assert paths(host) == ["/robots.txt", "/rules", "/x"]
    assert end_of(slow, f"{host.home}/private/x") == "robots"
    assert is_polite(times)


def test_no_request_of_a_chain_begins_when_its_time_is_over(host, station, monkeypatch):
    monkeypatch.setattr(downloader, "PAGE_SECONDS", 0.2)

    async def slowly(reader, writer, path):
        await asyncio.sleep(0.3)
        await hostile.further(reader, writer, path)

    host.other = slowly
    host.answers["/further/3"] = page()
    given = station().knows(host)
    assert end_of(given, f"{host.home}/x") == "parse"
    assert paths(host) == ["/robots.txt", "/x", "/further/1", "/further/2", "/further/3"]


def test_a_chain_that_another_version_kept_goes_on(host, slow):
    async def gate(_reader, writer, _path):
        has_cookies = "cookie: seen=1; lang=en" in host.asked[-1][1].lower()
        writer.write(page() if has_cookies else moved("/b"))

    home = host.home
    host.answers["/b"] = gate
    kept = [[f"{home}/a", {}], [f"{home}/b", {"seen": "1", "lang": "en"}]]
    slow.services.redis.set(f"t:courses:{home}/a", msgspec.json.encode(kept))
    assert end_of(slow, f"{home}/a") == "parse"
    assert paths(host) == ["/robots.txt", "/b"]
    assert slow.services.redis.keys("t:courses:*") == []


def test_a_chain_is_kept_as_other_versions_read_it(host, slow):
    first = moved("/b").replace(b"\r\nLocation", b"\r\nSet-Cookie: seen=1; Path=/x\r\nLocation")
    host.answers["/a"] = first
    for _ in range(2):  # robots.txt and the first hop
        with pytest.raises(TryAgain, match="turn"):
            slow.services.downloader.fetch(f"{host.home}/a", response_checks)
        time.sleep(INTERVAL)
    raw = slow.services.redis.get(f"t:courses:{host.home}/a")
    assert msgspec.json.decode(raw) == [[f"{host.home}/a", {}], [f"{host.home}/b", {"seen": "1"}]]


def test_a_poll_that_another_version_put_off_goes_on(host, slow):
    named = b'<link rel="alternate" type="application/rss+xml" href="/feed">'
    host.answers |= {"/": page(named), "/feed": page(RSS, kind="application/rss+xml")}
    for _ in range(2):  # robots.txt and the home page
        slow.look(f"{host.home}/")
        time.sleep(INTERVAL)
    (key,) = slow.services.redis.keys("t:looks:*")
    (url, kept), *rest = msgspec.json.decode(slow.services.redis.get(key)).items()
    assert (url, kept["status"], set(kept), rest) == (f"{host.home}/", 200, {"status", "key"}, [])
    looks(slow, f"{host.home}/", turns=1)
    assert paths(host) == ["/robots.txt", "/", "/feed"]
