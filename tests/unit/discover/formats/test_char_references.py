"""Halves of characters in feeds and sitemaps."""

import html

import pytest

from tests.unit.discover.samples import FEED, HOME, ITEM, NEWS, RSS, SITEMAP
from workers.discover import feeds, sitemaps


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
