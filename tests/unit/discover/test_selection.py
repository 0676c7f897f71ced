import pytest

from workers.discover import selection

BASE = "https://www.gazette.example/news/"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("bridge?utm_source=rss", f"{BASE}bridge"),
        (" //m.gazette.example:443/x#top ", "https://m.gazette.example/x"),
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
