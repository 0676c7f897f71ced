# ruff: noqa: DTZ001  many dates are written without a zone
"""What a page's head says about its own story, beside what it says about others."""

from datetime import UTC, datetime

import msgspec
import pytest

from workers.parse import extract

URL = "https://www.northernpost.example/2024/03/12/bridge"
OWN = {
    "@type": "NewsArticle",
    "headline": "Old bridge closed for repairs",
    "datePublished": "2024-03-12T14:05:00Z",
    "author": {"@type": "Person", "name": "Ada Lind"},
}
OTHER = {
    "@type": "NewsArticle",
    "headline": "Market hall burns down",
    "url": "https://www.northernpost.example/2020/01/02/market-hall",
    "datePublished": "2020-01-02T03:04:00Z",
    "author": {"@type": "Person", "name": "Bo Ek"},
    "isAccessibleForFree": False,
}
IS_OWN = ("Old bridge closed for repairs", ("Ada Lind",), datetime(2024, 3, 12, 14, 5, tzinfo=UTC))


def script(data) -> str:
    return f"<script type='application/ld+json'>{msgspec.json.encode(data).decode()}</script>"


@pytest.fixture
def read_fields(story):
    """Returns headline, authors, date and paywall of a page with some head."""

    def read(head: str):
        article = extract.read(story(head=head), URL).article
        return article.title, article.authors, article.published, article.is_paywalled

    return read


@pytest.mark.parametrize(
    "head",
    [
        script({"@type": "ItemList", "itemListElement": [{"item": OTHER}]}) + script(OWN),
        script({"@type": "CollectionPage", "hasPart": [OTHER]}) + script(OWN),
        script(OWN | {"mentions": [OTHER]}),
        script({"@graph": [OTHER, OWN]}),
        script({"@graph": [OTHER, OWN | {"url": URL.replace("https", "http") + "/?from=feed"}]}),
        script({"@graph": [OTHER, OWN | {"mainEntityOfPage": {"@id": f"{URL}/amp/"}}]}),
        script({"@graph": [OTHER, OWN | {"url": "https://nopo.example/x7Yz1"}]}),
        script({"@type": "ItemList", "itemListElement": [OTHER, OWN | {"url": URL}]}),
    ],
)
def test_fields_of_another_story_in_the_head_are_ignored(read_fields, head):
    assert read_fields(head) == (*IS_OWN, None)


def test_a_list_of_other_stories_is_ignored_where_the_head_has_nothing_else(read_fields):
    title, authors, _, is_paywalled = read_fields(
        script({"@type": "ItemList", "itemListElement": [OTHER]})
    )
    assert (title, authors, is_paywalled) == ("Old bridge closed for repairs", (), None)


def test_an_article_with_another_address_counts_if_it_is_the_only_one(read_fields):
    article = OWN | {"url": "https://www.northernpost.example/story/4711-harbour-bridge"}
    assert read_fields(script(article)) == (*IS_OWN, None)


def test_the_latest_entry_of_a_live_blog_does_not_describe_the_page(read_fields):
    entry = OTHER | {"@type": "BlogPosting", "url": f"{URL}#entry-9"}
    live = OWN | {"@type": "LiveBlogPosting", "liveBlogUpdate": [entry]}
    del live["headline"]
    assert read_fields(script(live)) == (*IS_OWN, None)


@pytest.mark.parametrize("address", ["http://[bad", "mailto:a@b.example", "", 7, ["x"], {"@id": 7}])
def test_invalid_addresses_do_no_harm(read_fields, address):
    assert read_fields(script([OTHER | {"@id": 3}, OWN | {"url": address}])) == (*IS_OWN, None)


@pytest.mark.parametrize(
    "node",
    [
        {
            "@type": "NewsArticle",
            "headline": "Old bridge closed for repairs",
            "comment": [{"@type": "Comment", "dateCreated": "2025-05-05T10:11:00Z"}],
        },
        {"@type": "WebPage", "image": {"@type": "ImageObject", "dateCreated": "2015-05-05"}},
        {"@type": "VideoObject", "datePublished": "2015-05-05"},
        {"@type": "ItemList", "itemListElement": [OTHER]},
    ],
)
def test_the_date_of_a_comment_or_picture_in_json_ld_is_never_the_story_s(read_fields, node):
    assert read_fields(script(node))[2] == datetime(2024, 3, 12)


def test_the_page_s_own_date_in_json_ld_counts(read_fields):
    assert read_fields(script({"@type": "WebPage", "datePublished": "2024-03-11"}))[2].day == 11


def item(attributes: str) -> str:
    return (
        f"<div><div itemscope {attributes}><meta itemprop='datePublished' content='2025-05-05'>"
        "<div><meta itemprop='author' content='Bo Ek'></div></div></div>"
    )


@pytest.mark.parametrize(
    "attributes",
    [
        "itemtype='https://schema.org/Comment'",
        "itemtype='http://schema.org/ImageObject'",
        "itemprop='itemListElement' itemtype='https://schema.org/NewsArticle'",
        "itemprop='review' itemtype='https://schema.org/Review'",
    ],
)
def test_microdata_of_a_comment_or_picture_are_never_the_story_s(story, text_of, attributes):
    article = extract.read(story(text_of(5) + item(attributes)), URL).article
    assert (article.authors, article.published) == ((), datetime(2024, 3, 12))


@pytest.mark.parametrize("attributes", ["", "itemtype='http://schema.org/NewsArticle'"])
def test_microdata_of_the_story_count(story, text_of, attributes):
    article = extract.read(story(text_of(5) + item(attributes)), URL).article
    assert (article.authors, article.published) == (("Bo Ek",), datetime(2025, 5, 5))


def test_an_invalid_canonical_address_costs_no_other_field(story):
    article = extract.read(story(head="<link rel='canonical' href='http://[bad'>"), URL).article
    assert (article.title, article.canonical_url) == ("Old bridge closed for repairs", None)


def test_a_canonical_address_that_is_the_front_page_is_ignored(story):
    head = "<link rel='canonical' href='https://www.northernpost.example/'>"
    assert extract.read(story(head=head), URL).article.canonical_url is None


@pytest.mark.parametrize(
    "path", ["/index.html", "/en/", "/de-AT", "/society", "/society/index.php", "/home"]
)
def test_a_canonical_address_of_a_home_language_or_section_page_is_ignored(story, path):
    head = f"<link rel='canonical' href='https://www.northernpost.example{path}'>"
    url = "https://www.northernpost.example/society/old-bridge-closed-until-spring"
    assert extract.read(story(head=head), url).article.canonical_url is None


def test_a_canonical_address_has_no_tracking_and_no_variant(story):
    own = "https://www.northernpost.example/society/old-bridge-closed-until-spring"
    head = f"<link rel='canonical' href='{own}?utm_source=x&amp;id=7&amp;fbclid=y'>"
    assert extract.read(story(head=head), own).article.canonical_url == own + "?id=7"
    head = f"<link rel='canonical' href='{own}'>"
    assert extract.read(story(head=head), own + "/amp").article.canonical_url == own
