"""A worker's lease from its pages to their ends, on real hosts, Redis and archive."""

import os
import time
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import repeat

import msgspec
import pytest
from warcio.archiveiterator import ArchiveIterator

from schemas.events import FeedDue, HostLeased, PageFetched, PageFound
from schemas.outlet import Outlet, Politeness
from schemas.page import StoredPage
from tests.integration.adapters.http.hostile import moved, page
from workers import urls
from workers.adapters.archive import unavailable
from workers.adapters.http.validators import Validators
from workers.delivery.lease import fetch_lease
from workers.discover.interval import PollState
from workers.exceptions import PermanentFailure
from workers.fetch import response_checks
from workers.outlets import Outlets
from workers.pipeline import stage_taking

HOUR = timedelta(hours=1)
RSS = (
    b"<rss version='2.0'><channel><item><title>T</title><link>/story</link></item></channel></rss>"
)


def found(url, **fields):
    return PageFound(page_id=urls.page_id(url), outlet="o0", url=url, found_in=url, **fields)


def header_of(host, path, name):
    """The header in the last request for `path`."""
    lines = next(head for asked, head in reversed(host.asked) if asked == path).splitlines()
    fields = dict(line.partition(": ")[::2] for line in lines[1:] if line)
    return {key.lower(): value for key, value in fields.items()}.get(name)


def test_a_page_is_in_the_archive_when_it_is_handed_on(host, station):
    host.answers["/x"] = page(kind="text/html; charset=iso-8859-1")
    given = station().knows(host)
    given.fetch(f"{host.home}/x")
    ((step, event),) = given.sent
    assert step == "parse"
    assert isinstance(event, PageFetched)
    stored = given.services.archive.read(event.archive_key)
    assert b"council" in stored.body
    assert stored.header("content-type") == event.content_type == "text/html; charset=iso-8859-1"
    assert given.services.frontier.depth()["pages"] == 0


def test_a_moved_page_is_stored_under_its_new_address(host, station):
    host.answers |= {"/old": moved("/new#part"), "/new": page()}
    given = station().knows(host)
    given.fetch(f"{host.home}/old")
    ((_, event),) = given.sent
    assert (event.url, event.final_url) == (f"{host.home}/old", f"{host.home}/new")


def test_a_circle_that_only_wants_its_cookie_back_is_left(host, station):
    async def gate(_reader, writer, _path):
        has_cookie = "cookie: seen=1; lang=en" in host.asked[-1][1].lower()
        answer = page() if has_cookie else moved("/x", "302 Found")
        cookies = b"\r\nSet-Cookie: seen=1; Path=/\r\nSet-Cookie: lang=en\r\nLocation: /x\r\n"
        writer.write(answer.replace(b"\r\nLocation: /x\r\n", cookies))

    host.answers["/x"] = gate
    assert station().knows(host).fetch(f"{host.home}/x")[0] == "parse"


def test_a_cookie_beyond_latin_1_is_sent_as_it_came(host, station):
    async def gate(_reader, writer, _path):
        has_cookie = "cookie: seen=ż" in host.asked[-1][1].encode("latin-1").decode()
        cookie = "\r\nSet-Cookie: seen=ż; Path=/\r\nLocation: /x\r\n".encode()
        moving = moved("/x").replace(b"\r\nLocation: /x\r\n", cookie)
        writer.write(page() if has_cookie else moving)

    host.answers["/x"] = gate
    assert station().knows(host).fetch(f"{host.home}/x")[0] == "parse"


def test_cookies_and_validators_stay_with_the_site_that_gave_them(host_at, station):
    first, second = host_at(), host_at()
    first.answers["/x"] = page(b"", "302 Found", Location=f"{second.home}/y", Set_Cookie="a=secret")
    second.answers["/y"] = page()
    assert station().knows(first, second).fetch(f"{first.home}/x")[0] == "parse"
    assert header_of(second, "/y", "cookie") is None


def test_every_request_says_who_we_are(host, station):
    host.answers["/x"] = page()
    agent = "presswire/9 (+mailto:news@example.org)"
    station(user_agent=agent).knows(host).fetch(f"{host.home}/x")
    assert header_of(host, "/robots.txt", "user-agent") == agent
    assert header_of(host, "/x", "user-agent") == agent


def test_robots_txt_is_asked_once_for_many_pages(host, station):
    host.other = page()
    given = station().knows(host)
    for n in range(4):
        given.fetch(f"{host.home}/{n}")
    assert [path for path, _ in host.asked].count("/robots.txt") == 1


def test_a_lease_that_is_delivered_twice_is_worked_on_once(host, station):
    host.other = page()
    given = station().knows(host)
    given.services.frontier.add([found(f"{host.home}/{n}") for n in range(5)])
    leased = given.services.frontier.lease(given.services.now() + HOUR, "w", 7200)
    for _ in range(3):
        fetch_lease(given.runner, stage_taking(HostLeased), leased)
    assert len(given.sent) == len(leased.pages)
    assert len(host.asked) == 1 + len(leased.pages)


def test_a_passing_trouble_is_tried_again_and_counts(host, station):
    host.answers["/x"] = page(b"<p>Oops", "500 Oops")
    given = station(max_attempts=3).knows(host)
    assert given.fetch(f"{host.home}/x") == ("", "")
    assert given.services.frontier.depth()["later"] == 1
    host.answers["/x"] = page()
    given.work(pause=HOUR)
    assert given.end_of(found(f"{host.home}/x"))[0] == "parse"


def test_a_trouble_that_does_not_pass_ends_in_quarantine_under_its_reason(host, station):
    host.answers["/x"] = page(b"<p>Oops", "500 Oops")
    given = station(max_attempts=3).knows(host)
    given.fetch(f"{host.home}/x")
    for hours in (1, 2):
        given.work(pause=hours * HOUR)
    assert given.end_of(found(f"{host.home}/x")) == ("bad_response", "status 500")
    (entry,) = given.services.quarantine.entries()
    assert entry.attempts == 3
    assert given.services.frontier.depth()["pages"] == 0


def test_a_host_that_asks_for_a_pause_costs_its_other_pages_no_attempt(host, station):
    given = station(max_attempts=2).knows(host)
    given.fetch(f"{host.home}/first")  # from then on the frontier knows the host's interval
    host.asked.clear()
    host.other = page(b"<p>Later", "429 Later", Retry_After="600")
    given.services.frontier.add([found(f"{host.home}/{n}") for n in range(5)])
    leased = given.services.frontier.lease(given.services.now() + HOUR, "w", 7200)
    fetch_lease(given.runner, stage_taking(HostLeased), leased)
    assert len(host.asked) == 1
    assert given.services.host_throttle.acquire(f"127.0.0.1:{host.port}").wait == pytest.approx(
        600, abs=5
    )
    assert (
        given.services.frontier.lease(given.services.now() + timedelta(seconds=500), "w", 10)
        is None
    )
    places = [given.services.frontier.place_of(each.page_id) for each in leased.pages]
    assert sorted(place[-10:] for place in places) == [*(4 * ["0 attempts"]), "1 attempts"]


def filled(disk):
    """Takes the room that is left; its end is the room given back."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        file.writelines(repeat(bytes(4096)))
    return ballast


def test_a_full_disk_costs_no_page_an_attempt_and_no_host_a_request_for_nothing(
    host, station, small_disk, monkeypatch
):
    monkeypatch.setattr(unavailable, "WAIT_SECONDS", 0.5)
    host.other = page(b"<title>News</title>" + os.urandom(9000).hex().encode())
    given = station(archive=str(small_disk / "archive"), max_attempts=1).knows(host)
    given.fetch(f"{host.home}/first")  # from then on the frontier knows the host's interval
    ballast = filled(small_disk)
    pages = [found(f"{host.home}/{n}") for n in range(5)]
    given.services.frontier.add(pages)
    host.asked.clear()
    for hours in (1, 2, 3):
        leased = given.services.frontier.lease(given.services.now() + hours * HOUR, "w", 7200)
        assert len(leased.pages) == 5
        fetch_lease(given.runner, stage_taking(HostLeased), leased)
    assert len(host.asked) == 1
    places = [given.services.frontier.place_of(each.page_id) for each in pages]
    assert {place[-10:] for place in places} == {"0 attempts"}
    assert len(given.services.quarantine) == 0
    ballast.unlink()
    time.sleep(0.5)
    given.work(pause=4 * HOUR)
    assert {given.end_of(each)[0] for each in pages} == {"parse"}


def test_a_full_disk_puts_a_look_off_and_changes_no_rhythm(host, station, small_disk):
    host.answers["/feed"] = page(RSS, kind="application/rss+xml", ETag='"7"')
    given = station(archive=str(small_disk / "archive")).knows(host)
    due = FeedDue(page_id=urls.page_id(f"{host.home}/feed"), outlet="o0", url=f"{host.home}/feed")
    given.services.feed_schedule.sync([due], given.services.now())
    filled(small_disk)
    for _ in range(3):
        assert given.look(due.url) == ("", "")
    assert [path for path, _ in host.asked].count("/feed") == 1
    assert (
        msgspec.json.decode(
            given.services.feed_schedule.state(due.page_id), type=PollState
        ).failures
        == 0
    )
    assert given.services.feed_schedule.claim_due(given.services.now()) == []
    assert given.services.feed_schedule.claim_due(given.services.now() + timedelta(seconds=31)) == [
        due
    ]


def test_a_revisit_brings_only_what_has_changed(host, station):
    host.answers["/x"] = page(ETag='"1"', Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT")
    given = station(max_revisits=2).knows(host)
    given.fetch(f"{host.home}/x")
    assert (
        given.services.frontier.depth() | {"later": 1, "seen": 1} == given.services.frontier.depth()
    )
    host.answers["/x"] = page(b"", "304 Not Modified", kind="")
    given.work(pause=2 * HOUR)
    assert header_of(host, "/x", "if-none-match") == '"1"'
    assert header_of(host, "/x", "if-modified-since") == "Sun, 01 Mar 2026 10:00:00 GMT"
    assert len(given.sent) == 1
    host.answers["/x"] = page(b"<p>A correction")
    given.work(pause=9 * HOUR)
    assert len(given.sent) == 2
    given.work(pause=99 * HOUR)
    assert len(given.sent) == 2


def foreign(answer):
    """`answer` with a sign that Latin-1 does not have, as UTF-8."""
    return answer.replace(b"?", "ż".encode())


def test_validators_beyond_latin_1_are_sent_as_they_came(host, station):
    host.answers["/x"] = foreign(page(ETag='"?"'))
    host.answers["/feed"] = foreign(page(RSS, kind="application/rss+xml", ETag='"?"'))
    given = station(max_revisits=2).knows(host)
    given.fetch(f"{host.home}/x")
    for _ in range(2):
        assert given.look(f"{host.home}/feed") == ("", "")
    given.work(pause=2 * HOUR)
    for path in ("/x", "/feed"):
        assert [asked for asked, _ in host.asked].count(path) == 2
        assert header_of(host, path, "if-none-match").encode("latin-1").decode() == '"ż"'


def test_what_no_request_can_carry_is_no_validator(clean_redis):
    validators = Validators(clean_redis, "t")
    url = "https://gazette.example/x"
    headers = (("etag", '"a\nb"'), ("last-modified", "Sun, 01 Mar 2026 10:00:00 GMT"))
    validators.keep([StoredPage(url, url, 200, headers, b"", datetime.now(UTC))])
    assert set(validators.headers(url)) == {"if-modified-since"}
    clean_redis.set(f"t:validators:{urls.page_id(url)}", b'{"if-none-match": "a\\u0000"}')
    assert validators.headers(url) == {}


def test_a_revisit_that_fails_leaves_the_article_as_it_is(host, station):
    host.answers["/x"] = page()
    given = station(max_revisits=6).knows(host)
    given.fetch(f"{host.home}/x")
    host.answers["/x"] = page(b"", "403 Forbidden")
    given.work(pause=2 * HOUR)
    assert given.end_of(found(f"{host.home}/x"))[0] == "parse"
    assert given.services.frontier.depth()["later"] == 1
    host.answers["/x"] = page(b"", "410 Gone")
    given.work(pause=99 * HOUR)
    assert given.services.frontier.depth()["pages"] == 0


def test_a_title_that_is_no_text_keeps_no_page_from_its_fetch(host, station):
    items = b'[{"url": "/a", "title": 2024}, {"url": "/b", "title": ["x"]}]'
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "items": ' + items + b"}"
    host.answers["/feed"] = page(feed, kind="application/feed+json")
    host.other = page()
    given = station().knows(host)
    given.look(f"{host.home}/feed")
    given.work()
    assert {event.url for _, event in given.sent} == {f"{host.home}/a", f"{host.home}/b"}


def test_a_feed_and_its_robots_txt_are_archived_and_the_feed_then_asked_with_its_validators(
    host, station, tmp_path
):
    host.answers["/feed"] = page(RSS, kind="application/rss+xml", ETag='"7"')
    host.answers["/robots.txt"] = page(b"User-agent: *\nAllow: /", kind="text/plain")
    given = station().knows(host)
    given.look(f"{host.home}/feed")
    given.look(f"{host.home}/feed")
    assert header_of(host, "/feed", "if-none-match") == '"7"'
    assert given.services.frontier.depth()["pages"] == 1
    given.services.archive.close()
    records = []
    for file in tmp_path.rglob("*.warc*"):
        with file.open("rb") as stream:
            records += [r.rec_headers["WARC-Target-URI"] for r in ArchiveIterator(stream)]
    assert {f"{host.home}/feed", f"{host.home}/robots.txt"} <= set(records)
    assert (
        list(
            given.services.archive.fetched(given.services.now() - HOUR, given.services.now() + HOUR)
        )
        == []
    )


class CutShortError(Exception):
    """Ends a poll in its middle."""


def cut_short(given, url):
    """A poll that gets `url` and no further; the status of what it got."""
    with suppress(CutShortError), given.services.downloader.poll_session("a feed") as session:
        status = session.get(url).status
        raise CutShortError
    return status


def test_a_feed_whose_look_was_cut_short_is_asked_in_full_again(host, station):
    host.answers["/feed"] = page(RSS, kind="application/rss+xml", ETag='"7"')
    given = station().knows(host)
    cut_short(given, f"{host.home}/feed")
    assert cut_short(given, f"{host.home}/feed") == 200
    assert header_of(host, "/feed", "if-none-match") is None


def test_a_look_that_failed_settles_nothing_for_the_next(host, station):
    host.answers |= {
        "/feed": page(b"<p>no feed", ETag='"7"'),
        "/other": page(RSS, kind="application/rss+xml"),
    }
    given = station().knows(host)
    cut_short(given, f"{host.home}/feed")
    given.look(f"{host.home}/other")
    cut_short(given, f"{host.home}/feed")
    assert header_of(host, "/feed", "if-none-match") is None


def test_a_missing_feed_is_looked_at_ever_more_rarely(host, station):
    given = station().knows(host)
    due = FeedDue(page_id=urls.page_id(f"{host.home}/feed"), outlet="o0", url=f"{host.home}/feed")
    given.services.feed_schedule.sync([due], given.services.now())
    for _ in range(3):
        assert given.look(due.url)[0] == "not_found"
    assert (
        msgspec.json.decode(
            given.services.feed_schedule.state(due.page_id), type=PollState
        ).failures
        == 3
    )


def test_an_outlets_pages_go_through_its_proxy(host_at, station):
    target, proxy = host_at(), host_at()
    proxy.answers = {f"{target.home}/x": page()}
    given = station()
    politeness = Politeness(0.0, proxy=proxy.home)
    outlet = Outlet(name="O", home=f"{target.home}/", language="en", id="o0", politeness=politeness)
    given.services.__dict__["outlets"] = Outlets({"o0": outlet})
    assert given.fetch(f"{target.home}/x")[0] == "parse"
    assert [path for path, _ in proxy.asked][-1] == f"{target.home}/x"
    assert target.asked == []


@pytest.mark.parametrize(
    ("user", "sent"),
    [
        ("reader:secret@", b"reader:secret"),
        ("us%40er:p%3Aw%2Fd@", b"us@er:p:w/d"),
        ("reader@", b"reader:"),
        ("", None),
    ],
)
def test_a_proxy_is_told_its_user_and_password(user, sent, host_at, station):
    target, proxy = host_at(), host_at()
    proxy.answers = {f"{target.home}/x": page()}
    given = station()
    politeness = Politeness(0.0, proxy=proxy.home.replace("//", f"//{user}"))
    outlet = Outlet(name="O", home=f"{target.home}/", language="en", id="o0", politeness=politeness)
    given.services.__dict__["outlets"] = Outlets({"o0": outlet})
    assert given.fetch(f"{target.home}/x")[0] == "parse"
    told = header_of(proxy, f"{target.home}/x", "proxy-authorization")
    assert told == (f"Basic {b64encode(sent).decode()}" if sent else None)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks4", "ftp"])
def test_a_proxy_of_another_protocol_is_refused_in_plain_words(scheme, host_at, station):
    target, proxy = host_at(), host_at()
    given = station()
    politeness = Politeness(0.0, proxy=f"{scheme}://127.0.0.1:{proxy.port}")
    outlet = Outlet(name="O", home=f"{target.home}/", language="en", id="o0", politeness=politeness)
    given.services.__dict__["outlets"] = Outlets({"o0": outlet})
    host = given.services.downloader
    with pytest.raises(PermanentFailure, match=r"http or https|proxy's address"):
        host.fetch(f"{target.home}/robots.txt", response_checks)
    assert proxy.asked == target.asked == []


def test_each_kind_of_request_says_what_it_accepts(host, station):
    host.answers |= {"/feed": page(RSS, kind="application/rss+xml"), "/x": page()}
    given = station().knows(host)
    given.look(f"{host.home}/feed")
    given.fetch(f"{host.home}/x")
    accepted = {path: header_of(host, path, "accept") for path in ("/robots.txt", "/feed", "/x")}
    assert accepted["/robots.txt"].startswith("text/plain")
    assert accepted["/feed"].startswith("application/rss+xml,application/atom+xml")
    assert accepted["/x"].startswith("text/html")


def test_a_redirect_from_a_host_with_a_proxy_to_one_without_goes_there_directly(host_at, station):
    first, second, proxy = host_at(), host_at(), host_at()
    elsewhere = f"http://localhost:{second.port}/y"  # no outlet's
    proxy.answers = {f"{first.home}/x": moved(elsewhere)}
    second.answers["/y"] = page()
    given = station()
    politeness = Politeness(0.0, proxy=proxy.home)
    outlet = Outlet(name="O", home=f"{first.home}/", language="en", id="o0", politeness=politeness)
    given.services.__dict__["outlets"] = Outlets({"o0": outlet})
    assert given.fetch(f"{first.home}/x")[0] == "parse"
    assert [path for path, _ in proxy.asked] == [f"{first.home}/robots.txt", f"{first.home}/x"]
    assert [path for path, _ in second.asked] == ["/robots.txt", "/y"]


def test_a_proxy_is_no_way_around_the_guard(host_at, station):
    proxy = host_at()
    proxy.other = page()
    given = station()
    politeness = Politeness(0.0, proxy=proxy.home)
    outlet = Outlet(
        name="O", home="http://10.0.0.1/", language="en", id="o0", politeness=politeness
    )
    given.services.__dict__["outlets"] = Outlets({"o0": outlet})
    assert given.fetch("http://10.0.0.1/x")[0] == "unsafe_address"
    assert proxy.asked == []


def test_one_page_for_one_person_needs_no_redis(host, station):
    host.answers |= {"/x": moved("/y"), "/y": page()}
    given = station(redis_url="redis://127.0.0.1:1/0")
    stored = given.services.one_page(f"{host.home}/x")
    assert (stored.status, stored.final_url) == (200, f"{host.home}/y")
    given.services.__dict__["redis"] = station().services.redis


def test_a_lease_of_old_pages_is_given_back_when_a_fresh_one_comes_up(host, station):
    class Announcing(dict):
        """Answers, and a poll that finds a story while the first old page is asked for."""

        def get(self, path, default=None):
            if path == "/old/0":
                given.services.frontier.add([found(f"{host.home}/fresh", priority=5)])
            return super().get(path, default)

    given = station(max_revisits=6).knows(host)
    host.answers = Announcing({f"/old/{n}": page() for n in range(3)} | {"/fresh": page()})
    old = [found(f"{host.home}/old/{n}", priority=9) for n in range(3)]
    given.fetch(f"{host.home}/first")  # from here on the host has no interval: a lease holds many
    given.services.frontier.add(old)

    given.work()

    asked = [path for path, _ in host.asked if path not in {"/robots.txt", "/first"}]
    assert asked[:2] == ["/old/0", "/fresh"]
    assert sorted(asked[2:]) == ["/old/1", "/old/2"]
    # the fresh article is visited again, the old ones are not
    assert given.services.frontier.depth()["later"] == 1
