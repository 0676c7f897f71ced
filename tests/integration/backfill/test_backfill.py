"""An outlet's history, on a real Redis and a real host: all of it once, politely, and last."""

import signal
import time
from datetime import UTC, datetime
from itertools import pairwise

from schemas.backfill import BackfillPlan
from schemas.events import PageFound
from workers import urls
from workers.delivery.backfill import Walker
from workers.discover.history.reading import first_sources

INTERVAL = 0.02
LEAVES = 8
STORIES = 20  # of each leaf


def until(is_so, seconds=60.0):
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.005)


def put_history(site):
    """An index of three levels; each leaf repeats a story of the one before."""
    site.pages["/robots.txt"] = f"User-agent: *\nAllow: /\nSitemap: {site.home}index.xml\n"
    site.put_index("index.xml", ["part-0.xml", "part-1.xml", "index.xml"])
    for part in range(2):
        half = range(part, LEAVES, 2)
        site.put_index(f"part-{part}.xml", [f"leaf-{leaf}.xml" for leaf in half])
    for leaf in range(LEAVES):
        stories = [f"story/{leaf}-{n}" for n in range(STORIES)]
        again = [f"story/{max(0, leaf - 1)}-0"]
        others = ["https://elsewhere.example/a", ("old/a", "2019-12-31"), f"missing/{leaf}"]
        site.put_sitemap(f"leaf-{leaf}.xml", [*stories, *again, *others])


def kill_midway(site, given):
    """Starts the backfill and kills it amid its sitemaps and pages."""
    with given.at_work():
        first = given.start("gazette", "--since", "2020-01-01")
        until(lambda: len(site.paths("/leaf")) >= 3 and len(site.paths("/story")) >= 5)
        first.send_signal(signal.SIGKILL)
        first.communicate()
    assert given.report().state == "running"
    # the permit of a dead process is held for two minutes, which are over here
    for key in given.services.redis.keys("t:pace:*:busy"):
        given.services.redis.delete(key)


def finish_with_a_fresh_story(site, given):
    """Starts it again, while a poll finds a story; returns what the command prints, and how many
    old stories came before."""
    with given.at_work():
        second = given.start("gazette")
        until(lambda: len(site.paths("/leaf")) >= 5 and given.report().open >= STORIES)
        before = len(site.paths("/story"))
        fresh = f"{site.home}story/fresh"
        given.services.frontier.add(
            [PageFound(page_id=urls.page_id(fresh), outlet="gazette", url=fresh, found_in="poll")]
        )
        output = second.communicate(timeout=120)[0]
    assert second.returncode == 0, output
    return output, before


def test_a_killed_backfill_goes_on_and_nothing_is_lost_doubled_or_impolite(site, desk):
    put_history(site)
    given = desk(INTERVAL)
    kill_midway(site, given)
    output, before = finish_with_a_fresh_story(site, given)

    report = given.report()
    stories = LEAVES * STORIES
    assert report.state == "finished"
    assert report.ends == {"indexed": stories, "not_found": LEAVES}
    # each leaf but the first repeats a story of the one before
    assert (report.new, report.known) == (stories + LEAVES, LEAVES - 1)
    assert report.links == report.new + report.known
    assert {left.why: left.number for left in report.left_out} == {
        "links to other sites": LEAVES,
        "older than the backfill asks for": LEAVES,
    }
    assert f"{stories} indexed, {LEAVES} not_found" in output

    # nothing was asked for twice but the sitemap that the killed command was reading
    pages = [*site.paths("/story"), *site.paths("/missing")]
    assert len(pages) == len(set(pages)) == stories + LEAVES + 1
    sources = [*site.paths("/leaf"), *site.paths("/part"), *site.paths("/index")]
    assert len(sources) - len(set(sources)) <= 1
    moments = [moment for moment, _ in site.log]
    assert min(b - a for a, b in pairwise(moments)) >= INTERVAL

    # at most the page that had its permit already came before the fresh one
    assert site.paths("/story").index("/story/fresh") - before <= 1


def walker_of(given):
    """A walker of the outlet's backfill, in this process."""
    outlet = given.services.outlets["gazette"]
    since, now = datetime(2020, 1, 1, tzinfo=UTC), given.services.now()
    plan = BackfillPlan(outlet="gazette", since=since, until=now, started=now)
    given.services.backfills.begin(plan, first_sources(plan, outlet), now)
    return Walker(given.runner, plan, outlet)


def test_a_source_that_fails_is_read_again_later_five_times_in_all(site, desk):
    site.pages["/robots.txt"] = f"Sitemap: {site.home}a.xml\n"
    site.pages["/a.xml"] = ("", 500)
    given = desk()
    walker = walker_of(given)
    assert [walker.step() for _ in range(3)] == ["read", "read", "waiting"]
    for _ in range(4):
        for key in given.services.redis.keys("t:backfill:gazette:later"):
            given.services.redis.rename(key, "t:backfill:gazette:order")  # its time has come
        assert walker.step() == "read"
    assert walker.step() == "over"
    assert site.paths("/a.xml") == ["/a.xml"] * 5
    (failed,) = given.report().failed
    assert (failed.reason, failed.detail) == ("bad_response", "status 500")


def test_a_pause_that_the_host_asks_for_holds_for_all(site, desk):
    site.pages["/robots.txt"] = f"Sitemap: {site.home}a.xml\n"
    site.pages["/a.xml"] = ("", 503)
    site.retry_after = 77
    given = desk()
    walker = walker_of(given)
    assert [walker.step() for _ in range(3)] == ["read", "read", "waiting"]
    permit = given.services.host_throttle.acquire(urls.host_of(site.home))
    assert (permit.is_granted, 70 < permit.wait <= 77) == (False, True)


def test_a_paused_outlet_is_not_walked(site, desk):
    given = desk(more="paused = true")
    assert walker_of(given).step() == "waiting"
    assert site.log == []


def test_archive_pages_are_read_day_by_day_with_the_pages_on_which_they_go_on(site, desk):
    given = desk(more=f'archives = ["{site.home}archive/{{year}}/{{month}}/{{day}}"]')
    link = '<a href="/story/{0}">The council votes for another bridge {0}</a>'
    more = '<a href="?page=2" rel="next">Older</a>'
    site.pages["/archive/2026/02/28"] = f"<html>{link.format('2026-02-28-bridge-a')}{more}"
    site.pages["/archive/2026/02/28?page=2"] = f"<html>{link.format('2026-02-28-bridge-b')}"
    site.pages["/archive/2026/02/26"] = f"<html>{link.format('2026-02-26-bridge-c')}"
    site.pages["/archive/2026/02/25"] = ("<html>Sorry", 403)
    with given.at_work():
        output, code = given.run("gazette", "--since", "2026-02-25", "--until", "2026-03-01")
    assert code == 0, output
    assert len(site.paths("/story")) == 3
    report = given.report()
    assert report.ends == {"indexed": 3}
    assert {left.why: left.number for left in report.left_out} == {
        "archive pages that do not exist": 1,
        "no sitemap: robots.txt names none, and none is at the usual place": 1,
    }
    assert [(part.url, part.reason) for part in report.failed] == [
        (f"{site.home}archive/2026/02/25", "forbidden")
    ]

    site.pages["/archive/2026/02/25"] = f"<html>{link.format('2026-02-25-bridge-d')}"
    with given.at_work():
        output, code = given.run("gazette", "--since", "2026-02-25")
    assert code == 0, output
    assert given.report().ends == {"indexed": 4}
    assert given.report().failed == ()


def test_a_dry_run_stores_nothing_and_a_stopped_backfill_stands_still(site, desk):
    put_history(site)
    given = desk()
    output, code = given.run("gazette", "--since", "2020-01-01", "--dry-run")
    assert code == 0, output
    assert "nothing was stored" in output
    assert "older than the backfill asks for" in output
    assert given.report() is None
    assert given.services.frontier.depth()["pages"] == 0

    output, code = given.run("gazette", "--since", "2020-01-01", "--no-wait")
    assert code == 0, output
    assert f"{LEAVES * (STORIES + 2) - 1:,} wait" in output
    assert "stopped" in given.run("gazette", "--stop")[0]
    given.work()
    assert (given.report().open, site.paths("/story")) == (0, [])
    assert "stopped" in given.run("gazette", "--status")[0]


def test_what_cannot_be_begun_is_said(site, desk):
    put_history(site)
    given = desk()
    for arguments, words in (
        (("gazete", "--since", "2020-01-01"), "did you mean gazette"),
        (("gazette",), "--since is missing"),
        (("gazette", "--since", "2026-01-02", "--until", "2026-01-02"), "is not before"),
        (("gazette", "--since", "2020-01-01", "--archive", "/{year}"), "begin with http"),
        (("gazette", "--status"), "there was no backfill"),
        (("gazette", "--stop"), "no backfill of 'gazette' runs"),
    ):
        output, code = given.run(*arguments)
        assert (code, words in output) == (1, True), output
