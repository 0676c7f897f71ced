"""One article, one id, whatever its address looks like."""

import pytest

from workers.dedupe.identity import document_id, story_keys

STORY = "https://www.gazette.example/news/storm-hits-coast"


@pytest.mark.parametrize(
    "twin",
    [
        "http://www.gazette.example/news/storm-hits-coast",
        "https://gazette.example/news/storm-hits-coast/",
        "https://www.gazette.example./news/storm-hits-coast",
        "https://www.gazette.example/news/storm-hits-coast?CMP=share_btn&taid=5&gbraid=x&ref=home",
        "https://GAZETTE.example:443/news/storm-hits-coast#comments",
        "https://m.gazette.example/news/storm-hits-coast",
        "https://amp.gazette.example/news/storm-hits-coast",
        "https://www.gazette.example/amp/news/storm-hits-coast",
        "https://www.gazette.example/news/storm-hits-coast/amp/",
        "https://www.gazette.example/news/storm-hits-coast.amp",
        "https://www.gazette.example/news/storm-hits-coast?amp",
        "https://www.gazette.example/news/storm-hits-coast?amp=1&utm_source=x",
        "https://www.gazette.example/news/storm-hits-coast?output=amp",
        "https://www.gazette.example/news/storm-hits-coast?outputType=amp",
        "https://www.gazette.example/news/storm-hits-coast/print",
        "https://www.gazette.example/print/news/storm-hits-coast",
        "https://www.gazette.example/news/storm-hits-coast?view=print",
        "https://www.gazette.example/news/storm-hits-coast?page=1",
        "https://www-gazette-example.cdn.ampproject.org/c/s/www.gazette.example/news/storm-hits-coast",
        "https://www.google.com/amp/s/www.gazette.example/news/storm-hits-coast",
    ],
)
def test_twins_of_a_page_are_one_article(twin):
    assert document_id(twin, None) == document_id(STORY, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/news/storm-nears-coast-12345678", "/weather/storm-hits-coast-12345678.html"),
        ("/12345678-storm-nears", "/12345678-storm-hits-coast"),
        ("/news/a1234567.html", "/archive/storm/a1234567.html"),
        ("/story/98765/storm-nears", "/story/98765/storm-hits"),
        (
            "/n/old-0c1f2d3e-1111-4222-8333-444455556666",
            "/n/new-0c1f2d3e-1111-4222-8333-444455556666",
        ),
    ],
)
def test_a_moved_slug_has_a_story_key_in_common_and_no_more(one, other):
    site = "https://gazette.example"

    assert set(story_keys(site + one)) & set(story_keys(site + other))
    assert document_id(site + one, None) != document_id(site + other, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/news/storm", "/news/flood"),
        ("/news/crowd-of-100000", "/sport/crowd-of-100000"),
        ("/news/2026/03/02/20260302", "/sport/2026/03/02/20260302"),
        ("/news/budget-2025", "/sport/budget-2025"),
        ("/a?id=5", "/a?id=6"),
        ("/a?page=2", "/a"),
        ("/news-12345678", "/news-12345679"),
        ("/a?id=1&id=2", "/a?id=1&id=3"),
        ("/a?12345", "/a?12346"),
        ("/news/#!/story/1", "/news/#!/story/2"),
        ("/match-preview-12345678", "/match-report-12345678"),
        ("/video/123456", "/news/123456"),
    ],
)
def test_different_articles_keep_ids_of_their_own(one, other):
    site = "https://gazette.example"

    assert document_id(site + one, None) != document_id(site + other, None)


def test_the_same_story_number_at_another_site_is_another_article():
    one = document_id("https://gazette.example/a-12345678", None)

    assert one != document_id("https://courier.example/a-12345678", None)


def test_editions_on_hosts_of_their_own_stay_apart():
    one = document_id("https://sport.gazette.example/final", None)

    assert one != document_id("https://gazette.example/final", None)


def test_a_canonical_link_within_the_site_is_believed():
    found = document_id("https://m.gazette.example/n/1?ref=x", STORY)

    assert found == document_id(STORY, None)


def test_two_stories_under_one_listing_as_canonical_link_stay_two():
    listing = "https://gazette.example/home.html"
    one, other = (f"https://gazette.example/2026/03/{slug}" for slug in ("storm", "flood"))

    assert document_id(one, listing) != document_id(other, listing)
