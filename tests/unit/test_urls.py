import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workers import urls


@pytest.mark.parametrize(
    "url",
    [
        "HTTPS://WWW.Gazette.example/a?b=2&a=1",
        "https://www.gazette.example/a?a=1&b=2&utm_source=x#top",
        "https://www.gazette.example/a?a=1&fbclid=y&b=2",
        "  https://www.gazette.example/a?a=1&b=2\n",
        "https://www.gazette.example:443/a?a=1&b=2",
    ],
)
def test_one_page_has_one_canonical_address(url):
    assert urls.canonicalize(url) == "https://www.gazette.example/a?a=1&b=2"


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://www.gazette.example", ""),
        ("HTTPS://[2001:db8::1]:8443/a?b#c", ""),
        ("https://\u00fc.example/\u00df", ""),
        ("www.gazette.example/a", "begin"),
        ("javascript:alert(1)", "begin"),
        ("file:///etc/passwd", "begin"),
        ("http:///x", "no host"),
        ("http://a b/x", "no host"),
        ("https://g.example\\@evil.example/", "no host"),
        ("http://[bad", "IPv6"),
        ("https://g.example:abc/x", "Port"),
        ("https://g.example:99999/x", "Port"),
        ("https://g.example:0/x", "port"),
    ],
)
def test_what_is_no_address_on_the_web_is_told_with_the_reason(url, fault):
    assert fault in urls.url_error(url)
    assert bool(urls.url_error(url)) == bool(fault)


def test_a_user_in_an_address_is_seen():
    assert urls.has_credentials("https://a:b@c.example/")
    assert urls.has_credentials("https://a@c.example/")
    assert not urls.has_credentials("https://c.example/@a")


def test_the_id_is_the_same_for_http_and_https():
    assert urls.page_id("http://a.example/x") == urls.page_id("https://a.example/x")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("http://a.example:80", "http://a.example/"),
        ("http://a.example:80?b=1", "http://a.example/?b=1"),
        ("https://[2001:db8::443]:443/", "https://[2001:db8::443]/"),
        ("https://[2001:db8::443]/", "https://[2001:db8::443]/"),
        ("https://a.example:80/", "https://a.example:80/"),
        ("http://a.example:443/", "http://a.example:443/"),
        ("http://a.example:8080/", "http://a.example:8080/"),
        ("http://a.example/:80/", "http://a.example/:80/"),
    ],
)
def test_only_the_port_that_the_scheme_means_anyhow_is_left_out(url, canonical):
    assert urls.canonicalize(url) == canonical


def test_the_id_is_the_same_with_the_default_port():
    assert urls.page_id("https://a.example:443/x") == urls.page_id("http://a.example:80/x")


def test_the_id_differs_for_different_pages():
    assert urls.page_id("https://a.example/x?id=1") != urls.page_id("https://a.example/x?id=2")


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.gazette.co.uk", "gazette.co.uk"),
        ("gazette.example:8080", "gazette.example"),
        ("co.uk", "co.uk"),
    ],
)
def test_the_registrable_domain_follows_the_public_suffixes(host, domain):
    assert urls.registrable_domain(host) == domain


@settings(max_examples=100, deadline=None)
@given(
    st.from_regex(
        r"https://a\.example/[a-z0-9/%äß]{0,20}(\?[a-z]=[a-z0-9äß ]{0,5})?", fullmatch=True
    )
)
def test_the_canonical_form_is_its_own_canonical_form(url):
    once = urls.canonicalize(url)
    assert urls.canonicalize(once) == once


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://a.example/x?id=1&id=2", "https://a.example/x?id=1&id=2"),
        ("https://a.example/x?12345", "https://a.example/x?12345"),
        ("https://a.example/x?b=&a", "https://a.example/x?a&b="),
        ("https://a.example./x", "https://a.example/x"),
        ("https://a.example.:8080/x.", "https://a.example:8080/x."),
        ("https://a.example/#!/story/1", "https://a.example/#!/story/1"),
        ("https://a.example/x?q=a%20b", "https://a.example/x?q=a+b"),
    ],
)
def test_what_tells_pages_apart_stays_in_the_canonical_form(url, canonical):
    assert urls.canonicalize(url) == canonical


@pytest.mark.parametrize(
    "name",
    "CMP cmp ref share taid utm_source_platform gbraid srsltid guccounter mtm_campaign".split(),
)
def test_parameters_that_count_where_readers_come_from_are_dropped(name):
    assert urls.canonicalize(f"https://a.example/x?{name}=1&id=5") == "https://a.example/x?id=5"


@pytest.mark.parametrize("name", "id cid sid p page article storyid nid source section".split())
def test_parameters_that_may_say_which_story_it_is_stay(name):
    assert f"{name}=1" in urls.canonicalize(f"https://a.example/x?{name}=1")


@pytest.mark.parametrize(
    ("url", "fetched"),
    [
        (
            "https://a.example/x?b=1&a=2&utm_source=feed#top",
            "https://a.example/x?b=1&a=2&utm_source=feed",
        ),
        (
            "https://a.example/Größe x?b=ü&12345",
            "https://a.example/Gr%C3%B6%C3%9Fe%20x?b=%C3%BC&12345",
        ),
        ("https://a.example/#!/story/1", "https://a.example/#!/story/1"),
    ],
)
def test_a_page_is_fetched_as_it_was_announced(url, fetched):
    assert urls.fetch_url(url) == fetched
