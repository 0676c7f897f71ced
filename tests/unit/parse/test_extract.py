"""Whole articles, from pages of typical shapes."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from schemas.article import PageKind
from schemas.outlet import OutletLayout
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse import explain, extract

PAGES = sorted((Path(__file__).parents[2] / "pages").glob("*/*/page.html"))
URL = "https://northernpost.example/20240312/bridge-1100223344.html"


@pytest.fixture
def result(sample):
    return extract.read(sample("teasers_between.html"), URL)


def test_text_between_teasers_is_kept_in_order_and_teasers_are_not_in_it(result):
    body = result.article.body
    assert body.startswith("OSTHAVEN (Northwire) - The harbour bridge")
    assert body.endswith("as long as the bridge is closed.")
    assert "Ferry Company" not in body
    assert "Thickest Ice" not in body
    assert "log in" not in body
    assert "Заголовок" not in body
    assert "without advertising" not in body
    kinds = [block.kind for block in result.article.blocks if block.kind != "image"]
    assert kinds == ["paragraph"] * 3 + ["heading"] + ["paragraph"] * 2


def test_headline_is_not_repeated_in_the_text(result):
    assert result.article.title == "Harbour Bridge Closed for Repairs Until Spring"
    assert "Harbour Bridge Closed" not in result.article.body


def test_teasers_become_related_stories_with_section_caption_and_address(result):
    ferry, ice = result.article.related
    assert ferry.title == "Ferry Company Announces New Line Across the Sound"
    assert ferry.url == "https://northernpost.example/20240301/ferry-1100111111.html"
    assert ferry.section == "Economy"
    assert ferry.caption == "The ferry Sankta Maria in the harbour"
    assert ice.section == "Society"


def test_lead_picture_has_caption_and_credit(result):
    (lead,) = result.article.images
    assert lead.is_lead
    assert lead.caption == "The harbour bridge seen from the old town, March 2024"
    assert lead.credit == "Northern Post / Ada Lindqvist"


def test_dateline_stays_in_the_text_and_is_a_field_too(result):
    assert result.article.dateline == "OSTHAVEN"
    assert result.article.source == "Northwire"


def test_dates_keep_their_zone(result):
    zone = timezone(timedelta(hours=3))
    assert result.article.published == datetime(2024, 3, 12, 14, 5, tzinfo=zone)
    assert result.article.modified == datetime(2024, 3, 12, 15, 30, tzinfo=zone)


def test_every_field_says_where_it_came_from(result):
    for name in ("title", "published", "section", "tags", "language", "site_name", "kind"):
        assert result.origins[name]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("To participate in the discussion", "prompt"),
        ("Заголовок открываемого материала", "widget label"),
        ("The ferry Sankta Maria", "teaser"),
        ("© Photo: Northern Post", "caption"),
        ("Share", "share bar"),
    ],
)
def test_what_is_dropped_has_its_reason(result, text, reason):
    assert reason in {d.reason for d in result.dropped if d.text.startswith(text)}


def test_explanation_shows_fields_origins_and_dropped_text(result):
    shown = explain.render(result)
    assert "[h1]" in shown
    assert "prompt" in shown
    assert "section: Economy" in shown


def test_text_without_paragraph_tags_is_read(story):
    lines = "<br><br>".join(
        f"The {n}th line of this story has enough words to be a sentence, it seems."
        for n in range(9)
    )
    body = extract.read(story(f"<div class='content'>{lines}</div>"), URL).article.body
    assert body.count("enough words") == 9


def test_comments_are_never_a_part_of_the_story(story, text_of):
    body = text_of(4) + f"<div id='comments'><ol><li>{text_of(9)}</li></ol></div>"
    assert extract.read(story(body), URL).article.body.count("paragraph number") == 4


def test_hidden_text_is_left_out_but_a_page_that_is_all_hidden_is_read(story, text_of):
    shown = text_of(4) + f"<div style='display:none'>{text_of(3)}</div>"
    assert extract.read(story(shown), URL).article.body.count("paragraph number") == 4
    hidden = f"<div hidden>{text_of(5)}</div>"
    assert extract.read(story(hidden), URL).article.body.count("paragraph number") == 5


def test_lists_and_quotes_are_blocks_of_their_own(story, text_of):
    body = (
        text_of(3)
        + "<ul><li>The bridge is closed from Monday to the end of March.</li>"
        + "<li>Buses take the northern ring road, every ten minutes.</li></ul>"
        + text_of(2)
        + "<blockquote><p>We could not wait any longer, the engineer said to us.</p></blockquote>"
        + text_of(3)
    )
    blocks = {b.kind: b.text for b in extract.read(story(body), URL).article.blocks}
    assert blocks["list"].count("\n") == 1
    assert blocks["quote"].startswith("We could not wait")


def test_a_table_keeps_its_rows_and_cells(story, text_of):
    table = (
        "<table><tr><td>Pillars of the bridge</td><td>Eight</td></tr>"
        "<tr><td>Vehicles a day</td><td>Forty thousand</td></tr></table>"
    )
    layout = OutletLayout(selectors={"body": "div.text"})
    page = story(f"<div class='text'>{text_of(3)}{table}</div><p>Elsewhere on the page.</p>")
    blocks = {b.kind: b.text for b in extract.read(page, URL, (layout,)).article.blocks}
    assert blocks["table"] == "Pillars of the bridge\tEight\nVehicles a day\tForty thousand"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("市議会は月曜日の夜に会議を開き、古い橋の修理について話し合った。", "ja"),
        ("市议会星期一晚上开会，讨论了旧桥的维修问题，市长说工程需要时间。", "zh"),
        ("اجتمع مجلس المدينة مساء يوم الاثنين لمناقشة إصلاح الجسر القديم في الميناء.", "ar"),
        ("สภาเมืองประชุมเมื่อเย็นวันจันทร์เพื่อหารือเกี่ยวกับการซ่อมสะพานเก่า", "th"),
        ("Городской совет собрался в понедельник вечером, чтобы обсудить ремонт моста.", "ru"),
        ("מועצת העיר התכנסה ביום שני בערב כדי לדון בתיקון הגשר הישן בנמל.", "he"),
    ],
)
def test_other_scripts_are_read_whole_and_known_by_their_script(words, language):
    lines = "".join(f"<p>{words} {words} {n}.</p>" for n in range(6))
    page = f"<html><body><article><h1>{words[:20]}</h1>{lines}</article></body></html>"
    article = extract.read(page, URL).article
    assert article.body.count(words) == 12
    assert article.language == language


def test_page_without_headline_gives_up(text_of):
    with pytest.raises(PermanentFailure) as raised:
        extract.read(f"<html><body>{text_of(5)}</body></html>", "https://a.example/x")
    assert raised.value.reason is Reason.NO_TITLE


def test_page_without_text_gives_up():
    with pytest.raises(PermanentFailure) as raised:
        extract.read("<html><body><h1>Only a headline here</h1></body></html>", URL)
    assert raised.value.reason is Reason.NO_BODY


@pytest.mark.parametrize(
    ("title", "body", "kind"),
    [
        ("Just a moment...", "<p>Checking your browser before accessing.</p>", "bot_challenge"),
        ("404 - Page not found", "<p>Sorry, there is nothing here.</p>", "error"),
    ],
)
def test_pages_that_are_no_articles_come_back_with_their_kind(story, title, body, kind):
    assert extract.read(story(body, title=title), URL).article.kind is PageKind(kind)


POLITE = (
    "<p>It may have been moved, renamed or deleted when we made the site anew, we are sorry.</p>"
)
DECLARED = "<meta property='og:type' content='article'>"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Page not found", POLITE * 8),
        ("Error 404 | Gazette", POLITE),
        ("Oops! That page can’t be found.", POLITE),
        ("Seite nicht gefunden (Fehler 404) - Zeitung", POLITE),
        ("Sorry | Gazette", "<p>We couldn't find the page you were looking for, we regret.</p>"),
        ("We value your privacy", "<p>Choose what our 842 partners may do with your data.</p>"),
        ("Hold on", "<p>We and our partners store data on your device, as you allow us to do.</p>"),
        ("Zeitung", "<h2>Weiterlesen mit Werbung</h2><p>Mit Werbung und Tracking, oder ohne.</p>"),
        ("Log in to continue", "<p>You need an account to read this page, which is free.</p>"),
        ("Gazette", "<p>Please enable JavaScript in your browser to view this site.</p>"),
    ],
)
def test_an_error_or_a_wall_is_no_article(story, title, text):
    assert extract.read(story(text, title=title), URL).article.kind is PageKind.ERROR


@pytest.mark.parametrize(
    "title",
    [
        "Road 404 closed after storm",
        "Missing hiker not found after week-long search",
        "Journalists say access denied to flood area",
        "Are you a robot? Town library tests new machine",
        "Access denied",
        "Just a moment...",
    ],
)
def test_a_short_story_that_its_page_declares_is_an_article(story, text_of, title):
    page = story(text_of(1), DECLARED, title)
    assert extract.read(page, URL).article.kind is PageKind.ARTICLE


@pytest.mark.parametrize("title", ["Road 404 closed after storm", "Hiker not found - Gazette"])
def test_words_of_errors_within_a_headline_are_no_error(story, text_of, title):
    assert extract.read(story(text_of(1), title=title), URL).article.kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("0;url=https://a.example/new", "error"),
        ("0; URL='/new'", "error"),
        ("0;url=#top", "article"),
        ("300", "article"),
        ("300;url=/new", "article"),
    ],
)
def test_a_page_that_leads_on_at_once_is_no_article(story, text_of, content, kind):
    head = f'<meta http-equiv="refresh" content="{content}">'
    assert extract.read(story(text_of(1), head), URL).article.kind is PageKind(kind)
    assert extract.read(story(text_of(9), head), URL).article.kind is PageKind.ARTICLE


def test_first_page_of_a_site_is_an_index(story):
    links = "".join(
        f"<li><h3><a href='/{n}'>A headline of some other story {n}</a></h3></li>"
        for n in range(30)
    )
    article = extract.read(story(f"<ul>{links}</ul>"), "https://a.example/").article
    assert article.kind is PageKind.INDEX


def teasers(head: str = "", host: str = "") -> str:
    """Return a page with twenty stories of a line each, on `host`."""
    one = (
        "<article><h2><a href='{1}/n/{0}'>Story {0} about the harbour</a></h2><p>The council voted "
        "on day {0} to rebuild an old bridge over the river, after a long debate.</p></article>"
    )
    stories = "".join(one.format(n, host) for n in range(20))
    return f"<title>Politics</title>{head}<body><h1>Politics</h1>{stories}"


LISTED = """<script type="application/ld+json">{"@type": "CollectionPage", "mainEntity": {"@type":
"ItemList", "itemListElement": [{"item": {"@type": "NewsArticle", "headline": "A"}}]}}</script>"""


@pytest.mark.parametrize(
    ("path", "head"),
    [
        ("", ""),
        ("", "<link rel='canonical' href='/'><meta property='og:type' content='article'>"),
        ("politics", ""),
        ("politics", "<meta property='og:type' content='website'>" + LISTED),
    ],
)
def test_a_page_that_tells_many_stories_in_a_line_each_is_an_index(path, head):
    article = extract.read(teasers(head), f"https://a.example/{path}").article
    assert len(article.body) > 600
    assert article.kind is PageKind.INDEX


@pytest.mark.parametrize(
    "line",
    [
        "Work will begin after Easter and take {0} weeks.",
        "Die Arbeiten beginnen nach Ostern und dauern {0} Wochen.",
        "Les travaux commencent au printemps et durent {0} semaines.",
    ],
)
def test_a_page_of_short_teasers_is_an_index(line):
    card = "<div class=card><a href='/n/{0}'><h2>Story {0} of the harbour</h2></a><p>{1}</p>"
    card += "<span class=date>{0} Mar 2026</span></div>"
    cards = "".join(card.format(n, line.format(n)) for n in range(8))
    page = f"<title>Harbour</title><body><h1>Harbour</h1>{cards}</body>"
    assert extract.read(page, "https://a.example/harbour/").article.kind is PageKind.INDEX


@pytest.mark.parametrize(
    "headline",
    [
        "Sail loft vote live: council decides",
        "Sail loft vote – as it happened",
        "Segellei im Liveticker",
        "Le vote en direct",
        "港区投票 直播",
    ],
)
def test_a_page_of_timed_entries_under_a_live_headline_is_a_live_blog(text_of, headline):
    entries = "".join(f"<div><time>20.1{n} GMT</time>{text_of(2)}</div>" for n in range(7))
    page = f"<title>{headline}</title><body><main><h1>{headline}</h1>{entries}</main></body>"
    assert extract.read(page, URL).article.kind is PageKind.LIVE_BLOG


def test_an_article_with_times_of_day_is_no_live_blog(text_of):
    times = "".join(f"<p>20.1{n} band {n}</p>" for n in range(7))
    page = f"<title>Live music is back</title><body><h1>Live music is back</h1>{text_of(5)}{times}"
    assert extract.read(page, URL).article.kind is PageKind.ARTICLE


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("twitter-tweet", "https://twitter.example/ann/status/99"),
        ("instagram-media", "https://instagram.example/p/99"),
        ("tiktok-embed", "https://tiktok.example/@ann/video/99"),
    ],
)
def test_a_post_is_a_quotation_and_an_embed_with_its_address(text_of, story, name, address):
    post = (
        f"<blockquote class='{name}'><p>The loft is ours, says our neighbour at the old quay.</p>"
        f"Ann (@ann) <a href='{address}'>6 February</a></blockquote>"
    )
    blocks = extract.read(story(text_of(3) + post + text_of(3)), URL).article.blocks
    assert [block.url for block in blocks if block.kind == "embed"] == [address]
    assert any(block.kind == "quote" for block in blocks)


def test_a_page_of_a_list_is_an_index_without_teasers_too(story):
    head = LISTED.replace("CollectionPage", "SearchResultsPage")
    assert extract.read(story(head=head), URL).article.kind is PageKind.INDEX


@pytest.mark.parametrize(
    ("url", "head"),
    [
        ("https://a.example/?p=12", ""),
        ("https://a.example/", "<link rel='canonical' href='https://a.example/n/1'>"),
        (URL, LISTED + "<meta property='og:type' content='article'>"),
        (URL, LISTED + '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'),
    ],
)
def test_a_story_is_no_index_whatever_else_its_page_lists(story, url, head):
    assert extract.read(story(head=head), url).article.kind is PageKind.ARTICLE


def test_a_story_whose_parts_link_to_other_sites_is_no_index():
    page = teasers(host="https://hotel.example")
    assert extract.read(page, URL).article.kind is PageKind.ARTICLE


def test_no_date_is_after_now(story):
    head = "<meta property='article:published_time' content='2031-01-01T00:00:00Z'>"
    now = datetime(2024, 1, 1, tzinfo=UTC)
    assert extract.read(story(head=head), "https://a.example/x", now=now).article.published is None


def test_benchmark_form_never_raises():
    assert extract.extract("", URL)["body"] == ""


@pytest.mark.parametrize("place", PAGES, ids=lambda path: path.parents[1].name)
def test_the_four_fields_alone_say_what_the_whole_article_says(place):
    page = place.read_bytes()
    article = extract.read(page, URL).article
    fields = extract.extract(page, URL)
    assert fields["title"] == article.title
    assert fields["body"] == article.body
    assert fields["authors"] == list(article.authors)
    assert fields["published"] == (article.published and article.published.isoformat())


def test_text_that_only_the_head_tells_is_among_the_four_fields(story):
    text = " ".join(f"Sentence number {n} of the story that a script writes." for n in range(30))
    node = f'{{"@type": "NewsArticle", "articleBody": "{text}"}}'
    head = f'<script type="application/ld+json">{node}</script>'
    page = story("<p>Loading</p>", head)
    assert text in extract.extract(page, URL)["body"]
    assert extract.extract(page, URL)["body"] == extract.read(page, URL).article.body


def test_text_inside_a_noscript_that_is_never_closed_is_read():
    lines = "".join(
        f"<p>The council met on day {n} to talk about the old bridge.</p>" for n in range(20)
    )
    page = f"<html><body><noscript>No script<h1>Old bridge closed</h1>{lines}</body></html>"
    assert "on day 19" in extract.read(page, URL).article.body


def test_a_noscript_beside_the_text_is_not_read(story):
    page = story().replace("</article>", "<noscript><p>Please switch scripts on.</p></noscript>")
    assert "switch scripts on" not in extract.read(page, URL).article.body
