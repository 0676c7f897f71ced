"""A poll of many parts: what one of them costs, and what bounds leave out."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFound, PageRejected
from schemas.reasons import Reason
from tests.unit.discover.samples import FEED, HOME, INDEX, ITEM, RSS, SITEMAP, Shelf, poll
from workers.discover import feeds, links, sitemap_tree
from workers.discover.links import Link
from workers.exceptions import PermanentFailure, TryAgain

TROUBLES = {
    "robots.txt forbids it": (PermanentFailure(Reason.ROBOTS, "no"), "robots"),
    "too large": (PermanentFailure(Reason.TOO_LARGE, "60 MB"), "too_large"),
    "a bad certificate": (PermanentFailure(Reason.BAD_TLS, "expired"), "bad_tls"),
    "busy": (TryAgain("503", 30, Reason.UNREACHABLE), "unreachable"),
    "forbidden": (403, "forbidden"),
    "gone": (410, "gone"),
    "no sitemap": ("<p>hello", "bad_feed"),
    "half a gzip": (b"\x1f\x8bxx", "bad_feed"),
}


def sitemap_of(*names):
    return SITEMAP.format("".join(f"<url><loc>{HOME}{name}</loc></url>" for name in names))


def index_of(*addresses):
    return INDEX.format("".join(f"<sitemap><loc>{each}</loc></sitemap>" for each in addresses))


def put_trouble(web, url, trouble):
    match trouble:
        case Exception():
            web.fail(url, trouble)
        case int():
            web.put(url, "", trouble)
        case _:
            web.put(url, trouble)


def names_of(events):
    return [each.url.removeprefix(HOME) for each in events if isinstance(each, PageFound)]


@pytest.mark.parametrize("name", TROUBLES)
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_child_of_an_index_costs_only_itself_and_is_named(name, position):
    trouble, reason = TROUBLES[name]
    addresses = [f"{HOME}{n}.xml" for n in range(3)]
    web = Shelf().put(FEED, index_of(*addresses))
    for n, url in enumerate(addresses):
        web.put(url, sitemap_of(f"story-{n}"))
    put_trouble(web, addresses[position], trouble)
    events, report = poll(web, kind="sitemap")
    assert names_of(events) == [f"story-{n}" for n in range(3) if n != position]
    assert not [each for each in events if isinstance(each, PageRejected)]
    assert [(part.url, part.reason) for part in report.failed] == [(addresses[position], reason)]
    assert (report.parts_read, report.own) == (3, 2)


@pytest.mark.parametrize("name", TROUBLES)
def test_one_of_several_feeds_costs_only_itself(name):
    trouble, reason = TROUBLES[name]
    kind = 'rel="alternate" type="application/rss+xml"'
    web = Shelf().put(FEED, f'<link {kind} href="/bad.xml"><link {kind} href="/good.xml">')
    web.put(HOME + "good.xml", RSS.format(ITEM.format(HOME + "a", "T")))
    put_trouble(web, HOME + "bad.xml", trouble)
    events, report = poll(web)
    assert names_of(events) == ["a"]
    assert [part.reason for part in report.failed] == [reason]


@pytest.mark.parametrize("name", TROUBLES)
def test_one_line_of_robots_txt_costs_only_itself_and_may_be_relative(name):
    trouble, reason = TROUBLES[name]
    web = Shelf().put(HOME, "<p>hello").put(HOME + "maps/good.xml", sitemap_of("a"))
    web.named = ("bad.xml", "/maps/good.xml", " maps/good.xml ")
    put_trouble(web, HOME + "bad.xml", trouble)
    events, report = poll(web, HOME)
    assert names_of(events) == ["a"]
    assert [(part.url, part.reason) for part in report.failed] == [(HOME + "bad.xml", reason)]
    assert web.requests.count(HOME + "maps/good.xml") == 1


def test_a_relative_child_is_found():
    web = Shelf().put(FEED, index_of("/maps/one.xml", "two.xml"))
    web.put(HOME + "maps/one.xml", sitemap_of("a")).put(HOME + "two.xml", sitemap_of("b"))
    assert names_of(poll(web, kind="sitemap")[0]) == ["a", "b"]


def test_a_home_page_whose_robots_txt_cannot_be_had_is_read_itself():
    web = Shelf().put(HOME, '<a href="/news/council-votes-for-a-bridge">Council votes</a>')
    web.robots_error = TryAgain("503", 30, Reason.UNREACHABLE)
    events, report = poll(web, HOME)
    assert names_of(events) == ["news/council-votes-for-a-bridge"]
    assert report.failed[0].detail.startswith("robots.txt")


def test_a_poll_whose_every_part_fails_has_failed():
    web = Shelf().put(FEED, index_of(HOME + "1.xml", HOME + "2.xml"))
    web.put(HOME + "1.xml", "", 403).put(HOME + "2.xml", "", 403)
    (end,) = poll(web, kind="sitemap")[0]
    assert end.reason is Reason.FORBIDDEN
    assert "failed: 2" in end.detail


def test_what_was_found_need_not_wait_for_a_host_that_is_paused():
    web = Shelf().put(FEED, index_of(HOME + "1.xml", HOME + "2.xml"))
    web.put(HOME + "1.xml", sitemap_of("a"))
    web.fail(HOME + "2.xml", TryAgain("not now", 3600, counts_as_attempt=False))
    found = []
    with pytest.raises(TryAgain, match="not now"):
        poll(web, kind="sitemap", events=found)
    assert names_of(found) == ["a"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_a_long_feed_is_cut_at_its_old_end(monkeypatch, newest_first):
    monkeypatch.setattr(feeds, "MAX_LINKS", 5)
    date = "<pubDate>{} Mar 2026 11:00:00 GMT</pubDate>"
    item = f"<item><title>T</title><link>{{}}{{}}</link>{date}</item>"
    items = [item.format(HOME, day, day) for day in range(1, 21)]
    body = RSS.format("".join(reversed(items) if newest_first else items))
    events, report = poll(Shelf().put(FEED, body))
    assert sorted(map(int, names_of(events))) == [16, 17, 18, 19, 20]
    assert [(each.url, each.number) for each in report.left_out] == [(FEED, 15)]


def test_of_an_index_without_dates_both_ends_are_read():
    addresses = [f"{HOME}{n}.xml" for n in range(55)]
    web = Shelf().put(FEED, index_of(*addresses))
    for n, url in enumerate(addresses):
        web.put(url, sitemap_of(f"s{n}"))
    events, report = poll(web, kind="sitemap")
    assert {"s0", "s54"} <= set(names_of(events))
    assert len(events) == sitemap_tree.MAX_SITEMAPS - 1
    assert [each.number for each in report.left_out] == [55 - len(events)]


def dated(*days):
    row = "<sitemap><loc>{}{}.xml</loc><lastmod>2026-01-{:02}</lastmod></sitemap>"
    return INDEX.format("".join(row.format(HOME, day, day) for day in days))


def test_of_a_dated_index_the_newest_are_read():
    web = Shelf().put(FEED, dated(*range(1, 32)))
    for day in range(1, 32):
        web.put(f"{HOME}{day}.xml", sitemap_of(f"d{day}"))
    names = names_of(poll(web, kind="sitemap")[0])
    assert names[0] == "d31"
    assert "d12" not in names


def test_undated_links_among_dated_ones_get_a_share():
    both = [Link("u1"), *(Link(f"d{n}", modified=_day(n)) for n in range(1, 9)), Link("u2")]
    kept, left_out = links.keep_newest(both, 8)
    assert [each.url for each in kept] == ["u1", "d3", "d4", "d5", "d6", "d7", "d8", "u2"]
    assert left_out == 2


def _day(number):
    return datetime(2026, 1, number, tzinfo=UTC)
