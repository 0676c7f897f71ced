# ruff: noqa: DTZ001  many dates are printed without a zone
"""When a story was published: which of the dates on a page counts."""

from datetime import UTC, date, datetime

import pytest

from schemas.outlet import OutletLayout
from schemas.page import StoredPage
from workers.parse import extract, step

PLAIN = "https://www.northernpost.example/society/bridge"
DATED = "https://www.northernpost.example/2024/03/12/bridge"
NOW = datetime(2024, 4, 1, tzinfo=UTC)
OF_1998 = "<p>The bridge was opened on 4 May 1998 and has been closed for repairs.</p>"


@pytest.fixture
def published(story, text_of):
    """Returns the date of a page with `opening` before its text, `end` after it, and `head`."""

    def read(opening: str = "", end: str = "", head: str = "", url: str = PLAIN):
        page = story(opening + text_of(5) + end, head)
        return extract.read(page, url, now=NOW).article.published

    return read


def test_a_day_that_the_story_mentions_is_not_its_date(published):
    assert published(OF_1998) is None
    assert published(OF_1998, url=DATED) == datetime(2024, 3, 12)
    end = "<p class='date'>Published 12 March 2024, 10:00</p>"
    assert published(OF_1998, end) == datetime(2024, 3, 12, 10)


@pytest.mark.parametrize(
    "line",
    [
        "<p>12 March 2024</p>",
        "<p>By Ada Lind | 12 March 2024</p>",
        "<p>Tuesday, 12 March 2024.</p>",
        "<p>Published on 12 March 2024 in the morning edition.</p>",
        "<p class='date'>Our correspondent wrote this on 12 March 2024.</p>",
    ],
)
def test_a_line_that_is_mostly_a_date_counts(published, line):
    assert published(line) == datetime(2024, 3, 12)


def test_the_day_of_the_address_is_believed_before_a_bare_date(published):
    assert published("<p>Town hall, 9 March 2024</p>", url=DATED) == datetime(2024, 3, 12)
    line = "<p class='date'>11 March 2024</p>"
    assert published(line, url=DATED) == datetime(2024, 3, 11)


def test_a_time_on_the_page_completes_the_day_of_the_address(published):
    assert published("<p>12 March 2024, 14:05</p>", url=DATED) == datetime(2024, 3, 12, 14, 5)


def test_the_time_of_a_change_never_completes_the_day_of_publication(published):
    head = "<meta property='article:published_time' content='2024-03-12'>"
    assert published("<p>Updated 12 March 2024, 18:00</p>", head=head) == datetime(2024, 3, 12)
    tag = "<p>Updated: <time datetime='2024-03-12T18:00Z'>18:00</time></p>"
    assert published(tag, head=head) == datetime(2024, 3, 12)


def test_of_publication_and_change_on_one_line_the_first_counts(published):
    line = "<p>Published 12 March 2024, 14:05. Updated 13 March 2024, 18:00</p>"
    assert published(line) == datetime(2024, 3, 12, 14, 5)


def read_article(body: str, form: str = "html", layouts: tuple[OutletLayout, ...] = ()):
    """Return the article of a page that was fetched at NOW."""
    page = StoredPage(
        url=PLAIN, final_url=PLAIN, status=200, headers=(), fetched_at=NOW, body=body.encode()
    )
    return step.read_page(page, form, layouts).article


@pytest.mark.parametrize(
    ("day", "date"), [("5 March 2036", None), ("12 March 2024", datetime(2024, 3, 12))]
)
def test_no_date_of_flattened_text_is_after_the_fetch(day, date):
    first = "The old bridge of Osthaven will stay closed until spring, the mayor said on Monday."
    second = "Engineers had found two deep cracks in its western pillar, according to a report."
    lines = (
        "Old bridge of Osthaven closed until spring",
        f"Published {day}. Updated {day}",
        first,
        second,
    )
    article = read_article("\n".join(lines), "flattened")
    assert (article.published, article.modified) == (date, date)


def test_no_date_of_an_outlet_s_selector_is_after_the_fetch(story, text_of):
    layout = OutletLayout(selectors={"published": "i.day", "modified": "b.day"})
    days = (
        "<i class='day'>5 March 2036</i><i class='day'>12 March 2024</i><b class='day'>2036-01-01"
    )
    article = read_article(story(f"<p>{days}</b></p>{text_of(5)}"), layouts=(layout,))
    assert (article.published, article.modified) == (datetime(2024, 3, 12), None)
    assert article.notes == ("selector for modified finds nothing: b.day",)


def test_a_day_in_the_head_gets_its_minute_from_the_page(story, text_of):
    head = "<meta property='article:published_time' content='2024-03-12'>"
    body = "<div class='date'>12 March 2024, 14:05</div>" + text_of(5)
    article = extract.read(story(body, head), DATED).article
    assert article.published == datetime(2024, 3, 12, 14, 5)


def test_the_date_of_a_comment_is_never_the_story_s(story, text_of):
    body = (
        text_of(5) + "<div class='comments'><time datetime='2025-01-01T10:00Z'>1 Jan</time></div>"
    )
    published = extract.read(story(body), "https://a.example/x").article.published
    assert published is None


def test_address_gives_the_day_where_nothing_else_does(story):
    assert extract.read(story(), DATED).article.published == datetime(2024, 3, 12)


@pytest.mark.parametrize(
    "line",
    [
        "Updated: 13 March 2024, 09:15 | First published: 12 March 2024, 21:40",
        "Aktualisiert am 13. März 2024, 09:15 Uhr, veröffentlicht am 12. März 2024, 21:40 Uhr",
        "Mis à jour le 13 mars 2024 à 09h15 - Publié le 12 mars 2024 à 21h40",
        "Обновлено 13 марта 2024, 09:15. Опубликовано 12 марта 2024, 21:40",
    ],
)
def test_the_first_print_counts_where_the_change_comes_first(published, line):
    assert published(f"<p class='dates'>{line}</p>") == datetime(2024, 3, 12, 21, 40)


@pytest.mark.parametrize(
    "element",
    [
        "<abbr title='2024-03-12T21:40:00+00:00'>9:40 PM</abbr>",
        "<span data-timestamp='1710279600000'>last night</span>",
        "<span class='when' content='2024-03-12T21:40:00Z'>9:40 PM</span>",
    ],
)
def test_machine_written_dates_beside_the_headline(published, element):
    assert published(f"<p>{element}</p>") == datetime(2024, 3, 12, 21, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "words", ["March 12, 2024", "12 de marzo de 2024", "12. März 2024", "2024年3月12日"]
)
def test_json_ld_may_have_the_date_in_words(published, words):
    head = (
        '<script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "headline": "x", "datePublished": "{words}"}}</script>'
    )
    assert published(head=head) == datetime(2024, 3, 12)
    # A printed date is surer.
    line = "<p class='date'>11 March 2024, 10:00</p>"
    assert published(line, head=head) == datetime(2024, 3, 11, 10)


@pytest.mark.parametrize("day", ["May 8, 2023", "8. Mai 2023", "8 de mayo de 2023"])
def test_the_day_in_the_address_beats_a_template_s_date_far_from_it(story, text_of, day):
    line = f"<p class='date'><time datetime='2022-02-11'>{day}</time></p>"
    url = "https://www.northernpost.example/2023/05/08/bridge"
    article = extract.read(story(line + text_of(5)), url).article
    assert article.published.date() == date(2023, 5, 8)


@pytest.mark.parametrize("day", ["Dec 05, 2023", "5. Dezember 2023", "2023年12月5日"])
def test_a_date_glued_to_a_counter_is_read(story, text_of, day):
    line = f"<p><b>Ada Lind</b><span>{day}</span><span>2 Shares</span></p>"
    article = extract.read(story(line + text_of(5)), "https://www.northernpost.example/n").article
    assert article.published.date() == date(2023, 12, 5)


@pytest.mark.parametrize(
    ("declared", "opening", "expected"),
    [
        (
            "2023-12-24T01:06:51Z",
            "<p>By Ada Lind</p><p>Dec 23, 2023 5:06pm PT</p>",
            "2023-12-23T17:06:51-08:00",
        ),
        (
            "2023-12-22T18:30:00Z",
            "<p><time datetime='2023-12-23T05:30:00+11:00'>Dec 23</time></p>",
            "2023-12-23T05:30:00+11:00",
        ),
        (
            "2019-10-18T22:04:00Z",
            "<p>Von Ada Lind, 19. Oktober 2019, 00:04 Uhr</p>",
            "2019-10-19T00:04:00+02:00",
        ),
        (
            "2022-05-04T00:44:52Z",
            "<p>Por Ada Lind</p><p>03/05/2022 21:44</p>",
            "2022-05-03T21:44:52-03:00",
        ),
        ("2021-11-04T23:00:00Z", "<p>5. November 2021</p>", "2021-11-05T00:00:00+01:00"),
        (
            "2023-12-22T04:00:41Z",
            "<p>By Ada Lind<time datetime='2023-12-22T04:00:41Z'>Dec. 21, 2023 11:00 pm EST</time>",
            "2023-12-21T23:00:41-05:00",
        ),
    ],
)
def test_a_moment_in_utc_has_the_zone_that_the_page_prints(
    published, article_script, declared, opening, expected
):
    found = published(opening, head=article_script(datePublished=declared))
    assert found.isoformat() == expected


@pytest.mark.parametrize(
    "opening",
    [
        "<p>Dec 25, 2023 5:06pm</p>",  # another day
        "<p>Dec 23, 2023 5:11pm</p>",  # another minute
        "<p>Dec 23, 2023 17:06 UTC</p>",  # its own zone
        "<p>Dec 23, 2023</p>",  # no time of day
        "<p>Dec 24, 2023 1:06</p>",  # UTC
    ],
)
def test_a_moment_in_utc_stays_where_the_page_prints_another(published, article_script, opening):
    head = article_script(datePublished="2023-12-24T01:06:51Z")
    assert published(opening, head=head).isoformat() == "2023-12-24T01:06:51+00:00"
