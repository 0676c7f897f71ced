"""What robots.txt allows."""

import pytest

from workers.adapters.http.robots import MAX_BYTES, product_token, text_of
from workers.adapters.http.robots_transport import MAX_CRAWL_DELAY_SECONDS
from workers.adapters.http.syntax.robots_rules import RobotsRules
from workers.settings import SettingsError


def test_the_group_for_our_name_rules_and_the_others_do_not():
    rules = RobotsRules(
        "User-agent: *\nDisallow: /\n\nUser-agent: Presswire\nDisallow: /x\nCrawl-delay: 7"
    )
    assert rules.can_fetch("https://a.example/y", "presswire")
    assert not rules.can_fetch("https://a.example/x/1", "presswire")
    assert not rules.can_fetch("https://a.example/y", "other")
    assert rules.crawl_delay("presswire") == 7


@pytest.mark.parametrize("line", ["Crawl-delay: 1e300", "Request-rate: 1/" + 400 * "9"])
def test_a_delay_without_measure_is_read_as_more_than_a_day(line):
    assert RobotsRules(f"User-agent: *\n{line}").crawl_delay("presswire") > MAX_CRAWL_DELAY_SECONDS


def test_the_longest_rule_wins_as_rfc_9309_says():
    rules = RobotsRules("User-agent: *\nDisallow: /news/\nAllow: /news/open/$\nAllow: /news/*.html")
    assert not rules.can_fetch("https://a.example/news/1", "presswire")
    assert rules.can_fetch("https://a.example/news/1.html", "presswire")


def test_sitemaps_are_named_by_robots_txt():
    assert RobotsRules("Sitemap: https://a.example/s.xml").sitemaps == ("https://a.example/s.xml",)


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("presswire/0.1 (+mailto:a@b.example)", "presswire"),
        ("Gazette Bot", "Gazette"),
        ("", "presswire"),
        ("Mozilla/5.0 (compatible; presswire/0.1; +https://wire.example/bot)", "presswire"),
        (
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (compatible; GazetteBot)",
            "GazetteBot",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "presswire"),
    ],
)
def test_robots_txt_calls_us_by_our_product_token(agent, token):
    assert product_token(agent) == token
    assert product_token(agent, "wirebot") == "wirebot"


@pytest.mark.parametrize("token", ["two words", "wirebot/0.1", "*", "wirebot "])
def test_what_is_no_product_token_is_refused(token):
    with pytest.raises(SettingsError, match="PRESSWIRE_ROBOTS_NAME"):
        product_token("presswire/0.1", token)


RULES = "User-agent: *\nDisallow: /a\nDisallow: /bcd"


def closed(body, *, is_cut=False):
    """Which of some paths the rules in `body` forbid."""
    rules = RobotsRules(text_of(body, is_cut=is_cut))
    return [path for path in ("/a", "/bc", "/bcd") if not rules.can_fetch(path, "presswire")]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef"])
def test_a_byte_order_mark_hides_no_line(mark):
    assert closed(mark + RULES.encode()) == ["/a", "/bcd"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_by_its_mark(encoding):
    mark = b"" if encoding == "utf-16" else "\ufeff".encode(encoding)
    assert closed(mark + RULES.encode(encoding)) == ["/a", "/bcd"]


def test_a_mark_that_is_broken_or_inside_hides_its_line():
    assert closed(b"\xef\x11\xbf" + RULES.encode()) == []
    assert closed(RULES.replace("Disallow: /a", "\ufeffDisallow: /a").encode()) == ["/bcd"]


def test_the_last_line_of_a_file_that_is_cut_is_no_rule():
    rules = RULES.encode()[:-1]
    assert closed(rules) == ["/a", "/bc", "/bcd"]
    assert closed(rules, is_cut=True) == ["/a"]
    assert closed(b"User-agent: *\rDisallow: /a\rDis", is_cut=True) == ["/a"]
    filler = b"#" * (MAX_BYTES - len(rules) - 1) + b"\n"
    assert closed(filler + rules) == ["/a", "/bc", "/bcd"]
    assert closed(filler + rules + b"d") == ["/a"]
