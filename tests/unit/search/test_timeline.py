"""Hits a day to bars."""

import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from workers.search.timeline import MAX_BARS, build_timeline

MONDAY = date(2026, 3, 2)


def test_no_hits_make_no_bars():
    assert build_timeline({}).bars == ()


def test_days_without_hits_have_a_bar_of_nothing():
    line = build_timeline({MONDAY: 3, MONDAY + timedelta(days=2): 1})

    assert [bar.count for bar in line.bars] == [3, 0, 1]


def test_half_a_year_is_shown_in_weeks_that_begin_on_monday():
    line = build_timeline({MONDAY + timedelta(days=2): 1, MONDAY + timedelta(days=180): 1})

    assert line.unit == "week"
    assert (line.bars[0].start, line.bars[0].end) == ("2026-03-02", "2026-03-08")


def test_ten_years_are_shown_in_years_and_four_in_months():
    assert build_timeline({date(2016, 1, 1): 1, MONDAY: 1}).unit == "year"
    assert build_timeline({date(2022, 5, 1): 1, MONDAY: 1}).unit == "month"


@given(st.dictionaries(st.dates(), st.integers(1, 99), min_size=1, max_size=40))
def test_every_hit_is_in_one_bar_and_the_bars_have_no_gaps(days):
    bars = build_timeline(days).bars

    assert sum(bar.count for bar in bars) == sum(days.values())
    assert len(bars) <= MAX_BARS
    for bar, following in itertools.pairwise(bars):
        begins = date.fromisoformat(bar.end) + timedelta(days=1)
        assert following.start == begins.isoformat()
