"""Hostile and broken pages: an article or a reason, in bounded time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.events import Reason
from workers import html_depth
from workers.exceptions import PermanentFailure
from workers.parse import extract
from workers.parse.html import decoding

URL = "https://a.example/2024/03/12/bridge"
ENDS = {Reason.UNREADABLE, Reason.NO_TITLE, Reason.NO_BODY}
TEXT = "<p>The council met on Monday to talk about the bridge, which is old and cracked.</p>" * 5
HEAD = "<html><body><h1>Old bridge closed</h1>"


OUTCOMES = {"article", *(reason.value for reason in ENDS)}


def outcome(page: bytes | str) -> str:
    """ "article", or the reason for which there is none."""
    try:
        extract.read(page, URL)
    except PermanentFailure as gave:
        return gave.reason.value if gave.reason in ENDS else "no end of this stage"
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
def test_hopeless_pages_end_with_a_reason_at_once(page):
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
def test_what_closes_nothing_hides_no_depth(unit):
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
    assert html_depth.depth_of(page) < 10


def test_a_page_with_a_large_drawing_is_read():
    assert outcome(f"{HEAD}{TEXT}<svg>{'<line/>' * 6_100}</svg>") == "article"


@pytest.mark.parametrize("unit", ["<a", "<a '", '<a b="', "<!--", "<a b=c", "<a =", "<title>"])
def test_the_depth_of_broken_tags_is_told_at_once(unit):
    start = time.process_time()
    assert html_depth.depth_of("<b>" * 4_000 + unit * 300_000) >= 4_000
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


def test_page_beyond_the_size_limit_is_cut_and_says_so():
    article = extract.read(HEAD + TEXT * 6_000, URL).article
    assert article.notes == ("page cut at a size limit",)
    assert len(article.body) < 1_100_000


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-15"])
def test_declared_character_sets_are_decoded(encoding):
    page = f"<html><head><meta charset='{encoding}'></head><body><h1>Über die Brücke</h1>"
    page += "<p>Die Brücke über den Fluß bleibt bis zum Frühjahr geschlossen, sagte er.</p>" * 6
    article = extract.read(page.encode(encoding), URL).article
    assert article.title == "Über die Brücke"
    assert "Frühjahr" in article.body


def test_header_names_the_character_set_where_the_page_does_not():
    page = (
        "<html><body><h1>Мост закрыт</h1>" + "<p>Мост закрыт до весны, сказал мэр города.</p>" * 6
    )
    article = extract.read(
        page.encode("koi8-r"), URL, content_type="text/html; charset=koi8-r"
    ).article
    assert article.title == "Мост закрыт"


def test_utf8_page_that_claims_another_set_is_read_as_utf8():
    page = "<html><head><meta charset='shift_jis'></head><body><h1>Мост закрыт до весны</h1>"
    page += "<p>Мост закрыт до весны, сказал в понедельник мэр города.</p>" * 6
    assert extract.read(page.encode(), URL).article.title == "Мост закрыт до весны"


PARAGRAPH = {
    "windows-1251": "<p>Мост закрыт до весны, сказал в понедельник мэр города на Неве.</p>",
    "koi8-r": "<p>Мост закрыт до весны, сказал в понедельник мэр города на Неве.</p>",
    "shift_jis": "<p>市議会は火曜日、川に架かる古い橋の再建を可決した。</p>",
    "gb18030": "<p>市议会周二投票决定重建横跨河流的旧桥，工程将于春季开始。</p>",
    "euc-kr": "<p>시의회는 화요일 강을 가로지르는 오래된 다리를 재건하기로 했다.</p>",
    "windows-1252": "<p>Le pont près de la vallée reste fermé jusqu'à l'été, dit le maire.</p>",
}


@pytest.mark.parametrize("encoding", PARAGRAPH)
def test_a_page_that_is_no_utf8_is_read_as_its_meta_says_whatever_the_header(encoding):
    page = f"<meta charset='{encoding}'><h1>Bridge</h1>{PARAGRAPH[encoding] * 9}"
    text = decoding.decode(page.encode(encoding), "text/html; charset=utf-8")
    assert text == page


def test_a_page_that_is_no_utf8_and_names_no_other_is_read_by_its_letters():
    page = f"<h1>Bridge</h1>{PARAGRAPH['windows-1251'] * 9}"
    assert decoding.decode(page.encode("windows-1251"), "text/html; charset=utf-8") == page


@pytest.mark.parametrize("meta", ["", "<meta charset=utf-8>", "<meta charset=windows-1251>"])
@pytest.mark.parametrize("broken", [b"\xd0", b"\xff\xfe", b"\xe9t\xe9"])
def test_a_few_broken_bytes_make_no_other_character_set_of_utf8(meta, broken):
    page = f"{meta}<h1>Pont</h1>{PARAGRAPH['windows-1252'] * 9}"
    text = decoding.decode(page.encode() + broken, "text/html; charset=ISO-8859-1")
    assert text.startswith(page)


def test_letters_that_were_lost_before_change_nothing():
    page = "<h1>Bridge</h1><p>The mayor\ufffds bridge \u2013 it\ufffds closed.</p>"
    assert decoding.decode(page.encode(), "text/html; charset=ISO-8859-1") == page


def test_a_page_in_ascii_that_says_utf16_is_no_utf16():
    assert decoding.decode(b"<meta charset='utf-16'><h1>Bridge</h1>").endswith("<h1>Bridge</h1>")


@pytest.mark.parametrize("name", ["base64", "rot13", "idna", "undefined", "unicode_escape", "x-y"])
@pytest.mark.parametrize(
    "page", ["<h1>Мост закрыт</h1>", "<meta charset='{}'><h1>Мост закрыт</h1>"]
)
def test_what_names_no_character_set_is_passed_over(name, page):
    raw = (page.format(name) + "<p>Мост закрыт до весны, сказал мэр города.</p>" * 6).encode()
    found = extract.read(raw, URL, content_type=f"text/html; charset={name}").article
    assert found.title == "Мост закрыт"


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
def test_an_address_that_is_none_costs_its_own_field_only(story, text_of, odd):
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
def test_any_json_ld_is_taken_without_a_crash(value):
    import msgspec  # noqa: PLC0415  beside its one use

    told = {"@type": "NewsArticle", **(value if isinstance(value, dict) else {"author": value})}
    raw = msgspec.json.encode(told).decode().replace("<", "\\u003c")
    assert outcome(f"{HEAD}{TEXT}<script type='application/ld+json'>{raw}</script>") == "article"
