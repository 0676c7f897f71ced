"""A search's parameters, as its page's form sends them again."""

import pytest

from workers.search.params import SearchParams
from workers.site.parameters import chosen_days


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
