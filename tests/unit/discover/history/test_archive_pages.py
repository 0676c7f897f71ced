"""Archive pages by their patterns, and how they are continued."""

from datetime import UTC, datetime

import pytest

from workers.discover.history.archive_pages import expand, find_next_page
from workers.discover.history.window import HistoryWindow

HOME = "https://www.gazette.example"
WINDOW = HistoryWindow(datetime(2019, 12, 30, tzinfo=UTC), datetime(2020, 2, 2, tzinfo=UTC))


def paths(pattern, window=WINDOW):
    return [url.removeprefix(HOME) for url, _ in expand(HOME + pattern, window)]


def test_each_day_has_a_page_the_newest_first():
    found = paths("/archive/{year}/{month}/{day}")
    assert (found[0], found[-1], len(found)) == (
        "/archive/2020/02/01",
        "/archive/2019/12/30",
        34,
    )


def test_each_month_or_year_has_one_page():
    assert paths("/{year}-{month}") == ["/2020-02", "/2020-01", "/2019-12"]
    assert paths("/a?y={year}&m={month_number}")[1:] == ["/a?y=2020&m=1", "/a?y=2019&m=12"]
    assert paths("/{year}/") == ["/2020/", "/2019/"]
    assert paths("/all") == ["/all"]


@pytest.mark.parametrize(
    ("html", "path"),
    [
        ('<link rel="next" href="/archive/2020/01?page=2">', "/archive/2020/01?page=2"),
        ('<a rel="nofollow next" href="page/2/">x</a>', "/archive/2020/page/2/"),
        ('<a href="?page=2">Next »</a>', "/archive/2020/01?page=2"),
        ('<a href="?page=2">nächste Seite</a>', "/archive/2020/01?page=2"),
        ('<a class="btn-next" href="?p=2"><i></i></a>', "/archive/2020/01?p=2"),
        ('<a href="?page=1">1</a><a href="?page=2">2</a>', "/archive/2020/01?page=2"),
        ('<a href="/archive/2020/01/page/2">2</a>', "/archive/2020/01/page/2"),
        ('<a href="/archive/2019/12/page/2">2</a>', ""),
        ('<a href="https://other.example/?page=2">Next</a>', ""),
        ('<a href="/news/next-steps">Next</a>', ""),
        ('<a href="?page=3">3</a>', ""),
        ('<a href="http://[bad?page=2">Next</a>', ""),
    ],
)
def test_the_page_that_goes_on_is_found(html, path):
    found = find_next_page(html, f"{HOME}/archive/2020/01", 1)
    assert found.removeprefix(HOME) == path
