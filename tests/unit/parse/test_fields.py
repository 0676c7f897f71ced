# ruff: noqa: DTZ001  many dates are printed without a zone
"""Headline, byline, dates, dateline, sections: what the head says and what is printed."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from schemas.outlet import OutletLayout
from workers.parse import extract
from workers.parse.fields import dateline, people, title
from workers.parse.html import jsonld
from workers.parse.text import date_parsing

URL = "https://www.northernpost.example/2024/03/12/bridge"


def told(**fields) -> str:
    """A JSON-LD article in a script tag."""
    raw = msgspec.json.encode({"@type": "NewsArticle", **fields}).decode()
    return f"<script type='application/ld+json'>{raw}</script>"


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
    ("author", "expected"),
    [
        ([{"@type": "Person", "name": "Ada Lind"}, {"name": "Bo Ek"}], ("Ada Lind", "Bo Ek")),
        ("Ada Lind and Bo Ek, dpa", ("Ada Lind", "Bo Ek", "dpa")),
        ({"name": "By Ada Lind"}, ("Ada Lind",)),
        ({"name": "Ada Lind (al)"}, ("Ada Lind",)),
        ("Ada Lind, MS, R.D.N. and Bo Ek, Ph.D.", ("Ada Lind", "Bo Ek")),
        ([{"name": ["Ada Lind", "Bo Ek"]}], ("Ada Lind", "Bo Ek")),
        ({"name": "Ада Линд"}, ("Ада Линд",)),
        ({"name": "東野 花子"}, ("東野 花子",)),
    ],
)
def test_authors_of_json_ld_are_single_names(story, author, expected):
    assert extract.read(story(head=told(author=author)), URL).article.authors == expected


@pytest.mark.parametrize(
    "line",
    [
        "<div class='byline'>By Ada Lind and Bo Ek</div>",
        (
            "<p class='article-author'><span>Von </span><a href='/autor/a'>Ada Lind</a>, "
            "<a href='/autor/b'>Bo Ek</a></p>"
        ),
        "<div>Por <a rel='author' href='/x'>Ada Lind</a> y <a rel='author'>Bo Ek</a></div>",
        "<p><strong>By Ada Lind &amp; Bo Ek</strong></p>",
    ],
)
def test_printed_bylines_are_read_where_the_head_names_the_site_only(story, text_of, line):
    head = told(author={"name": "Northern Post"}, publisher={"name": "Northern Post"})
    article = extract.read(story(line + text_of(5), head), URL).article
    assert article.authors == ("Ada Lind", "Bo Ek")


@pytest.mark.parametrize("text", ["Read more", "12 March 2024", "Share on Facebook", "the council"])
def test_what_is_no_name_is_not_an_author(text):
    assert not people.is_name(text)


ZONE = timezone(timedelta(hours=1))
NEW_YORK = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Updated 12 March", 0),
        ("Zuletzt aktualisiert am 12. März", 8),
        ("Mis à jour le 12 mars", 0),
        ("Modifié le 12 mars", 0),
        ("Actualización: 12 de marzo", 0),
        ("最終更新 3月12日", 2),
        ("최종수정 3월 12일", 2),
        ("12 March 2024Updated 13 March 2024", 13),
        ("12 March 2024 ESTUpdated 13 March 2024", 17),
        ("Anne Martin, journaliste, 12 mars", None),
        ("The outdated bridge, 12 March", None),
    ],
)
def test_where_a_line_begins_to_speak_of_a_change(text, at):
    assert date_parsing.change_at(text) == at


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-03-12T14:05:33+01:00", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("2024-03-12T14:05:33.123Z", datetime(2024, 3, 12, 14, 5, 33, tzinfo=UTC)),
        ("2024-03-12 14:05", datetime(2024, 3, 12, 14, 5)),
        ("20240312T1405+0100", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12", datetime(2024, 3, 12)),
        ("1710252300", datetime(2024, 3, 12, 14, 5, tzinfo=UTC)),
        ("Tue, 12 Mar 2024 14:05:00 GMT", datetime(2024, 3, 12, 14, 5, tzinfo=UTC)),
        ("2024-03-12 2:05 PM", datetime(2024, 3, 12, 14, 5)),
        ("2024-03-12 12:05:33 a.m.", datetime(2024, 3, 12, 0, 5, 33)),
        ("2024-03-12T14:05+1", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00 CET", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00 GMT+0100", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("2024-03-12T14:05:00−05:00", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("Tue, 12 Mar 2024 14:05:00 CET", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("Tue, 12 Mar 2024 02:05 PM", datetime(2024, 3, 12, 14, 5)),
        ("Tue Mar 12 2024 14:05:33 GMT+0100 (CET)", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue Mar 12 14:05:33 CET 2024", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue Mar 12 14:05:33 +0100 2024", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("Tue, 12 Mar 2024 14:05:00 +99999999999999999999", None),
        ("Tue, 12 Mar 2024 14:05:99999999999999999999 GMT", None),
        ("Tue Mar 12 14:05:00 99999999999999999999", None),
        ("2024-03-12T14:05:00+99:00", None),
        ("2024-13-45", None),
        ("0001-01-01T00:00:00Z", None),
        ("soon", None),
    ],
)
def test_machine_written_dates(text, moment):
    assert date_parsing.parse(text) == moment


@pytest.mark.parametrize(
    ("text", "language", "moment"),
    [
        ("Published 12 March 2024 at 2:05 pm", "en", datetime(2024, 3, 12, 14, 5)),
        ("March 12th, 2024", "en", datetime(2024, 3, 12)),
        ("Stand: 12. März 2024, 14:05 Uhr", "de", datetime(2024, 3, 12, 14, 5)),
        ("12.03.2024 | 14.05 Uhr", "de", datetime(2024, 3, 12, 14, 5)),
        ("Publié le 12 mars 2024 à 14h05", "fr", datetime(2024, 3, 12, 14, 5)),
        ("12 de marzo de 2024", "es", datetime(2024, 3, 12)),
        ("12 марта 2024, 14:05", "ru", datetime(2024, 3, 12, 14, 5)),
        ("12 marca 2024", "pl", datetime(2024, 3, 12)),
        ("2024年3月12日 14:05", "ja", datetime(2024, 3, 12, 14, 5)),
        ("2024년 3월 12일", "ko", datetime(2024, 3, 12)),
        ("12 Mar 2024 14:05:33 +0100", "en", datetime(2024, 3, 12, 14, 5, 33, tzinfo=ZONE)),
        ("March 12, 2024, 2:05 p.m. EST", "en", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("12 March 2024 14:05 ESTUpdated", "en", datetime(2024, 3, 12, 14, 5, tzinfo=NEW_YORK)),
        ("12. März 2024, 14.05 Uhr (MEZ)", "de", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("12 March 2024, 14:05 (UTC+1)", "en", datetime(2024, 3, 12, 14, 5, tzinfo=ZONE)),
        ("12 March 2024, 14:05 CST", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05 ISTANBUL", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05-16:30", "en", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024, 14:05 +99999999999", "en", datetime(2024, 3, 12, 14, 5)),
        ("2019-01-07T17:27:31+02:00 March 12, 2024", "en", datetime(2024, 3, 12)),
        ("03/12/2024", "en-US", datetime(2024, 3, 12)),
        ("12/03/2024", "en-GB", datetime(2024, 3, 12)),
        ("no date here", "en", None),
    ],
)
def test_dates_as_people_read_them(text, language, moment):
    assert date_parsing.find_date(text, language) == moment


def test_a_day_in_the_head_gets_its_minute_from_the_page(story, text_of):
    head = "<meta property='article:published_time' content='2024-03-12'>"
    body = "<div class='date'>12 March 2024, 14:05</div>" + text_of(5)
    article = extract.read(story(body, head), URL).article
    assert article.published == datetime(2024, 3, 12, 14, 5)


def test_the_date_of_a_comment_is_never_the_story_s(story, text_of):
    body = (
        text_of(5) + "<div class='comments'><time datetime='2025-01-01T10:00Z'>1 Jan</time></div>"
    )
    published = extract.read(story(body), "https://a.example/x").article.published
    assert published is None


def test_address_gives_the_day_where_nothing_else_does(story):
    assert extract.read(story(), URL).article.published == datetime(2024, 3, 12)


@pytest.mark.parametrize(
    ("text", "place", "agency"),
    [
        ("MOSCOW (Sputnik) - The council met.", "MOSCOW", "Sputnik"),
        ("BERLIN (dpa) – Der Rat tagte.", "BERLIN", "dpa"),
        ("Berlin (dpa/tmn) - Der Rat tagte.", "Berlin", "dpa/tmn"),
        ("NEW YORK, Jan 5 (Reuters) - The council met.", "NEW YORK", "Reuters"),
        ("WASHINGTON — The council met.", "WASHINGTON", None),
        ("東京（共同）市議会は月曜日に", "東京", "共同"),
        ("The council (of nine) met on Monday.", None, None),
        ("He said (again) that the bridge is old.", None, None),
        ("The bridge – an old one – is closed.", None, None),
    ],
)
def test_datelines(text, place, agency):
    assert dateline.read(text) == (place, agency)


@pytest.mark.parametrize(
    "raw",
    [
        '{"headline": "A", }',
        '<!-- {"headline": "A"} -->',
        '//<![CDATA[\n{"headline": "A"}\n//]]>',
        '{"headline": "A"};',
        '{"headline": "A", "description": "two\nlines"}',
        '{"headline": "A"}{"headline": "B"}',
        "{&quot;headline&quot;: &quot;A&quot;}",
    ],
)
def test_common_breakages_of_json_ld_are_mended(raw):
    assert jsonld.read([raw])[0]["headline"] == "A"


def test_tags_section_paywall_and_canonical_address(story):
    head = told(
        keywords=["bridge", "harbour", "Bridge"],
        articleSection="Society",
        isAccessibleForFree="False",
    )
    head += "<link rel='canonical' href='/2024/03/12/bridge?x=1'>"
    article = extract.read(story(head=head), URL).article
    assert article.tags == ("bridge", "harbour")
    assert article.section == "Society"
    assert article.is_paywalled is True
    assert article.canonical_url == "https://www.northernpost.example/2024/03/12/bridge?x=1"


def test_tags_are_what_they_say_to_readers(story):
    told_to_systems = [
        "8ae9ab2d-fe1b-4230-acb8-a59b52877682",
        "Page Type: Article",
        "WC: 1000-1999",
    ]
    tags = ["Subject: Justice", "Harbour II: The Return", *told_to_systems]
    article = extract.read(story(head=told(keywords=tags)), URL).article
    assert article.tags == ("Justice", "Harbour II: The Return")


def test_a_section_that_lists_all_of_them_is_the_first(story):
    sections = "Harbour, " + ", ".join(f"bridges of the city {n}" for n in range(9))
    article = extract.read(story(head=told(articleSection=sections)), URL).article
    assert article.section == "Harbour"


@pytest.mark.parametrize("name", ["{$plugin.news.site_name}", "https://www.northernpost.example"])
def test_a_site_s_name_that_was_never_filled_in_is_not_taken(story, name):
    head = told(publisher={"name": "Northern Post"})
    page = story(head=f"{head}<meta property='og:site_name' content='{name}'>")
    assert extract.read(page, URL).article.site_name == "Northern Post"


def test_a_canonical_address_that_is_the_first_page_is_not_believed(story):
    head = "<link rel='canonical' href='https://www.northernpost.example/'>"
    assert extract.read(story(head=head), URL).article.canonical_url is None


def test_an_outlet_s_selectors_win_and_broken_ones_are_noted(story, text_of):
    body = f"<div class='x'>{text_of(3)}</div><b class='who'>Ada Lind</b>{text_of(4)}"
    selectors = {"body": "div.x", "authors": "b.who", "section": "p[[", "tags": "i.none"}
    reading = extract.read(story(body), URL, (OutletLayout(selectors=selectors),))
    assert reading.article.body.count("paragraph number") == 3
    assert reading.article.authors == ("Ada Lind",)
    assert reading.origins["authors"] == "selector b.who"
    assert len(reading.article.notes) == 2


def test_the_layout_of_the_page_s_own_time_is_taken(story, text_of):
    old = OutletLayout(selectors={"section": "i.old"}, until=datetime(2024, 6, 1).date())
    new = OutletLayout(selectors={"section": "i.new"})
    body = f"<i class='old'>Then</i><i class='new'>Now</i>{text_of(5)}"
    then = extract.read(story(body), URL, (new, old)).article
    now = extract.read(story(body), URL.replace("2024", "2025"), (new, old)).article
    assert (then.section, now.section) == ("Then", "Now")


GERMAN = (
    "Die Brücke über den Fluss ist seit dem Morgen gesperrt, und das wird sich auch in den "
    "nächsten Wochen nicht ändern, sagte der Leiter des Amtes. Für die Fahrer ist eine Strecke "
    "durch das Tal vorgesehen, die von der Stadt am Abend auf den Karten gezeigt wird. "
)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [("en", GERMAN, "de"), ("de-AT", GERMAN, "de-AT"), ("en", "Brücke gesperrt. ", "en")],
)
def test_text_that_is_plainly_in_another_language_than_declared(declared, text, expected):
    story = f"<h1>Brücke</h1><article>{f'<p>{text}</p>' * 3}</article>"
    page = f"<html lang='{declared}'><body>{story}</body></html>"
    assert extract.read(page, URL).article.language == expected
