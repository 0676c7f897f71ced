"""The date of an announcement stands in for one that the page does not name."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched
from schemas.page import StoredPage
from workers.parse.step import parse

ANNOUNCED = datetime(2026, 2, 27, 9, tzinfo=UTC)
FETCHED = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.gazette.example/news/flood"
TEXT = "<p>The river rose again and the town hall stood under water for many hours, they said.</p>"
PAGE = (
    "<html><head><title>Flood in the valley</title>{}</head><body><article><h1>Flood in the valley"
)
NAMED = '<meta property="article:published_time" content="2026-02-20T08:00:00Z">'


class Shelf:
    def __init__(self, head):
        self._body = f"{PAGE.format(head)} valley</h1>{TEXT * 12}</article></body></html>"

    def read(self, _key):
        return StoredPage(URL, URL, 200, (), self._body.encode(), FETCHED)


@pytest.mark.parametrize(
    ("head", "announced", "published"),
    [
        ("", ANNOUNCED, ANNOUNCED),
        ("", None, None),
        (NAMED, ANNOUNCED, datetime(2026, 2, 20, 8, tzinfo=UTC)),
    ],
)
def test_a_page_without_a_date_has_that_of_its_announcement(head, announced, published):
    fetched = PageFetched(
        page_id="0" * 16,
        outlet="gazette",
        url=URL,
        archive_key="k",
        final_url=URL,
        fetched_at=FETCHED,
        announced_published=announced,
    )
    (parsed,) = parse(fetched, Shelf(head), {})
    assert parsed.article.published == published
