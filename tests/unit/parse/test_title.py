"""Which of a page's headlines becomes the title."""

import pytest

from workers.parse import extract
from workers.parse.fields import title_vote

URL = "https://www.northern-post.example/news/old-bridge"
OG = "<meta property='og:title' content='{}'>"
TWITTER = "<meta name='twitter:title' content='{}'>"
PLAIN = "<meta name='title' content='{}'>"
SITE = "<meta property='og:site_name' content='Northern Post'>"


@pytest.fixture
def title_of(text_of):
    """The title and its origin, of a page with this `head` and this h1."""

    def read(head: str, h1: str = "") -> tuple[str, str]:
        heading = f"<h1>{h1}</h1>" if h1 else ""
        page = f"<html><head>{head}</head><body><article>{heading}{text_of(5)}</article></body>"
        reading = extract.read(page, URL)
        return reading.article.title, reading.origins["title"]

    return read


def linked(headline: str, **more: str) -> str:
    told = "".join(f', "{key}": "{value}"' for key, value in more.items())
    node = f'{{"@type": "NewsArticle", "headline": "{headline}"{told}}}'
    return f"<script type='application/ld+json'>{node}</script>"


def test_og_title_is_believed_over_the_headline_of_json_ld(title_of):
    head = OG.format("Bridge shut") + linked("Old bridge shut until spring")
    assert title_of(head) == ("Bridge shut", "meta og:title")


def test_a_second_field_for_the_headline_of_json_ld_outweighs_og_title(title_of):
    head = OG.format("Bridge shut") + linked("Old bridge closed", name="Old bridge closed")
    assert title_of(head) == ("Old bridge closed", "json-ld headline")


def test_a_lesser_meta_tag_decides_between_og_title_and_json_ld(title_of):
    head = (
        OG.format("Bridge shut") + linked("Old bridge closed") + PLAIN.format("Old bridge closed")
    )
    assert title_of(head)[0] == "Old bridge closed"


def test_og_title_that_is_the_title_tag_is_one_voice_with_it(title_of):
    copied = "Bridge shut: all news - Northern Post"
    head = f"<title>{copied}</title>" + SITE + OG.format(copied) + linked("Old bridge closed")
    assert title_of(head, h1="Old bridge closed")[0] == "Old bridge closed"


def test_a_lesser_meta_tag_alone_is_no_headline(title_of):
    copied = "Old bridge closed - Northern Post"
    head = f"<title>{copied}</title>" + SITE + OG.format(copied)
    head += "<meta name='headline' content='… shopkeepers are worried'>"
    assert title_of(head, h1="Old bridge closed")[0] == "Old bridge closed"


def test_a_headline_told_in_two_places_keeps_its_second_half(title_of):
    whole = "Old bridge closed - latest news"
    head = OG.format(whole) + linked(whole) + TWITTER.format(whole)
    assert title_of(head, h1="Old bridge closed")[0] == whole


def test_a_hyphen_of_the_printed_headline_is_no_separator(title_of):
    whole = "Post- and Parcel Strike Closes Offices"
    head = f"<title>{whole}</title>" + OG.format(whole)
    assert title_of(head, h1=whole)[0] == whole


def test_the_heading_with_a_kicker_glued_to_it_loses(title_of):
    copied = "Old bridge closed until spring"
    head = f"<title>{copied}</title>" + OG.format(copied)
    assert title_of(head, h1=f"Traffic {copied}")[0] == copied


def test_what_is_left_of_a_cut_site_name_has_no_separator_at_its_edge(title_of):
    head = "<title>northern-post.example // » Old bridge closed until spring</title>"
    assert title_of(head)[0] == "Old bridge closed until spring"


def test_only_what_is_told_elsewhere_gets_the_weight_of_a_second_source():
    told = [("a", "A", "json-ld name"), ("b", "B", "meta og:title"), ("b", "b", "meta hdl")]
    assert title_vote.count(told) == {"b": [("B", "meta og:title"), ("b", "meta hdl")]}
