"""What feeds and sitemaps may hold before a parser gets them."""

import pytest

from tests.unit.discover.samples import FEED, HOME, ITEM, RSS
from workers.discover import feeds, sitemaps
from workers.discover.formats import xml_limits
from workers.discover.links import BadFeedError

ENTRY = f"<url><loc>{HOME}a</loc></url>"
LINE = "\n"
QUOTED = 'a{}="1"'


def attributes(form, number=20_000):
    return " ".join(form.format(n) for n in range(number))


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (RSS.format(f"<item {attributes(QUOTED)}/>"), "attributes"),
        (RSS.format(f"<item {attributes(QUOTED)}></item>"), "attributes"),
        (RSS.format(f"<item {attributes('x:' + QUOTED)}/>"), "attributes"),
        (RSS.format("<item " + attributes("a{}='>'") + "/>"), "attributes"),
        (RSS.format(f"<item {attributes('a{}=1')}>"), "attributes"),
        (RSS.format(f"<item\n{attributes(QUOTED).replace(' ', LINE)}/>"), "attributes"),
        (RSS.format(f"<title type='xhtml'><a {attributes(QUOTED)}/></title>"), "attributes"),
        (RSS.replace("<rss", f"<rss {attributes('xmlns:n' + QUOTED)} "), "attributes"),
        (
            RSS.format("".join(f'<x xmlns:n{n}="u{n}"/>' for n in range(300))),
            "prefixes",
        ),
        (RSS.format(f"<{'n' * 2_000}/>"), "name"),
        (RSS.format("<item/>" * 500_001), "elements"),
        (RSS.format(f"<title>{'x' * 1_000_001}</title>"), "tag or a text"),
        (RSS.format(f'<item a="{"x" * 1_000_001}"/>'), "tag or a text"),
    ],
    ids=lambda value: value[:20] if len(value) < 20 else f"{len(value)} bytes",
)
def test_a_feed_with_more_than_any_feed_has_is_refused(xml, reason):
    with pytest.raises(BadFeedError, match=reason):
        feeds.read_feed(xml.encode(), {}, FEED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp037"])
def test_no_encoding_hides_attributes(encoding):
    text = f'<?xml version="1.0"?>\n{RSS.format(f"<item {attributes(QUOTED)}/>")}'
    headers = {"content-type": f"application/rss+xml; charset={encoding}"}
    with pytest.raises(BadFeedError, match="attributes"):
        feeds.read_feed(text.encode(encoding), headers, FEED)


@pytest.mark.parametrize(
    "unused",
    [
        f"<author>{'a.' * 500_000}</author>",
        f"<q:creator xmlns:q='http://purl.org/dc/elements/1.1/'>{'a.' * 500_000}</q:creator>",
        f"<DESCRIPTION><![CDATA[{'<a href=' * 100_000}</description>]]></DESCRIPTION>",
        f"<description>{'&lt;p&gt;' * 300_000}</description>",
        f"<content type='xhtml'><div {attributes(QUOTED)}>x</div></content>",
        f"<!-- {'x' * 2_000_000} -->",
        f"<?php {'x' * 2_000_000} ?>",
    ],
    ids=lambda value: value[:14],
)
def test_what_no_link_is_read_from_costs_nothing(unused):
    item = ITEM.format(HOME + "a", "A title").replace("<title>", unused + "<title>")
    read = feeds.read_feed(RSS.format(item).encode(), {}, FEED)
    assert [(link.url, link.title) for link in read.links] == [(HOME + "a", "A title")]


@pytest.mark.parametrize(
    "rest", ["<description>", "<description><![CDATA[x", "<!-- x", "<author", "<b a='"]
)
def test_a_feed_that_breaks_off_keeps_what_was_before(rest):
    body = RSS.partition("{}")[0] + ITEM.format(HOME + "a", "A") + "<item>" + rest
    links = feeds.read_feed(body.encode(), {}, FEED).links
    assert [link.url for link in links] == [HOME + "a"]


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ("<a/>" * 4_000_001, "elements"),
        (f"<!--{'x' * 1_000_001}-->", "comment"),
        (f"<!--{'><' * 500_001}", "comment"),
        (f"<?x {'><' * 500_001}?>", "comment"),
        (f'<url a="{"x" * 1_000_001}"/>', "tag or a text"),
    ],
    ids=lambda value: value[:8],
)
def test_a_sitemap_with_more_than_any_sitemap_has_is_refused(xml, reason):
    with pytest.raises(BadFeedError, match=reason):
        sitemaps.read_sitemap(f"<urlset>{xml}{ENTRY}</urlset>".encode())


def test_a_json_feed_of_brackets_is_refused():
    body = b'{"version": "https://jsonfeed.org/version/1", "items": [%b]}' % (b"[]," * 1_000_001)
    with pytest.raises(BadFeedError, match="objects"):
        feeds.read_feed(body, {}, FEED)


def test_the_declaration_stays_and_texts_go():
    xml = b'<?xml version="1.0"?><?x y?><rss><!-- c --><a>b</a><author>c</author></rss>'
    assert xml_limits.reduce_feed(xml) == (
        b'<?xml version="1.0"?><rss><a>b</a><author></author></rss>'
    )
