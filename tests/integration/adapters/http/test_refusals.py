"""What the state of a host does to its pages: they wait, and come when it has passed."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from schemas.events import PageFound
from tests.integration.adapters.http import hostile
from tests.integration.adapters.http.hostile import head, page
from workers import urls
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry
from workers.delivery.requeue import requeue, still_rejected

PRESSWIRE = Path(sys.executable).with_name("presswire")
CHALLENGE = b"<title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
NO_ROBOTS = page(b"", "404 None")
MINUTE = timedelta(minutes=1)


def found(url, **fields):
    return PageFound(page_id=urls.page_id(url), outlet="o0", url=url, found_in=url, **fields)


def later(given, minutes):
    """What becomes of the pages after some minutes: in Redis, whose clock no test sets, all moments
    are put back instead."""
    redis, seconds = given.services.redis, 60.0 * minutes
    for name in ("later", "due"):
        for member, _ in redis.zrange(f"t:frontier:{name}", 0, -1, withscores=True):
            redis.zincrby(f"t:frontier:{name}", -seconds, member)
    for clock in redis.keys("t:pace:*"):
        if redis.type(clock) == b"hash":
            for field in ("stop", "next"):
                redis.hincrbyfloat(clock, field, -seconds)
    given.work()


def pause_of(given, host):
    return given.services.host_throttle.acquire(f"127.0.0.1:{host.port}").wait


REFUSALS = {
    "forbidden": page(b"<p>No", "403 Forbidden"),
    "bot_challenge": page(CHALLENGE),
    "not_found": page(b"", "404 Not Found"),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_a_refused_page_is_rejected_so_far_and_comes_when_the_refusal_has_passed(
    reason, host, station
):
    host.answers["/x"] = REFUSALS[reason]
    given = station(max_attempts=5).knows(host)
    assert given.fetch(f"{host.home}/x")[0] == reason
    assert given.services.frontier.depth()["later"] == 1
    host.answers["/x"] = page()
    later(given, 6)
    assert given.end_of(found(f"{host.home}/x"))[0] == "parse"
    assert given.services.frontier.depth()["pages"] == 0
    entries = given.services.rejected.entries()
    assert list(still_rejected(given.services, entries)) == []


@pytest.mark.parametrize("reason", ["forbidden", "bot_challenge"])
def test_a_host_that_refuses_is_left_alone_for_longer_each_time(reason, host, station):
    host.other = REFUSALS[reason]
    given = station(max_attempts=5).knows(host)
    given.services.frontier.add([found(f"{host.home}/{n}") for n in range(4)])
    given.work()
    assert len(host.asked) == 2  # robots.txt and one page
    assert 5 < pause_of(given, host) <= 10
    assert given.services.frontier.depth()["pages"] == 4


def test_a_missing_page_does_not_hold_its_host_back(host, station):
    given = station(max_attempts=5).knows(host)
    host.answers["/there"] = page()
    assert given.fetch(f"{host.home}/gone")[0] == "not_found"
    assert given.fetch(f"{host.home}/there")[0] == "parse"


@pytest.mark.parametrize(
    "trouble",
    [
        page(b"<p>No", "403 Forbidden"),
        page(CHALLENGE, "503 Unavailable"),
        page(b"<p>Later", "503 Unavailable"),
        page(b"<p>Oops", "500 Oops"),
        hostile.hang_up,
    ],
    ids=["forbidden", "a challenge", "unavailable", "an error", "hanging up"],
)
def test_a_block_of_an_hour_costs_no_article(trouble, host, station):
    host.answers["/robots.txt"] = NO_ROBOTS
    host.other = trouble
    given = station(max_attempts=5).knows(host)
    pages = [found(f"{host.home}/{n}") for n in range(4)]
    given.services.frontier.add(pages)
    given.work()
    for _ in range(60):
        later(given, 1)
    assert given.sent == []
    assert len(host.asked) < 25
    host.other = page()
    for _ in range(120):
        later(given, 1)
    assert {event.url for _, event in given.sent} == {each.url for each in pages}
    assert len(given.services.quarantine) == 0


def test_what_is_refused_to_the_last_is_rejected_and_not_in_quarantine(host, station):
    host.answers["/x"] = REFUSALS["forbidden"]
    given = station(max_attempts=3).knows(host)
    given.fetch(f"{host.home}/x")
    for _ in range(4):
        later(given, 60)
    assert [path for path, _ in host.asked].count("/x") == 3
    assert given.end_of(found(f"{host.home}/x")) == ("forbidden", "status 403")
    assert given.services.frontier.depth()["pages"] == 0
    assert len(given.services.quarantine) == 0


def test_what_is_missing_of_the_archive_is_not_waited_for(host, station):
    given = station(max_attempts=5).knows(host)
    assert given.fetch(f"{host.home}/x", priority=9)[0] == "not_found"
    assert given.services.frontier.depth()["pages"] == 0


def test_a_page_that_is_announced_again_after_a_passing_cause_is_queued_again(host, station):
    host.answers |= {"/x": REFUSALS["forbidden"], "/gone": page(b"", "410 Gone")}
    given = station(max_attempts=1).knows(host)
    assert given.fetch(f"{host.home}/gone")[0] == "gone"
    assert given.fetch(f"{host.home}/x")[0] == "forbidden"
    host.answers |= {"/x": page(), "/gone": page()}
    later(given, 1)
    assert given.fetch(f"{host.home}/x")[0] == "parse"
    assert given.fetch(f"{host.home}/gone")[0] == "gone"


def test_a_page_that_fails_again_and_again_is_queued_ever_more_rarely(host, station):
    given = station(max_attempts=1).knows(host)
    announced, now, queued = found(f"{host.home}/x"), datetime(2026, 3, 1, tzinfo=UTC), []
    frontier = given.services.frontier
    for minute in range(24 * 60):
        moment = now + minute * MINUTE
        if frontier.add([announced], moment):
            queued.append(minute)
            lease = frontier.lease(moment, "w", 60)
            assert not frontier.release(lease.lease, announced, 60, moment)
            frontier.acknowledge_exhausted(announced, moment, may_return=True)
    assert queued == [0, 1, 61, 181, 421, 901]


def test_a_304_that_nobody_asked_for_is_tried_again_and_has_a_reason_in_the_end(host, station):
    host.answers["/x"] = page(b"", "304 Not Modified")
    given = station(max_attempts=2).knows(host)
    assert given.fetch(f"{host.home}/x") == ("", "")
    later(given, 60)
    reason, detail = given.end_of(found(f"{host.home}/x"))
    assert reason == "bad_response"
    assert "304" in detail


def test_a_body_that_breaks_off_is_tried_again(host, station):
    host.answers["/x"] = head(b"Content-Length: 5000") + b"<title>News</title><p>The council"
    given = station(max_attempts=2).knows(host)
    assert given.fetch(f"{host.home}/x") == ("", "")
    assert pause_of(given, host) > 5
    host.answers["/x"] = page()
    later(given, 60)
    assert given.end_of(found(f"{host.home}/x"))[0] == "parse"


def test_an_expired_certificate_is_waited_for(host_at, station, authority):
    past = datetime.now(UTC) - timedelta(days=1)
    host = host_at(authority.issue_cert("localhost", not_after=past))
    host.answers["/x"] = page()
    given = station(max_attempts=3, allow_networks="127.0.0.1/32,::1/128").knows(host)
    given.fetch(f"{host.home}/x")
    assert given.services.frontier.depth()["later"] == 1
    authority.issue_cert("localhost").configure_cert(host.tls)
    given.services.redis.delete(*given.services.redis.keys("t:robots_outage:*"))
    later(given, 60)
    assert given.end_of(found(f"{host.home}/x"))[0] == "parse"


def test_a_certificate_of_another_authority_is_an_end(host_at, station):
    host = host_at(trustme.CA().issue_cert("localhost"))
    given = station(allow_networks="127.0.0.1/32,::1/128").knows(host)
    assert given.fetch(f"{host.home}/x")[0] == "bad_tls"


def test_a_handshake_that_is_broken_off_is_tried_again(host, station):
    async def reset(_reader, writer, _path):
        writer.transport.abort()

    host.other = reset
    given = station(max_attempts=3, allow_networks="127.0.0.1/32").knows(host)
    assert given.fetch(f"https://127.0.0.1:{host.port}/x") == ("", "")
    assert given.services.frontier.depth()["later"] == 1


def fill_with_rejections(host, given):
    host.answers |= {"/gone": page(b"", "410 Gone"), "/pdf": page(kind="application/pdf")}
    host.answers |= {f"/{n}": REFUSALS["forbidden"] for n in range(3)}
    for path in ("gone", "pdf", "0", "1", "2"):
        given.fetch(f"{host.home}/{path}")
        later(given, 1)


def test_a_class_of_rejected_pages_is_sent_again(host, station):
    given = station(max_attempts=1).knows(host)
    fill_with_rejections(host, given)
    store = given.services.rejected
    assert {entry.reason for entry in store.entries()} == {"gone", "not_html", "forbidden"}
    assert list(store.entries(reason="forbidden", outlet="another")) == []
    blocked = list(store.entries(reason="forbidden", outlet="o0"))
    assert [entry.detail for entry in blocked] == 3 * ["status 403"]
    host.answers |= {f"/{n}": page() for n in range(3)}
    assert all(requeue(given.runner, entry, store) for entry in blocked)
    given.work()
    assert sorted(event.url[-1] for _, event in given.sent) == ["0", "1", "2"]
    assert {entry.reason for entry in store.entries()} == {"gone", "not_html"}


def test_the_operator_sends_a_class_of_rejected_pages_again_by_one_command(
    host, station, redis_url, tmp_path
):
    given = station(max_attempts=1).knows(host)
    fill_with_rejections(host, given)

    def rejected(*arguments):
        environment = {
            **os.environ,
            "PRESSWIRE_REDIS_URL": redis_url,
            "PRESSWIRE_PREFIX": "t",
            "PRESSWIRE_ARCHIVE": str(tmp_path / "archive"),
            "COLUMNS": "200",
        }
        command = [PRESSWIRE, "rejected", *arguments]
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, check=True
        )
        return done.stdout.decode()

    assert "forbidden" in rejected("count")
    assert "status 403" in rejected("list", "--reason", "forbidden", "--outlet", "o0")
    assert (
        rejected("list", "--reason", "forbidden", "--outlet", "other") == "No page is rejected.\n"
    )
    host.answers |= {f"/{n}": page() for n in range(3)}
    assert rejected("retry", "--reason", "forbidden", "--outlet", "o0") == "3 sent again.\n"
    given.work()
    assert len(given.sent) == 3
    assert "status 403" not in rejected("list")


def test_the_oldest_rejections_are_forgotten(station):
    store = Quarantine(station().services.redis, "t", "rejected", bound=3)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    for n in range(5):
        at = start + n * MINUTE
        store.put(QuarantineEntry(f"{n}.fetch", "fetch", "gone", "", at, b"{}"))
    assert [entry.id for entry in store.entries()] == ["2.fetch", "3.fetch", "4.fetch"]
    assert sum(store.counts().values()) == 3
