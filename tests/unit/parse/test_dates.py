# ruff: noqa: DTZ001  many dates are printed without a zone
"""When a story was published: which of the dates on a page counts."""

from datetime import UTC, datetime

import pytest

from schemas.outlet import OutletLayout
from schemas.page import StoredPage
from workers.parse import extract, step
from workers.parse.text import date_parsing

PLAIN = "https://www.northernpost.example/society/bridge"
DATED = "https://www.northernpost.example/2024/03/12/bridge"
NOW = datetime(2024, 4, 1, tzinfo=UTC)
OF_1998 = "<p>The bridge was opened on 4 May 1998 and has been closed for repairs.</p>"


@pytest.fixture
def published(story, text_of):
    """The date of a page with `opening` before its text, `end` after it, and `head`."""

    def read(opening: str = "", end: str = "", head: str = "", url: str = PLAIN):
        page = story(opening + text_of(5) + end, head)
        return extract.read(page, url, now=NOW).article.published

    return read


def test_a_day_that_the_story_tells_of_is_not_its_date(published):
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
def test_a_line_that_is_there_for_its_date_tells_it(published, line):
    assert published(line) == datetime(2024, 3, 12)


def test_the_day_of_the_address_is_believed_before_a_bare_date(published):
    assert published("<p>Town hall, 9 March 2024</p>", url=DATED) == datetime(2024, 3, 12)
    line = "<p class='date'>11 March 2024</p>"
    assert published(line, url=DATED) == datetime(2024, 3, 11)


def test_the_minute_of_the_page_completes_the_day_of_the_address(published):
    assert published("<p>12 March 2024, 14:05</p>", url=DATED) == datetime(2024, 3, 12, 14, 5)


def test_the_time_of_a_change_never_completes_the_day_of_publication(published):
    head = "<meta property='article:published_time' content='2024-03-12'>"
    assert published("<p>Updated 12 March 2024, 18:00</p>", head=head) == datetime(2024, 3, 12)
    tag = "<p>Updated: <time datetime='2024-03-12T18:00Z'>18:00</time></p>"
    assert published(tag, head=head) == datetime(2024, 3, 12)


def test_the_date_of_first_print_is_taken_from_a_line_with_both(published):
    line = "<p>Published 12 March 2024, 14:05. Updated 13 March 2024, 18:00</p>"
    assert published(line) == datetime(2024, 3, 12, 14, 5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("opened on 4 May 1998, closed since 3 June 2005 at 10:30", datetime(1998, 5, 4)),
        ("12 March 2024, updated at 18:00", datetime(2024, 3, 12)),
        ("14:05, 12 March 2024, updated at 18:00", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024 (Tuesday), at 14:05", datetime(2024, 3, 12, 14, 5)),
        ("12 March 2024 in the hall that opens its doors at 19:00", datetime(2024, 3, 12)),
    ],
)
def test_a_date_has_the_time_beside_it_and_no_other(text, moment):
    assert date_parsing.find_date(text, "en") == moment


def of_page(body: str, form: str = "html", layouts: tuple[OutletLayout, ...] = ()):
    """The article of a page that was fetched at NOW."""
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
    article = of_page("\n".join(lines), "flattened")
    assert (article.published, article.modified) == (date, date)


def test_no_date_of_an_outlet_s_selector_is_after_the_fetch(story, text_of):
    layout = OutletLayout(selectors={"published": "i.day", "modified": "b.day"})
    days = (
        "<i class='day'>5 March 2036</i><i class='day'>12 March 2024</i><b class='day'>2036-01-01"
    )
    article = of_page(story(f"<p>{days}</b></p>{text_of(5)}"), layouts=(layout,))
    assert (article.published, article.modified) == (datetime(2024, 3, 12), None)
    assert article.notes == ("selector for modified finds nothing: b.day",)
