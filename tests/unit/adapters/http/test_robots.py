"""What robots.txt allows."""

import pytest

from workers.adapters.http.robots import RobotsRules, product_token
from workers.adapters.http.robots_transport import MAX_CRAWL_DELAY_SECONDS


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
    ],
)
def test_robots_txt_calls_us_by_our_product_token(agent, token):
    assert product_token(agent) == token
