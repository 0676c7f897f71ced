"""What is of the time that a backfill asks for."""

from datetime import UTC, datetime

import pytest

from workers.discover.history.window import NEWER, OLDER, HistoryWindow, period_in_address
from workers.discover.links import Link

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HOME = "https://www.gazette.example"


def day(year, month=1, number=1):
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "first", "end"),
    [
        ("/2019/03/04/flood", day(2019, 3, 4), day(2019, 3, 5)),
        ("/2019/3/flood", day(2019, 3), day(2019, 4)),
        ("/news/flood-2019-12-31.html", day(2019, 12, 31), day(2020)),
        ("/news/20190304-flood", day(2019, 3, 4), day(2019, 3, 5)),
        ("/sitemap-2019-03.xml", day(2019, 3), day(2019, 4)),
        ("/sitemaps/2019.xml.gz", day(2019), day(2020)),
        ("/sitemap.xml?yyyy=2019&mm=12&dd=05", day(2019, 12, 5), day(2019, 12, 6)),
        ("/sitemap.xml?yyyy=2019", day(2019), day(2020)),
    ],
)
def test_the_time_in_an_address_is_read(path, first, end):
    assert period_in_address(HOME + path, NOW) == (first, end)


@pytest.mark.parametrize(
    "path",
    [
        "/news/budget-2019-2020",
        "/news/figures-of-2019-12",
        "/news/story-12019033",
        "/news/1812/05/06/war",
        "/2031/01/01/later",
        "/news/flood",
        "/sitemap-1.xml",
    ],
)
def test_what_is_no_date_is_read_as_none(path):
    assert period_in_address(HOME + path, NOW) is None


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (Link(f"{HOME}/2019/12/30/a"), OLDER),
        # perhaps the next day elsewhere
        (Link(f"{HOME}/2019/12/31/a"), ""),
        (Link(f"{HOME}/a", modified=day(2019, 12, 31)), OLDER),
        (Link(f"{HOME}/a", modified=day(2020)), ""),
        # written in 2018, touched by a new design
        (Link(f"{HOME}/2018/01/01/a", modified=day(2025)), OLDER),
        (Link(f"{HOME}/2022/01/03/a"), NEWER),
        (Link(f"{HOME}/a", title="A", published=day(2022)), NEWER),
        # the only date of a sitemap's entry is that of its last change
        (Link(f"{HOME}/a", published=day(2022)), ""),
        (Link(f"{HOME}/a"), ""),
    ],
)
def test_a_link_is_left_if_its_dates_are_all_outside(link, reason):
    assert HistoryWindow(day(2020), day(2022)).reason_to_leave(link) == reason
