"""Links of a section page."""

import json

import pytest

from tests.unit.discover.samples import HOME, ITEM, RSS, Shelf, poll, run
from workers.discover import sections


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


def found_in(html):
    return [link.url.removeprefix(HOME) for link in sections.read_section(html, HOME)]


LISTED = {
    "addresses": '"itemListElement": ["/news/flood", "https://www.gazette.example/rain"]',
    "list items": '"itemListElement": [{"@type": "ListItem", "position": 1, "url": "/news/flood"},'
    ' {"@type": "ListItem", "url": "/rain"}]',
    "items": '"itemListElement": [{"@type": "ListItem", "item": {"@type": "NewsArticle",'
    ' "url": "/news/flood", "headline": "Flood"}}, {"item": "/rain"}]',
    "identifiers": '"itemListElement": [{"item": {"@id": "https://www.gazette.example/news/flood"}},'
    ' {"item": {"@id": "/rain"}}]',
}


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("frame", ["{%s}", '{"@graph": [{%s}]}', '[{"mainEntity": {%s}}]'])
def test_a_list_in_json_ld_is_read(name, frame):
    data = frame % f'"@type": "ItemList", {LISTED[name]}'
    html = f'<script type="application/ld+json">{data}</script>'
    assert found_in(html) == ["news/flood", "rain"]


def test_breadcrumbs_and_menus_in_json_ld_are_no_stories():
    crumbs = '{"@type": "BreadcrumbList", "itemListElement": [{"item": "/sport/football"}]}'
    menu = """{"@type": "ItemList", "itemListElement":
        [{"@type": "SiteNavigationElement", "url": "/sport"}, {"url": "/tag/x"}, {"url": "/"}]}"""
    html = f'<script type="application/ld+json">[{crumbs}, {menu}]</script>'
    assert found_in(html) == []


STATE = """{"menu": [{"href": "/sport", "title": "Sport"}], "top": {"stories": [
    {"url": "/news/flood", "headline": "Flood", "publishedAt": "2026-03-01"},
    {"path": "/2026/03/01/rain", "name": "Rain"},
    {"link": "\\/news\\/council-votes-for-a-new-bridge"}]}}"""
SCRIPTS = {
    "next": '<script id="__NEXT_DATA__" type="application/json">%s</script>',
    "assigned": "<script>window.__INITIAL_STATE__ = %s;</script>",
    "by name": "<script>var x = 1; window['__DATA__']=%s; run()</script>",
    "constant": '<script type="module">const state = %s\nrender(state)</script>',
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_state_of_a_script_is_read(name):
    stories = ["news/flood", "2026/03/01/rain", "news/council-votes-for-a-new-bridge"]
    assert found_in(SCRIPTS[name] % STATE) == stories


def test_a_state_within_a_string_or_with_undefined_in_it_is_read():
    text = json.dumps('{"url": "/news/council-votes-for-a-new-bridge"}')
    one = ["news/council-votes-for-a-new-bridge"]
    assert found_in(f"<script>window.S = JSON.parse({text})</script>") == one
    quoted = '{"url": "/news/council-votes-for-a-new-bridge", "a": "it\\\\\'s \\\\"x\\\\""}'
    assert found_in(f"<script>window.S = JSON.parse('{quoted}')</script>") == one
    late = '{"b": 1}; x={y:1}; window.S = {"url": "/news/council-votes-for-a-new-bridge"}'
    assert found_in(f"<script>var a = {late}</script>") == one
    odd = '{"a": undefined, "url": "/news/council-votes-for-a-new-bridge"}'
    assert found_in(f"<script>window.S = {odd}</script>") == one


def test_a_short_slug_under_a_headline_is_an_article():
    html = """<h2><a href="/news/flood">Flood hits the valley town</a></h2>
    <a href="/rain"><h3>Rain again</h3><p>It did not stop for a week</p></a>
    <a href="/politics/budget-vote">Parliament passes a budget</a>
    <a href="/bridge">The old bridge is closed until the spring of next year</a>
    <h2><a href="/sport">Sport</a></h2><a href="/imprint">Imprint</a><a href="/local-news">Local</a>
    """
    assert found_in(html) == ["news/flood", "rain", "politics/budget-vote", "bridge"]


TYPES = [
    'rel="alternate" type="application/rss+xml; charset=utf-8"',
    'rel="alternate" type=" Application/Atom+XML "',
    'rel="alternate" type="application/feed+json"',
    'rel="alternate" type="application/json"',
    'rel="alternate" type="text/xml"',
    'rel="alternate" type="application/xml"',
    'rel="feed"',
    'rel="feed alternate" type="text/html"',
]


def test_a_feed_that_the_text_of_a_page_links_to_is_found():
    html = """<a rel="feed" href="/f">Feed</a><a rel="nofollow" href="/x">X</a>
    <a rel="alternate" type="application/rss+xml" href="/g">RSS</a><a href="/h">H</a>"""
    assert sections.find_feeds(html, HOME) == [HOME + "f", HOME + "g"]


@pytest.mark.parametrize("attributes", TYPES)
def test_a_feed_is_found_by_each_way_of_naming_it(attributes):
    assert sections.find_feeds(f'<link {attributes} href="/f">', HOME) == [HOME + "f"]


def test_the_likeliest_feeds_come_first():
    html = """<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
    <link rel="alternate" type="text/xml" href="/x.xml"><link rel="stylesheet" href="/feed.css">
    <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
    <link rel="alternate" hreflang="de" href="/de/">
    <link rel="alternate" type="application/rss+xml" href="/feed/">"""
    assert sections.find_feeds(html, HOME) == [
        HOME + "feed/",
        HOME + "comments/feed/",
        HOME + "x.xml",
    ]


@pytest.mark.parametrize(
    "value",
    [
        '</f>; rel="alternate"; type="application/rss+xml"',
        '<x.css>; rel=preload, <https://www.gazette.example/f>; type="text/xml"; rel=alternate',
        "</f>; rel=feed",
    ],
)
def test_a_feed_is_found_in_a_link_header(value):
    web = Shelf().put(HOME + "feed", "<p>hello", headers=(("link", value),))
    web.put(HOME + "f", RSS.format(ITEM.format(HOME + "a", "T")))
    assert [page.url for page in run(web)] == [HOME + "a"]


def test_the_usual_sitemap_is_tried_where_robots_txt_names_none():
    web = Shelf().put(HOME, "<p>hello")
    web.put(HOME + "sitemap.xml", f"<urlset><url><loc>{HOME}a</loc></url></urlset>")
    assert [page.url for page in run(web, HOME)] == [HOME + "a"]


@pytest.mark.parametrize(("body", "status"), [("", 404), ("<p>not found", 200)])
def test_that_there_is_no_usual_sitemap_is_no_failure(body, status):
    web = Shelf().put(HOME, '<a href="/2026/03/01/flood">Flood</a>')
    events, report = poll(web.put(HOME + "sitemap.xml", body, status), HOME)
    assert [page.url for page in events] == [HOME + "2026/03/01/flood"]
    assert report.failed == ()
