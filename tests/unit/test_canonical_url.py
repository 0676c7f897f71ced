"""Which canonical link is kept, and which says what article a page is."""

import pytest

from workers.canonical_url import choose, is_believed, own_url
from workers.dedupe.identity import document_id

STORY = "https://www.gazette.example/news/storm-hits-coast"


@pytest.mark.parametrize(
    "canonical",
    [
        "https://other.example/news/storm-hits-coast",
        "https://www.gazette.example/",
        "https://www.gazette.example/news",
        "https://www.gazette.example",
        "https://www.gazette.example/home.html",
        "https://www.gazette.example/default.aspx",
        "https://www.gazette.example/inicio",
        "https://www.gazette.example/en/",
        "https://www.gazette.example/pt-br",
        "https://www.gazette.example/weather/",
        "https://www.gazette.example/sport/football",
        "/news/relative",
        "",
    ],
)
def test_a_canonical_link_to_elsewhere_the_home_page_or_a_section_is_not(canonical):
    assert not is_believed(canonical, STORY)
    assert document_id(STORY, canonical) == document_id(STORY, None)


def test_a_canonical_link_to_another_story_number_is_not_believed():
    one, other = "https://gazette.example/a-12345678", "https://gazette.example/b-12345679"

    assert not is_believed(other, one)


def test_a_canonical_link_from_a_gallery_page_to_its_article_is_believed():
    assert is_believed(STORY, f"{STORY}/2")


def test_public_suffixes_are_no_common_site():
    assert not is_believed("https://other.co.uk/news/storm", "https://gazette.co.uk/news/storm")


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("/news/flood", "/n/1"),
        ("/2026/03/storm", "/2026/03/storm/"),
        ("/en/storm-hits-the-coast", "/amp/en/storm-hits-the-coast"),
        ("/story/98765", "/politics/storm-hits-98765"),
        ("/?p=4711", "/politics/storm-hits-the-coast"),
        ("/news", "/m/news"),
        ("/article.aspx?id=5", "/a/5/storm"),
    ],
)
def test_a_canonical_link_that_may_be_the_storys_own_is_believed(canonical, url):
    site = "https://gazette.example"
    is_home = canonical.startswith("/?")

    assert is_believed(site + canonical, site + url) != is_home


@pytest.mark.parametrize("form", ["comments", "page/2", "gallery/3", "photos", "live"])
def test_another_form_of_a_story_below_it_is_that_story(form):
    assert own_url(f"{STORY}/{form}", STORY) == STORY


@pytest.mark.parametrize("page", ["/news/live", "/news/live/storm-hits-coast", "/news/page/2"])
def test_a_section_is_no_story_whatever_is_below_it(page):
    assert not is_believed("https://www.gazette.example/news", f"https://www.gazette.example{page}")


@pytest.mark.parametrize(
    "declared", ["https://www.gazette.example/en", "https://www.gazette.example/news"]
)
def test_a_declared_page_of_many_stories_is_not_kept(declared):
    assert choose(declared, STORY) is None


def test_a_declared_address_of_another_site_is_kept_and_not_believed():
    original = "https://wire.example/news"

    assert (
        choose(f"{original}/storm-hits-coast?utm_source=x", f"{STORY}/4711")
        == f"{original}/storm-hits-coast"
    )
    assert not is_believed(f"{original}/storm-hits-coast", STORY)
