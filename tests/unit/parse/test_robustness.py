"""Hostile and broken pages: an article or a reason, in bounded time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.reasons import Reason
from workers import html_depth
from workers.exceptions import PermanentFailure
from workers.parse import extract

URL = "https://a.example/2024/03/12/bridge"
ENDS = {Reason.UNREADABLE, Reason.NO_TITLE, Reason.NO_BODY}
TEXT = "<p>The council met on Monday to talk about the bridge, which is old and cracked.</p>" * 5
HEAD = "<html><body><h1>Old bridge closed</h1>"


OUTCOMES = {"article", *(reason.value for reason in ENDS)}


def outcome(page: bytes | str) -> str:
    """ "article", or the reason for which there is none."""
    try:
        extract.read(page, URL)
    except PermanentFailure as failure:
        return failure.reason.value if failure.reason in ENDS else "no end of this stage"
    return "article"


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"\x00" * 1000,
        bytes(range(256)) * 100,
        b"no markup at all",
        HEAD + "<div>" * 100_000 + TEXT,
        HEAD + "<b>" * 50_000 + TEXT,
        HEAD + "<ul><li>" * 20_000 + TEXT,
    ],
)
def test_hopeless_pages_end_with_a_reason_quickly(page):
    start = time.process_time()
    assert outcome(page) in {"unreadable", "no_title", "no_body"}
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "unit",
    [
        "<div></i>",
        "<rt>",
        "<div><!--</div>-->",
        "<div title='></div>'>",
        "<div><script></div></script>",
        "<div>" * 9 + "<table>" + "</div>" * 9,
        "<div>" * 9 + "<select>" + "</div>" * 9 + "</select>",
        "<x-a>" * 9 + "<p>" + "</x-a>" * 9 + "</p>",
        "<form><div></form>",
        "<p><div></p>",
        "<svg><span></svg>",
        "<svg><div/>",
        "<svg><g a=x/>",
        "<svg><title><div>",
        "<svg><![CDATA[></svg>]]>",
        "<math><mtext><x-a></mtext></math>",
        "<div><b>a</div>b",
    ],
)
def test_markup_that_closes_nothing_does_not_hide_depth(unit):
    with pytest.raises(PermanentFailure, match="nested"):
        extract.read(HEAD + unit * 5_000 + TEXT, URL)


@pytest.mark.parametrize(
    "unit",
    [
        "<line x1='0' x2='9'/>",
        "<g><path d='M0 0'/></g>",
        "</svg><div><ul><li><a href='/'>a</a><li>b</ul></div><svg>",
        "</svg><table><tr><td><span>a</span><td>b<tr><td>c</table><svg>",
        "</svg><a href='/'><div><p>a</div></a><svg>",
        "</svg><div><x-a>a<span>b</div><svg>",
    ],
)
def test_many_elements_beside_each_other_are_not_deep(unit):
    page = f"{HEAD}{TEXT}<svg>{unit * 3_100}</svg>"
    assert html_depth.measure_depth(page) < 10


def test_a_page_with_a_large_drawing_is_read():
    assert outcome(f"{HEAD}{TEXT}<svg>{'<line/>' * 6_100}</svg>") == "article"


@pytest.mark.parametrize("unit", ["<a", "<a '", '<a b="', "<!--", "<a b=c", "<a =", "<title>"])
def test_the_depth_of_broken_tags_is_measured_quickly(unit):
    start = time.process_time()
    assert html_depth.measure_depth("<b>" * 4_000 + unit * 300_000) >= 4_000
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Old bridge closed</h1>" + TEXT,
        HEAD + f"<div class='{'x y ' * 200_000}' title='{'z' * 1_000_000}'>" + TEXT,
        HEAD + TEXT.replace("council", "coun\x00cil"),
        HEAD + TEXT + "<script type='application/ld+json'>" + "[" * 200_000 + "</script>",
        HEAD + TEXT + "<script type='application/ld+json'>" + '{"a":' * 50_000 + "</script>",
        HEAD + TEXT + "<p>" + "a - b | " * 100_000,
        f"<title>{'a | ' * 100_000}</title>" + HEAD + TEXT,
        HEAD + "<div>" * 1_000 + TEXT,
    ],
)
def test_odd_pages_are_still_read_and_fast(page):
    start = time.process_time()
    assert outcome(page) == "article"
    assert time.process_time() - start < 2


def test_a_page_beyond_the_size_limit_is_cut_with_a_note():
    article = extract.read(HEAD + TEXT * 6_000, URL).article
    assert article.notes == ("page cut at a size limit",)
    assert len(article.body) < 1_100_000


@pytest.mark.parametrize(
    "odd",
    [
        "<link rel='canonical' href='http://[bad'>",
        "<meta property='og:url' content='http://[bad'>",
        "<meta property='og:image' content='http://[x/a.jpg'>",
        '<script type="application/ld+json">{"@type": "Article", "image": "http://[x"}</script>',
        "<img src='http://[x/a.jpg' width=800 height=600>",
        "<iframe src='http://[x/a'></iframe>",
        "<h2>Related</h2><ul>" + "<li><a href='http://[x'>Ferry stops until spring</a></li>" * 9,
    ],
)
def test_an_invalid_address_costs_only_its_own_field(story, text_of, odd):
    article = extract.read(story(text_of(3) + odd + text_of(3), odd), URL).article
    assert article.body.count("paragraph number") == 6
    assert (article.canonical_url, article.images) == (None, ())


TAGS = st.sampled_from("div p ul li table tr td span a b article section h1 h2 br img time".split())
PIECES = st.one_of(
    TAGS.map(lambda tag: f"<{tag}>"),
    TAGS.map(lambda tag: f"</{tag}>"),
    TAGS.map(lambda tag: f"<{tag} class='related caption' hidden datetime='20' href='x' src=''>"),
    st.sampled_from(["<!--", "-->", "<![CDATA[", "&#0;", "&lt", "\x00", "\ue000", "<", ">", "'"]),
    st.text(max_size=30),
    st.just("The council met on Monday to talk about the bridge, which is old. "),
)


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_soup_is_an_article_or_a_reason(pieces):
    assert outcome("".join(pieces)) in OUTCOMES


@given(st.binary(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_bytes_are_an_article_or_a_reason(raw):
    assert outcome(b"<html><body><h1>" + raw) in OUTCOMES


@given(st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_page_with_pieces_cut_out_is_an_article_or_a_reason(sample, data):
    page = sample("teasers_between.html")
    start = data.draw(st.integers(0, len(page)))
    end = data.draw(st.integers(start, min(len(page), start + 800)))
    assert outcome(page[:start] + page[end:]) in OUTCOMES


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(
                st.sampled_from(
                    [
                        "@type",
                        "headline",
                        "author",
                        "name",
                        "datePublished",
                        "keywords",
                        "image",
                        "publisher",
                        "articleSection",
                        "itemListElement",
                        "isAccessibleForFree",
                        "url",
                    ]
                ),
                inner,
                max_size=5,
            ),
        ),
        max_leaves=12,
    )
)
@settings(max_examples=150, deadline=None)
def test_any_json_ld_is_read_without_a_crash(value):
    import msgspec  # noqa: PLC0415  beside its one use

    node = {"@type": "NewsArticle", **(value if isinstance(value, dict) else {"author": value})}
    raw = msgspec.json.encode(node).decode().replace("<", "\\u003c")
    assert outcome(f"{HEAD}{TEXT}<script type='application/ld+json'>{raw}</script>") == "article"
