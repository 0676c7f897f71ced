import gzip
import html
import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from schemas.events import FeedDue, PageFound, PageRejected, Reason
from schemas.outlet import Outlet
from schemas.page import StoredPage
from workers.discover import feeds, sections, sitemaps
from workers.discover.interval import (
    MAX_SECONDS,
    PollResult,
    PollState,
    adapt_interval,
    next_poll_at,
    next_visit_after,
)
from workers.discover.links import BadFeedError, Link, read_list
from workers.discover.step import discover

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = "https://www.gazette.example/"
FEED = HOME + "feed"
OUTLETS = {"gazette": Outlet(name="Gazette", home=HOME, language="en", id="gazette")}
RSS = """<rss version="2.0"><channel><title>G</title><ttl>30</ttl>
<skipHours><hour>2</hour><hour>3</hour></skipHours>{}</channel></rss>"""
ITEM = """<item><title>{1}</title><link>{0}</link>
<pubDate>Sun, 01 Mar 2026 11:00:00 GMT</pubDate></item>"""


class Shelf:
    """Pages by address, and what was asked for."""

    def __init__(self):
        self.pages = {}
        self.asked = []
        self.named = ()

    def put(self, url, body, status=200, headers=()):
        raw = body if isinstance(body, bytes) else body.encode()
        self.pages[url] = StoredPage(url, url, status, headers, raw, NOON)
        return self

    def get(self, url):
        self.asked.append(url)
        return self.pages[url]

    def sitemaps(self, _url):
        return self.named


class Notes:
    def record_hints(self, _due, hints):
        self.hints = hints


def run(web, url=FEED, kind="feed", notes=None):
    due = FeedDue(page_id="0" * 16, outlet="gazette", url=url, kind=kind)
    return list(discover(due, web, OUTLETS, notes))


def test_a_feed_gives_its_own_pages_once_without_tracking():
    items = [f"{HOME}a?utm_source=rss", f"{HOME}a", "https://other.example/x", f"{HOME}sponsored/y"]
    body = RSS.format("".join(ITEM.format(url, "A title") for url in items))
    found = run(Shelf().put(FEED, body))
    assert [type(event) for event in found] == [PageFound, PageRejected, PageRejected]
    assert found[0].url == f"{HOME}a"
    assert found[0].title_hint == "A title"
    assert found[0].published_hint == NOON - timedelta(hours=1)
    assert {event.reason for event in found[1:]} == {Reason.FOREIGN_LINK}


def test_a_counting_redirect_is_unwrapped_to_the_own_page():
    link = "https://count.example/r?url=https%3A%2F%2Fwww.gazette.example%2Fstory"
    found = run(Shelf().put(FEED, RSS.format(ITEM.format(link, "T"))))
    assert [page.url for page in found] == [f"{HOME}story"]


def test_a_feed_says_when_to_look_again():
    notes = Notes()
    web = Shelf().put(FEED, RSS.format(""), headers=(("cache-control", "public, max-age=600"),))
    run(web, notes=notes)
    assert notes.hints.at_least == 1800
    assert notes.hints.skip_hours == {2, 3}


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
    web.named = (HOME + "never-asked.xml",)
    assert [page.url for page in run(web, HOME)] == [HOME + "a"]


def test_of_several_named_feeds_a_bad_one_costs_nothing():
    kind = 'rel="alternate" type="application/rss+xml"'
    web = Shelf().put(FEED, f'<link {kind} href="/bad.xml"><link {kind} href="/good.xml">')
    web.put(HOME + "bad.xml", "<p>no").put(HOME + "good.xml", RSS.format(ITEM.format(HOME, "T")))
    assert [page.url for page in run(web)] == [HOME]


@pytest.mark.parametrize("body", ["<rss><channel>" + "<a>" * 5_000, "<html>" + "<div></i>" * 5_000])
def test_what_nests_deeper_than_any_feed_or_page_is_refused_at_once(body):
    with pytest.raises(BadFeedError, match="nested"):
        feeds.read_feed(body.encode(), {}, FEED)
    for read in (sections.feeds_of, sections.read_section):
        with pytest.raises(BadFeedError, match="nested"):
            read(body, HOME)


def test_a_long_feed_with_carelessly_written_html_is_read():
    item = "<item><title>A</title><link>{}{}</link><category term='x'/><guid/>{}</item>"
    told = "<description><![CDATA[<div>]]></description><content><p>a<br>b</content>"
    body = "".join(item.format(HOME, n, told) for n in range(3_500))
    found = feeds.read_feed(f"<rss><channel>{body}</channel></rss>".encode(), {}, FEED)
    assert len(found.links) == 3_500


def test_a_feed_that_turned_into_a_page_is_not_taken_for_a_home_page():
    (end,) = run(Shelf().put(FEED, '<a href="/news/council-votes-for-a-bridge">Council votes</a>'))
    assert end.reason is Reason.BAD_FEED


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


@pytest.mark.parametrize("encoding", ["utf-7", "cp037", "utf-16"])
def test_an_encoding_hides_no_entities(encoding):
    text = f'<?xml version="1.0"?>\n<!DOCTYPE r [\n<!ENTITY a "b">\n]>\n{RSS.format("")}'
    body = text.encode(encoding).replace(b"<!", b"+ADwAIQ-")
    headers = {"content-type": f"application/rss+xml; charset={encoding}"}
    with pytest.raises(BadFeedError, match="entities"):
        feeds.read_feed(body, headers, FEED)


@pytest.mark.parametrize("head", ["", '<?xml version="1.0"?>\n<!DOCTYPE rss PUBLIC "-//x" "y">'])
def test_a_story_about_entities_costs_no_feed(head):
    item = ITEM.format(HOME + "a", '<![CDATA[How <!ENTITY x "y"> works]]>')
    read = feeds.read_feed((head + RSS.format(item)).encode(), {}, FEED)
    assert [link.url for link in read.links] == [HOME + "a"]


@pytest.mark.parametrize(("status", "reason"), [(404, Reason.NOT_FOUND), (410, Reason.GONE)])
def test_a_missing_feed_ends_by_its_reason(status, reason):
    (end,) = run(Shelf().put(FEED, "", status))
    assert end.reason is reason


def test_an_unchanged_feed_gives_nothing():
    assert run(Shelf().put(FEED, "", 304)) == []


def test_atom_and_json_feeds_are_read():
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title>G</title>
    <link rel="hub" href="https://hub.example/"/><entry><title>T</title><link href="/s"/>
    <updated>2026-03-01T11:00:00Z</updated></entry></feed>"""
    read = feeds.read_feed(atom.encode(), {}, FEED)
    assert read.links == (Link(HOME + "s", "T", NOON - timedelta(hours=1)),)
    assert read.hub == "https://hub.example/"
    as_json = """{"version":"https://jsonfeed.org/version/1.1","items":[
    {"url":"https://www.gazette.example/s","title":"T","date_published":"2026-03-01T11:00:00Z"}]}"""
    assert feeds.read_feed(as_json.encode(), {}, FEED).links == read.links


def json_feed(**fields):
    given = {"version": "https://jsonfeed.org/version/1.1", "items": []} | fields
    return feeds.read_feed(json.dumps(given).encode(), {}, FEED)


def test_what_is_no_text_in_a_json_feed_costs_only_itself():
    items = [
        {"url": f"{HOME}a", "title": 2024, "date_published": 1772362800},
        {"url": ["x"], "title": "T"},
        {"url": {"x": "y"}},
        f"{HOME}b",
        None,
        {"url": f"{HOME}c", "title": ["x"], "date_published": "yesterday"},
    ]
    read = json_feed(items=items, feed_url=5, hubs=[5, {"type": "WebSub", "url": 5}])
    assert read == feeds.Feed((Link(f"{HOME}a"), Link(f"{HOME}c")))
    assert json_feed(hubs=5) == json_feed(hubs=None) == feeds.Feed(())


def test_a_mark_of_the_byte_order_costs_no_json_feed():
    body = b'\xef\xbb\xbf\n{"version":"https://jsonfeed.org/version/1.1","items":[{"url":"/a"}]}'
    assert feeds.read_feed(body, {}, FEED).links == (Link("/a"),)


def test_json_without_end_is_no_feed():
    with pytest.raises(BadFeedError):
        feeds.read_feed(b'{"items":' + 100_000 * b"[", {}, FEED)


@pytest.mark.parametrize(
    "odd",
    [
        '<fb:origLink xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0" a="b">x</fb:origLink>',
        '<published_parsed a="b"/>',
        '<id a="b">http://elsewhere.example/</id>',
        '<links a="b"/>',
    ],
)
def test_an_element_with_attributes_that_nobody_expects_costs_no_link(odd):
    item = f"<item><link>{HOME}a</link>{odd}</item>"
    read = feeds.read_feed(RSS.format(f"{odd}{item}").encode(), {}, FEED)
    assert read.links == (Link(HOME + "a"),)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("&#55357;&#56832;", "😀"),
        ("&#xD83D;&#xde00;", "😀"),
        ("&#60;&#xD83D;&#56832;&#8217;", "<😀\u2019"),
        ("cut &#55357;", "cut \ufffd"),
        ("&#56832;&#55357;", "\ufffd\ufffd"),
        ("&#1114112; &#x99999999999; &#" + 5000 * "9" + ";", "\ufffd \ufffd \ufffd"),
        ("&#000008217; &#x2019; &#553571; &#55000;", "\u2019 \u2019 \U00087263 \ud6d8"),
    ],
)
def test_half_an_emoji_costs_no_link(printed, read):
    items = ITEM.format(f"{HOME}a", printed) + ITEM.format(f"{HOME}b", "T")
    found = feeds.read_feed(RSS.format(items).encode(), {}, FEED).links
    assert [link.url for link in found] == [HOME + "a", HOME + "b"]
    assert html.unescape(found[0].title) == read
    listed = SITEMAP.format(NEWS.replace("Breaking", printed) + NEWS)
    titles = [link.title for link in sitemaps.read_sitemap(listed.encode()).pages]
    assert titles == [read, "Breaking"]


def test_half_an_emoji_in_json_costs_no_link():
    titles = [r"\ud83d\ude00", r"cut \ud83d", r"\\ud83d", r"\uD83D\uD83D\uDE00 \u00e9", r"\u2019"]
    items = ",".join(f'{{"url": "{HOME}a", "title": "{title}"}}' for title in titles)
    body = f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{items}]}}'
    read = [link.title for link in feeds.read_feed(body.encode(), {}, FEED).links]
    assert read == ["😀", "cut \ufffd", r"\ud83d", "\ufffd😀 é", "\u2019"]


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


SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
NEWS = """<url><loc>https://www.gazette.example/n</loc><news:news
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><news:publication><news:name>G
 </news:name></news:publication><news:publication_date>2026-03-01T11:00:00Z</news:publication_date>
 <news:title>Breaking</news:title></news:news></url>"""
INDEX = '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</sitemapindex>'


def test_news_comes_before_the_archive():
    old = f"<url><loc>{HOME}old</loc><lastmod>2020-01-01</lastmod></url>"
    new = f"<url><loc>{HOME}new</loc><lastmod>2026-02-28</lastmod></url>"
    web = Shelf().put(FEED, SITEMAP.format(NEWS + old + new))
    found = {page.url: page.priority for page in run(web, kind="sitemap")}
    assert found == {HOME + "n": 0, HOME + "old": 9, HOME + "new": 6}


def test_only_news_has_a_title_and_a_date_of_its_own():
    of_media = "<m:title>IMG_1234</m:title><m:publication_date>2026-03-01</m:publication_date>"
    row = f"""<url><loc>{HOME}old</loc><lastmod>2020-01-01</lastmod>
    <m:image xmlns:m="http://www.google.com/schemas/sitemap-image/1.1">{of_media}</m:image></url>"""
    (found,) = run(Shelf().put(FEED, SITEMAP.format(row)), kind="sitemap")
    assert (found.title_hint, found.priority) == (None, 9)
    assert found.published_hint == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "before",
    ["\n\n <?xml version='1.0'?>", "\ufeff\r\n<?xml version='1.0'?>", "<!DOCTYPE urlset>"],
)
def test_what_stands_before_a_sitemap_costs_it_nothing(before):
    body = (before + SITEMAP.format(NEWS)).encode()
    assert [link.title for link in sitemaps.read_sitemap(body).pages] == ["Breaking"]


def test_a_sitemap_may_be_an_address_a_line():
    body = f"\ufeff{HOME}a\r\n\n  {HOME}b \n".encode()
    assert sitemaps.read_sitemap(body).pages == (Link(HOME + "a"), Link(HOME + "b"))
    assert sitemaps.read_sitemap(gzip.compress(body)) == sitemaps.read_sitemap(body)


def test_an_endless_index_is_bounded_and_a_bad_part_costs_only_itself():
    class Endless(Shelf):
        def get(self, url):
            self.asked.append(url)
            n = len(self.asked)
            rows = "".join(f"<sitemap><loc>{HOME}{n}-{i}</loc></sitemap>" for i in range(30))
            body = "<broken" if n == 3 else INDEX.format(rows)
            return StoredPage(url, url, 200, (), body.encode(), NOON)

    web = Endless()
    assert run(web, kind="sitemap") == []
    assert len(web.asked) == 20


def test_gzip_is_unpacked_up_to_the_bound(monkeypatch):
    body = gzip.compress(SITEMAP.format(NEWS).encode())
    assert len(sitemaps.read_sitemap(body).pages) == 1
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 100)
    with pytest.raises(BadFeedError, match="more than 100"):
        sitemaps.read_sitemap(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<p>",
        b"\x1f\x8bxx",
        b"<!DOCTYPE html><html><p/></html>",
        b'<!DOCTYPE urlset [<!ENTITY b "c">]><urlset/>',
        b"<!DOCTYPE urlset [<!ENTITY % b SYSTEM 'c'> %b;]><urlset/>",
    ],
)
def test_what_is_no_sitemap_is_refused(body):
    with pytest.raises(BadFeedError):
        sitemaps.read_sitemap(body)


def test_article_links_of_a_section_are_told_from_the_rest():
    text = """<a href="/tag/council-and-mayor-news-today">All about the council today</a>
    <a href="/2026/03/01/flood-in-the-valley">Flood</a> <a href="/about">About our paper and us</a>
    <a href="/news/council-votes-for-a-new-bridge">Council votes</a> <a href="/">Home</a>
    <a href="/politik/123456">Rat stimmt für eine neue Brücke</a>
    <a href="/photo-of-the-day-1.jpg">P</a><a href="mailto:a@b.example">Write to all of us</a>
    <a href="http://[bad">Bad one here now</a>"""
    found = [link.url.removeprefix(HOME) for link in sections.read_section(text, HOME)]
    assert found == [
        "2026/03/01/flood-in-the-valley",
        "news/council-votes-for-a-new-bridge",
        "politik/123456",
    ]


def test_lists_are_plain_or_csv():
    assert list(read_list("# mine\nhttps://a.example/1\n\nhttps://a.example/2\n")) == [
        Link("https://a.example/1"),
        Link("https://a.example/2"),
    ]
    assert list(read_list('title,URL\n"A, b",https://a.example/1\n')) == [
        Link("https://a.example/1", "A, b")
    ]


def test_an_interval_shrinks_with_news_and_grows_without():
    rhythm = PollState(900)
    assert (
        adapt_interval(rhythm, PollResult(20, 10)).interval
        < adapt_interval(rhythm, PollResult(20, 1)).interval
        < 900
    )
    assert adapt_interval(rhythm, PollResult(20, 0)).interval > 900


def test_a_dead_feed_slows_down_and_is_never_dropped():
    rhythm = PollState(900)
    for _ in range(9):
        rhythm = adapt_interval(rhythm, PollResult(has_failed=True))
    assert rhythm.interval == MAX_SECONDS
    for _ in range(50):
        rhythm = adapt_interval(rhythm, PollResult(has_failed=True))
    assert rhythm.interval == 86_400


def test_a_feed_is_not_asked_before_the_time_it_named():
    assert next_poll_at(PollState(60), PollResult(retry_after=7200), NOON, 0.5) == NOON + timedelta(
        hours=2
    )
    look = PollResult(skip_hours=frozenset({12, 13}))
    assert next_poll_at(PollState(60), look, NOON, 0.5) == NOON.replace(hour=14)


def test_a_look_that_was_put_off_comes_soon_and_changes_no_rhythm():
    look = PollResult(was_put_off=True, retry_after=20, at_least=3600)
    assert adapt_interval(PollState(900), look) == PollState(900)
    assert next_poll_at(PollState(900), look, NOON, 0.5) == NOON + timedelta(seconds=20)


def test_jitter_spreads_feeds_by_a_tenth():
    early, late = (next_poll_at(PollState(1000), PollResult(), NOON, chance) for chance in (0, 1))
    assert late - early == timedelta(seconds=200)


def test_revisits_come_ever_later_and_end():
    waits = [next_visit_after(n) for n in range(1, 7)]
    assert all(before < after for before, after in pairwise(waits))
    assert next_visit_after(7) is None
