"""Which of a page's headlines becomes the title."""

import pytest

from workers.parse import extract
from workers.parse.fields import title, title_vote

URL = "https://www.northern-post.example/news/old-bridge"
OG = "<meta property='og:title' content='{}'>"
TWITTER = "<meta name='twitter:title' content='{}'>"
PLAIN = "<meta name='title' content='{}'>"
SITE = "<meta property='og:site_name' content='Northern Post'>"


@pytest.fixture
def title_of(text_of):
    """Returns the title of a page with some head and h1, and its origin."""

    def read(head: str, h1: str = "") -> tuple[str, str]:
        heading = f"<h1>{h1}</h1>" if h1 else ""
        page = f"<html><head>{head}</head><body><article>{heading}{text_of(5)}</article></body>"
        result = extract.read(page, URL)
        return result.article.title, result.origins["title"]

    return read


def linked(headline: str, **more: str) -> str:
    fields = "".join(f', "{key}": "{value}"' for key, value in more.items())
    node = f'{{"@type": "NewsArticle", "headline": "{headline}"{fields}}}'
    return f"<script type='application/ld+json'>{node}</script>"


def test_og_title_is_believed_over_the_headline_of_json_ld(title_of):
    head = OG.format("Bridge shut") + linked("Old bridge shut until spring")
    assert title_of(head) == ("Bridge shut", "meta og:title")


def test_a_lesser_meta_tag_decides_between_og_title_and_json_ld(title_of):
    head = (
        OG.format("Bridge shut") + linked("Old bridge closed") + PLAIN.format("Old bridge closed")
    )
    assert title_of(head)[0] == "Old bridge closed"


def test_og_title_that_equals_the_title_tag_is_one_source_with_it(title_of):
    copied = "Bridge shut: all news - Northern Post"
    head = f"<title>{copied}</title>" + SITE + OG.format(copied) + linked("Old bridge closed")
    assert title_of(head, h1="Old bridge closed")[0] == "Old bridge closed"


def test_a_lesser_meta_tag_alone_is_not_the_headline(title_of):
    copied = "Old bridge closed - Northern Post"
    head = f"<title>{copied}</title>" + SITE + OG.format(copied)
    head += "<meta name='headline' content='… shopkeepers are worried'>"
    assert title_of(head, h1="Old bridge closed")[0] == "Old bridge closed"


def test_a_headline_that_two_sources_have_keeps_its_second_half(title_of):
    whole = "Old bridge closed - latest news"
    head = OG.format(whole) + linked(whole) + TWITTER.format(whole)
    assert title_of(head, h1="Old bridge closed")[0] == whole


def test_a_hyphen_in_the_printed_headline_is_not_a_separator(title_of):
    whole = "Post- and Parcel Strike Closes Offices"
    head = f"<title>{whole}</title>" + OG.format(whole)
    assert title_of(head, h1=whole)[0] == whole


@pytest.mark.parametrize(
    ("declared", "printed"),
    [
        ("Bridge vs ferry: which is faster", "Bridge vs. ferry: which is faster?"),
        ("«Die Brücke bleibt zu", "«Die Brücke bleibt zu»"),
        ("桥与渡船 哪个更快", "桥与渡船:哪个更快?"),
    ],
)
def test_the_headline_is_spelled_as_it_is_printed(title_of, declared, printed):
    assert title_of(OG.format(declared) + linked(declared), h1=printed) == (printed, "h1")


def test_a_kicker_glued_to_the_printed_headline_keeps_its_colon(title_of):
    head = OG.format("Traffic: Old bridge closed")
    title = title_of(head, h1="<span>Traffic</span><span>Old bridge closed</span>")
    assert title == ("Traffic: Old bridge closed", "meta og:title")


@pytest.mark.parametrize(
    "whole",
    [
        "Old bridge closed until spring | Opinion",
        "Alte Brücke bis zum Frühjahr gesperrt | Kommentar von der Küste",
        "El viejo puente cierra hasta abril | Galería",
    ],
)
def test_what_stands_behind_a_bar_is_no_part_of_the_headline(title_of, whole):
    assert title_of(OG.format(whole), h1=whole)[0] == whole.partition(" | ")[0]


def test_a_bar_behind_a_kicker_stays(title_of):
    whole = "Bridges | Old one closed until spring"
    assert title_of(OG.format(whole), h1=whole)[0] == whole


def test_a_headline_without_its_site_name_has_no_separator_at_its_edge(title_of):
    head = "<title>northern-post.example // » Old bridge closed until spring</title>"
    assert title_of(head)[0] == "Old bridge closed until spring"


def test_a_supporting_source_counts_only_for_the_text_of_another_source():
    votes = [("a", "A", "json-ld name"), ("b", "B", "meta og:title"), ("b", "b", "meta hdl")]
    assert title_vote.count_votes(votes) == {"b": [("B", "meta og:title"), ("b", "meta hdl")]}


@pytest.mark.parametrize(
    ("text", "names", "left"),
    [
        ("Bridge closed - Northern Post", {"northernpost"}, "Bridge closed"),
        ("Bridge closed | News | Northern Post", {"northernpost"}, "Bridge closed | News"),
        ("Northern Post | Bridge closed", {"northernpost"}, "Bridge closed"),
        ("Bridge - closed for the winter", {"northernpost"}, "Bridge - closed for the winter"),
        ("橋が閉鎖｜北方新聞", {"北方新聞"}, "橋が閉鎖"),
    ],
)
def test_site_name_is_cut_from_the_headline(text, names, left):
    assert title.strip_site(text, names, set()) == left


def test_h1_wins_where_the_title_tag_only_copies_og_title(text_of):
    page = (
        "<html><head><title>Bridge closed until spring</title>"
        "<meta property='og:title' content='Bridge closed until spring'></head>"
        f"<body><h1>Old bridge closed for repairs</h1>{text_of(5)}</body></html>"
    )
    assert extract.read(page, URL).article.title == "Old bridge closed for repairs"


def test_headline_of_the_page_wins_over_a_site_wide_h1(text_of):
    page = (
        "<html><head><title>Bridge closed until spring - Northern Post</title>"
        "<meta property='og:site_name' content='Northern Post'></head>"
        f"<body><h1>Northern Post</h1><h2>Bridge closed until spring</h2>{text_of(5)}</body></html>"
    )
    assert extract.read(page, URL).article.title == "Bridge closed until spring"


@pytest.mark.parametrize(
    ("printed", "social"),
    [
        ("Bridge shut until spring", "You will not believe which bridge is shut"),
        ("Brücke bis zum Frühjahr gesperrt", "Diese Brücke ist jetzt dicht"),
        ("大桥关闭至明年春天", "这座桥突然关了"),
    ],
)
def test_what_is_printed_and_declared_beats_a_social_headline(title_of, printed, social):
    tag = f"<title>{printed} | Northern Post</title>"
    assert title_of(tag + OG.format(social) + SITE, h1=printed)[0] == printed
    head = OG.format(social) + TWITTER.format(social) + linked(printed)
    assert title_of(head, h1=printed)[0] == printed


def test_a_printed_name_of_a_section_is_no_headline(title_of):
    head = "<title>News</title>" + OG.format("Old bridge closed until spring")
    assert title_of(head, h1="News")[0] == "Old bridge closed until spring"


@pytest.mark.parametrize("cut", ["Old bridge closed until…", "Old bridge closed..."])
def test_a_text_that_is_cut_is_not_the_headline(title_of, cut):
    head = "<title>Old bridge closed until spring - Northern Post</title>" + SITE
    assert title_of(head + OG.format(cut))[0] == "Old bridge closed until spring"


@pytest.mark.parametrize(
    ("tag", "h1"),
    [
        ("旧桥关闭至春天_社会_北方网", "旧桥关闭至春天"),
        ("古い橋が春まで閉鎖 _ 社会 _ 北日報", "古い橋が春まで閉鎖"),
        ("오래된 다리 봄까지 폐쇄_사회_북방일보", "오래된 다리 봄까지 폐쇄"),
    ],
)
def test_sections_and_site_behind_low_lines_are_cut(title_of, tag, h1):
    assert title_of(f"<title>{tag}</title>", h1=h1)[0] == h1


def test_a_masthead_is_not_the_headline(text_of):
    headline = "Bridge and ferry: what changes"
    page = (
        f"<html><head><title>{headline}</title></head><body><article><h2>{headline}</h2>"
        f"{text_of(5)}</article><h1>Tips and Links</h1></body></html>"
    )
    assert extract.read(page, URL).article.title == headline


@pytest.mark.parametrize(
    "heading",
    [
        "<span class='kicker'>Planning</span> Old bridge closed",
        "Old bridge closed <span class='badge'>Premium</span>",
        "Old bridge closed <a href='#'>#</a>",
        "Old<br>bridge clo&shy;sed",
    ],
)
def test_what_is_added_to_the_printed_headline_is_no_part_of_it(title_of, heading):
    assert title_of("<title>Old bridge closed - Northern Post</title>", h1=heading)[0] == (
        "Old bridge closed"
    )


def test_a_printed_kicker_that_the_head_does_not_contradict_stays(title_of):
    heading = "<span>Bridges:</span> a history"
    assert title_of("<title>Bridges: a history</title>", h1=heading)[0] == "Bridges: a history"


@pytest.mark.parametrize(
    "declared",
    [
        "Northern Post: Old bridge closed",
        "Old bridge closed ~ Northern Post",
        "Old bridge closed ⋆ Northern Post",
        "Old bridge closed &lt; Northern Post",
    ],
)
def test_the_site_is_cut_off_at_any_mark(title_of, declared):
    assert title_of(f"<title>{declared}</title>" + SITE)[0] == "Old bridge closed"


def test_the_site_is_cut_off_at_a_hyphen_between_characters(title_of):
    head = "<title>旧港口计划获批-马罗网</title><meta property='og:site_name' content='马罗网'>"
    assert title_of(head)[0] == "旧港口计划获批"


def test_the_printed_headline_counts_where_the_head_names_the_site_only(title_of):
    head = "<title>Northern Post</title>" + SITE + OG.format("Northern Post")
    assert title_of(head, h1="Old bridge closed")[0] == "Old bridge closed"


def test_references_that_were_escaped_twice_are_characters(title_of):
    assert title_of("<title>The &amp;#8216;old&amp;#8217; bridge &amp;amp; us</title>")[0] == (
        "The ‘old’ bridge & us"
    )


def test_a_lesser_meta_tag_counts_where_there_is_no_other_title(title_of):
    assert title_of(PLAIN.format("Old bridge closed")) == ("Old bridge closed", "meta title")
