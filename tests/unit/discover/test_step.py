"""What a feed, a sitemap or a page of links brings."""

import pytest
from msgspec.structs import replace

from schemas.events import PageFound, PageRejected
from schemas.page import StoredPage
from schemas.reasons import Reason
from tests.unit.discover.samples import (
    FEED,
    HOME,
    INDEX,
    ITEM,
    NEWS,
    NOON,
    OLD_WITH_IMAGE,
    OUTLETS,
    RSS,
    SITEMAP,
    Shelf,
    poll,
    run,
)


class FakeSchedule:
    def record_hints(self, _due, hints):
        self.hints = hints


def test_a_feed_gives_its_own_pages_once():
    items = [f"{HOME}a?utm_source=rss", f"{HOME}a", "https://other.example/x", f"{HOME}sponsored/y"]
    body = RSS.format("".join(ITEM.format(url, "A title") for url in items))
    found = run(Shelf().put(FEED, body))
    assert [type(event) for event in found] == [PageFound, PageRejected, PageRejected]
    assert found[0].url == f"{HOME}a?utm_source=rss"  # fetched as it was announced
    assert {event.reason for event in found[1:]} == {Reason.FOREIGN_LINK}


def test_what_the_outlets_file_leaves_is_said_and_not_taken(monkeypatch):
    steered = replace(
        OUTLETS["gazette"], allow=("/news/*",), deny=("*/live-*",), own_domains=("live.example",)
    )
    monkeypatch.setitem(OUTLETS, "gazette", steered)
    names = [f"{HOME}news/a", f"{HOME}sport/b", f"{HOME}news/live-c", "https://live.example/news/d"]
    events, report = poll(
        Shelf().put(FEED, RSS.format("".join(ITEM.format(n, "T") for n in names)))
    )
    taken = [event.url for event in events if isinstance(event, PageFound)]
    left = [event for event in events if isinstance(event, PageRejected)]
    assert taken == [names[0], names[3]]
    assert [event.url for event in left] == names[1:3]
    assert {event.reason for event in left} == {Reason.EXCLUDED}
    assert (report.links, report.own, report.excluded, report.foreign) == (4, 2, 2, 0)
    assert report.failure == ""


def test_a_counting_redirect_is_unwrapped_to_the_own_page():
    link = "https://count.example/r?url=https%3A%2F%2Fwww.gazette.example%2Fstory"
    found = run(Shelf().put(FEED, RSS.format(ITEM.format(link, "T"))))
    assert [page.url for page in found] == [f"{HOME}story"]


def test_a_feed_says_when_to_look_again():
    schedule = FakeSchedule()
    web = Shelf().put(FEED, RSS.format(""), headers=(("cache-control", "public, max-age=600"),))
    run(web, feed_schedule=schedule)
    assert schedule.hints.min_pause_seconds == 1800
    assert schedule.hints.skip_hours == {2, 3}


def test_html_in_a_feeds_place_leads_to_the_feed_it_names():
    text = '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><p>hello'
    web = Shelf().put(FEED, text).put(HOME + "rss.xml", RSS.format(ITEM.format(HOME + "a", "T")))
    assert [page.url for page in run(web)] == [HOME + "a"]


def test_a_home_page_leads_to_the_sitemaps_of_its_robots_txt_and_to_its_own_links():
    web = Shelf().put(HOME, '<a href="/news/council-votes-for-a-bridge">Council votes</a>')
    web.named = (HOME + "archive.xml", HOME + "news.xml")
    for name in ("news", "archive"):
        web.put(f"{HOME}{name}.xml", f"<urlset><url><loc>{HOME}{name}-page</loc></url></urlset>")
    found = [page.url.removeprefix(HOME) for page in run(web, HOME)]
    assert found == ["news-page", "archive-page", "news/council-votes-for-a-bridge"]


@pytest.mark.parametrize("codec", ["base64", "idna", "rot13"])
def test_a_codec_that_is_no_character_set_costs_no_link(codec):
    text = '<a href="/news/council-votes-for-a-bridge">Council votes</a>'
    web = Shelf().put(HOME, text, headers=(("content-type", f"text/html; charset={codec}"),))
    assert [page.url for page in run(web, HOME)] == [HOME + "news/council-votes-for-a-bridge"]


def test_a_home_page_with_a_feed_leads_to_that():
    text = '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><p>hello'
    web = Shelf().put(HOME, text).put(HOME + "rss.xml", RSS.format(ITEM.format(HOME + "a", "T")))
    web.named = (HOME + "never-requested.xml",)
    assert [page.url for page in run(web, HOME)] == [HOME + "a"]


def test_of_several_named_feeds_a_bad_one_costs_nothing():
    kind = 'rel="alternate" type="application/rss+xml"'
    web = Shelf().put(FEED, f'<link {kind} href="/bad.xml"><link {kind} href="/good.xml">')
    web.put(HOME + "bad.xml", "<p>no").put(HOME + "good.xml", RSS.format(ITEM.format(HOME, "T")))
    assert [page.url for page in run(web)] == [HOME]


def test_a_feed_that_turned_into_a_page_is_not_taken_for_a_home_page():
    (end,) = run(Shelf().put(FEED, '<a href="/news/council-votes-for-a-bridge">Council votes</a>'))
    assert end.reason is Reason.BAD_FEED


@pytest.mark.parametrize(("status", "reason"), [(404, Reason.NOT_FOUND), (410, Reason.GONE)])
def test_a_missing_feed_ends_by_its_reason(status, reason):
    (end,) = run(Shelf().put(FEED, "", status))
    assert end.reason is reason


def test_an_unchanged_feed_gives_nothing():
    assert run(Shelf().put(FEED, "", 304)) == []


def hidden_entities():
    """Declarations that the parser would follow, behind what looks like a root."""
    declared = f'<!DOCTYPE r [\n<!ENTITY a "b">\n]>{RSS.format(ITEM.format(HOME, "&a;"))}'
    yield f"<!-- <r><![CDATA[ -->{declared}]]>"
    yield f"<?x <r>?>{declared}"
    yield f"<!-- -- <r> -->\n{declared}"
    yield f"<!DOCTYPE r '<r>'><!---->{declared}"
    yield "\u3c61" + declared  # the bytes of <a in UTF-16
    yield ("\u3c61" + declared).encode("utf-16")
    yield declared.replace("<!DOCTYPE r", "<!DOCTYPE r SYSTEM 'x]>'")
    yield f'<!-- \n<!ENTITY a "b">--><!DOCTYPE r>{RSS}'


@pytest.mark.parametrize(
    "body",
    [
        "<html><p>Hello",
        "",
        b"\x00\xff" * 50,
        '<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel>&c;</channel></rss>',
        '<!DOCTYPE r [<!ENTITY a "b">]><rss/>'.encode("utf-16"),
        *hidden_entities(),
        '{"version": "https://jsonfeed.org/version/1.1"}',
        '{"items": 3, "version": "https://jsonfeed.org/version/1.1"}',
        "[1",
    ],
)
def test_what_is_no_feed_ends_as_a_bad_feed(body):
    (end,) = run(Shelf().put(FEED, body))
    assert end.reason is Reason.BAD_FEED


@pytest.mark.parametrize(
    "body",
    [
        b'<?xml version="1.0" encoding="\xffutf-8"?><rss version="2.0"/>',
        b'<rss version="2.0"><channel><authors a="b"/><author>x</author></channel></rss>',
    ],
)
def test_what_the_parser_trips_over_is_a_bad_feed_and_no_bug(body):
    (end,) = run(Shelf().put(FEED, body))
    assert end.reason is Reason.BAD_FEED


def test_news_comes_before_the_archive():
    old = f"<url><loc>{HOME}old</loc><lastmod>2020-01-01</lastmod></url>"
    new = f"<url><loc>{HOME}new</loc><lastmod>2026-02-28</lastmod></url>"
    web = Shelf().put(FEED, SITEMAP.format(NEWS + old + new))
    found = {page.url: page.priority for page in run(web, kind="sitemap")}
    assert found == {HOME + "n": 0, HOME + "old": 8, HOME + "new": 6}


def test_a_title_is_one_line():
    (page,) = run(Shelf().put(FEED, RSS.format(ITEM.format(f"{HOME}a", "Storm\r\n  hits"))))
    assert page.title == "Storm hits"


def test_only_news_has_a_title_and_a_date_of_its_own():
    (found,) = run(Shelf().put(FEED, SITEMAP.format(OLD_WITH_IMAGE)), kind="sitemap")
    assert found.priority == 8


def test_an_endless_index_is_bounded_and_a_bad_part_costs_only_itself():
    class Endless(Shelf):
        def get(self, url):
            self.requests.append(url)
            n = len(self.requests)
            rows = "".join(f"<sitemap><loc>{HOME}{n}-{i}</loc></sitemap>" for i in range(30))
            body = "<broken" if n == 3 else INDEX.format(rows)
            return StoredPage(url, url, 200, (), body.encode(), NOON)

    web = Endless()
    assert run(web, kind="sitemap") == []
    assert len(web.requests) == 20
