"""RSS, Atom and JSON Feed, and what is none of them."""

import json
from datetime import timedelta

import pytest

from tests.unit.discover.samples import FEED, HOME, ITEM, NOON, RSS
from workers.discover import feeds, sections
from workers.discover.links import BadFeedError, Link


@pytest.mark.parametrize("body", ["<rss><channel>" + "<a>" * 5_000, "<html>" + "<div></i>" * 5_000])
def test_what_nests_deeper_than_any_feed_or_page_is_refused_at_once(body):
    with pytest.raises(BadFeedError, match="nested"):
        feeds.read_feed(body.encode(), {}, FEED)
    for read in (sections.find_feeds, sections.read_section):
        with pytest.raises(BadFeedError, match="nested"):
            read(body, HOME)


def test_a_long_feed_with_carelessly_written_html_is_read():
    item = "<item><title>A</title><link>{}{}</link><category term='x'/><guid/>{}</item>"
    description = "<description><![CDATA[<div>]]></description><content><p>a<br>b</content>"
    body = "".join(item.format(HOME, n, description) for n in range(3_500))
    found = feeds.read_feed(f"<rss><channel>{body}</channel></rss>".encode(), {}, FEED)
    assert len(found.links) == 3_500


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


def test_an_rss_item_gives_its_address_title_and_date():
    read = feeds.read_feed(RSS.format(ITEM.format(f"{HOME}a", "A title")).encode(), {}, FEED)
    assert read.links == (Link(f"{HOME}a", "A title", NOON - timedelta(hours=1)),)


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


@pytest.mark.parametrize("guid", ["1234", "story-12", "la marée", " 77 ", "<![CDATA[post_9]]>"])
def test_a_guid_that_is_a_number_or_words_is_no_address(guid):
    item = f"<item><title>A</title><guid>{guid}</guid></item>"
    assert feeds.read_feed(RSS.format(item).encode(), {}, FEED).links == ()


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        (f"{HOME}1234", f"{HOME}1234"),
        ("/news/1234", f"{HOME}news/1234"),
        ("story.html", f"{HOME}story.html"),
        ("?p=12", f"{FEED}?p=12"),
    ],
)
def test_a_guid_that_is_an_address_is_taken_where_no_link_is(guid, url):
    item = f"<item><title>A</title><guid>{guid}</guid></item>"
    (link,) = feeds.read_feed(RSS.format(item).encode(), {}, FEED).links
    assert link.url == url


def test_the_links_beside_a_guid_of_words_are_taken():
    item = f"<item><title>A</title><guid>1234</guid><link>{HOME}a</link></item>"
    (link,) = feeds.read_feed(RSS.format(item).encode(), {}, FEED).links
    assert link.url == f"{HOME}a"
