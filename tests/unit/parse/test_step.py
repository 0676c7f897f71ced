"""The parse stage: what it takes over from how a page was announced."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.step import parse

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "The storm that reached the coast on Monday has cut off power for a hundred villages. " * 6
PAGE = f"<html><body><article><h1>Storm hits the coast</h1><p>{TEXT}</p></article></body></html>"
ANNOUNCED = datetime(2026, 2, 27, 9, tzinfo=UTC)
NAMED = '<meta property="article:published_time" content="2026-02-20T08:00:00Z">'
UNTITLED = PAGE.replace("<h1>Storm hits the coast</h1>", "")
STORY = "https://www.gazette.example/news/storm"


class Archive:
    def __init__(self, url, body):
        self._page = StoredPage(url, url, 200, (), body.encode(), NOON)

    def read(self, _key):
        return self._page


def parse_page(url, body=PAGE, **announced):
    fetched = PageFetched(
        page_id="p", outlet="gazette", url=url, archive_key="k", final_url=url, fetched_at=NOON,
        **announced,
    )  # fmt: skip
    (event,) = parse(fetched, Archive(url, body), {})
    return event


@pytest.mark.parametrize(
    ("announced", "shown"),
    [
        (f"{STORY}?utm_source=rss&utm_medium=feed", STORY),
        (f"{STORY}?b=2&CMP=x&a=1", f"{STORY}?b=2&a=1"),
        (f"{STORY}?utm_source=rss#!/story/1", f"{STORY}#!/story/1"),
        (f"{STORY}?12345", f"{STORY}?12345"),
        (f"{STORY}?id=%C3%BC+x", f"{STORY}?id=%C3%BC+x"),
    ],
)
def test_an_article_is_shown_under_its_address_without_tracking_parameters(announced, shown):
    assert parse_page(announced).article.url == shown
    assert parse_page(announced).url == announced


@pytest.mark.parametrize(
    ("head", "announced", "published"),
    [
        ("", ANNOUNCED, ANNOUNCED),
        ("", None, None),
        (NAMED, ANNOUNCED, datetime(2026, 2, 20, 8, tzinfo=UTC)),
    ],
)
def test_a_page_without_a_date_has_that_of_its_announcement(head, announced, published):
    page = PAGE.replace("<html>", f"<html><head>{head}</head>")

    assert parse_page(STORY, page, announced_published=announced).article.published == published


@pytest.mark.parametrize(
    ("page", "title"),
    [
        (PAGE, "Storm hits the coast"),
        (UNTITLED, "Storm & flood"),
    ],
)
def test_a_page_without_a_headline_has_that_of_its_announcement(page, title):
    announced = "<b>Storm</b> &amp; flood"

    assert parse_page(STORY, page, announced_title=announced).article.title == title


@pytest.mark.parametrize("announced", ["", "<b> </b>"])
def test_without_any_headline_a_page_ends(announced):
    with pytest.raises(PermanentFailure) as raised:
        parse_page(STORY, UNTITLED, announced_title=announced)
    assert raised.value.reason is Reason.NO_TITLE
