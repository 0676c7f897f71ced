"""Which links are an outlet's own."""

import pytest

from schemas.outlet import Outlet
from tests.unit.discover.samples import FEED, Shelf, poll
from workers import url_rules
from workers.discover import selection

BASE = "https://www.gazette.example/news/"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("bridge?utm_source=rss", f"{BASE}bridge?utm_source=rss"),
        (" //m.gazette.example:443/x#top ", "https://m.gazette.example:443/x"),
        ("https://m.gazette.example\\x", "https://m.gazette.example/x"),
    ],
)
def test_a_link_becomes_an_absolute_address(link, url):
    assert selection.to_absolute(link, BASE) == url


@pytest.mark.parametrize(
    "link",
    [
        "javascript:void(0)",
        "mailto:desk@gazette.example",
        "http:///x",
        "https://[bad/x",
        "https://a b.example/x",
        "https://a.example:0/x",
        "https://a.example:99999/x",
    ],
)
def test_a_link_to_nowhere_on_the_web_is_none(link):
    assert selection.to_absolute(link, BASE) == ""


def outlet(home, *sections):
    return Outlet(name="O", home=home, language="en", id="o", sections=sections)


@pytest.mark.parametrize(
    ("home", "link"),
    [
        ("https://www.zürich.example/", "https://www.xn--zrich-kva.example/a"),
        ("https://xn--zrich-kva.example/", "https://zürich.example/a"),
        ("https://новости.рф/", "https://xn--b1amnebsh.xn--p1ai/a"),
        ("https://ad.example/", "https://ad.example/story"),
        ("https://click.example/", "https://click.example/story"),
        ("https://sponsored.example/", "https://m.sponsored.example/story"),
        ("https://adserver.example/", "https://adserver.example/story"),
    ],
)
def test_an_own_link_is_own_whatever_the_domains_name(home, link):
    domains = url_rules.own_domains(outlet(home))
    address = selection.to_absolute(link, home)
    assert selection.is_own(address, domains)
    assert not selection.is_advertisement(address)


@pytest.mark.parametrize(
    "link",
    [
        "https://ads.gazette.example/a",
        "https://click.ad.example/a",
        "https://ad.doubleclick.net/x",
        "https://www.gazette.example/sponsored/y",
    ],
)
def test_an_advertisement_is_one(link):
    assert selection.is_advertisement(link)


def test_further_domains_are_own():
    domains = url_rules.own_domains(outlet(BASE), ["sister.example", "https://www.other.example/"])
    assert selection.is_own("https://news.sister.example/a", domains)
    assert selection.is_own("https://other.example/a", domains)
    assert not selection.is_own("https://third.example/a", domains)


COUNTED = "https://feedproxy.google.example/~r/gazette/~3/abc/"
OWN = "https://www.gazette.example/story"
ENTRIES = {
    "a guid": f"<link>{COUNTED}</link><guid>{OWN}</guid>",
    "a permalink": f'<link>{COUNTED}</link><guid isPermaLink="true">{OWN}</guid>',
    "an original link": f"<link>{COUNTED}</link><feedburner:origLink>{OWN}</feedburner:origLink>",
    "an atom link": f'<link>{COUNTED}</link><atom:link rel="alternate" href="{OWN}"/>',
}
FRAME = """<rss version="2.0" xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"
 xmlns:atom="http://www.w3.org/2005/Atom"><channel><item><title>T</title>%s</item></channel></rss>"""


@pytest.mark.parametrize("name", ENTRIES)
def test_the_true_address_beside_a_counting_one_is_taken(name):
    events, report = poll(Shelf().put(FEED, FRAME % ENTRIES[name]))
    assert [event.url for event in events] == [OWN]
    assert (report.own, report.foreign) == (1, 0)


@pytest.mark.parametrize(
    "guid", ["https://third.example/x", "tag:1", "https://www.gazette.example/"]
)
def test_a_link_without_an_own_address_stays_foreign(guid):
    body = FRAME % f"<link>{COUNTED}</link><guid>{guid}</guid>"
    _, report = poll(Shelf().put(FEED, body))
    assert (report.own, report.foreign, report.foreign_example) == (0, 1, COUNTED)
