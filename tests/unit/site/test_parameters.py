"""A search's parameters, as its page's form sends them again."""

from zoneinfo import ZoneInfo

import pytest

from workers.search.params import SearchParams
from workers.site.parameters import chosen_days
from workers.site.zones import in_zone


@pytest.mark.parametrize(
    ("filters", "days"),
    [
        ([("on", "2026-03-02")], ("2026-03-02", "2026-03-02")),
        ([("on", "2026-03..2026-03-07")], ("2026-03-01", "2026-03-07")),
        ([("on", "2026-03-05..2026-03")], ("2026-03-05", "2026-03-31")),
        ([("on", "2026")], ("2026-01-01", "2026-12-31")),
        ([("on", "2026-3-2 .. 2026-3-4")], ("2026-03-02", "2026-03-04")),
        ([("on", "2026-03..")], ("2026-03-01", "")),
        ([("on", "..2026-02")], ("", "2026-02-28")),
        ([("after", "2026-03")], ("2026-03-01", "")),
        ([("before", "2026-03")], ("", "2026-02-28")),
        ([("after", "2026-03-02"), ("before", "2026-03-09")], ("2026-03-02", "2026-03-08")),
        ([("on", "2026-03"), ("before", "2026-03-05")], ("2026-03-01", "2026-03-04")),
        # what no pair of days is: the form sends the filters themselves
        ([("on", "7d")], ("", "")),
        ([("on", "7d..2026-03-02")], ("", "")),
        ([("on", "today")], ("", "")),
        ([("on", "2026-03-02T12:30..2026-03-04")], ("", "")),
        ([("on", "2026-03-02"), ("after", "7d")], ("", "")),
        ([("on", "never")], ("", "")),
        ([("on", "2026-03-07..2026-03-01")], ("", "")),
        ([("changed", "2026-03-02")], ("", "")),
        ([], ("", "")),
    ],
)
def test_the_date_picker_shows_the_days_of_all_filters_of_time(filters, days):
    assert chosen_days(SearchParams(filters=tuple(filters))) == days


@pytest.mark.parametrize("zone", ["Asia/Kathmandu", "Europe/Berlin", "America/Sao_Paulo"])
def test_the_date_picker_shows_the_days_of_the_searchs_zone(zone):
    asked = (("on", "2018-11-04..2026-03-29"),)  # clocks changed on both, on one at midnight

    shown = chosen_days(SearchParams(filters=asked, zone=ZoneInfo(zone)))

    assert shown == ("2018-11-04", "2026-03-29")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/?q=on%3Atoday", "/?q=on%3Atoday&zone=Asia%2FKathmandu"),
        ("/counts?zone=UTC&by=lang", "/counts?by=lang&zone=Asia%2FKathmandu"),
        ("/articles/a", "/articles/a"),
    ],
)
def test_a_page_is_shown_in_another_zone(url, shown):
    assert in_zone(url, ZoneInfo("Asia/Kathmandu")) == shown
