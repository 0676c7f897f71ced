"""Hits a day to bars."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.params import SearchParams
from workers.search.timeline import MAX_BARS, asked_days, build_timeline

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


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("flood", None, None),
        ("flood on:2026-02-01..2026-02-28", date(2026, 2, 1), date(2026, 2, 28)),
        ("on:2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("after:2026-02-20", date(2026, 2, 20), date(2026, 3, 2)),
        ("before:2026-02-20", None, date(2026, 2, 19)),
        ("after:7d", date(2026, 2, 23), date(2026, 3, 2)),
        ("on:7d..3d", date(2026, 2, 23), date(2026, 2, 27)),
        ("on:yesterday", date(2026, 3, 1), date(2026, 3, 1)),
        ("on:2026", date(2026, 1, 1), date(2026, 3, 2)),
        ("after:99999y", None, None),
        ("-on:2026-02", None, None),
        ("on:2026-02 OR flood", None, None),
    ],
)
def test_the_range_that_is_asked_for_is_read_from_the_query(query, first, last):
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert asked_days(SearchParams(query=query), now) == (first, last)


def test_the_timeline_covers_the_range_that_was_asked_for():
    line = build_timeline({MONDAY: 3}, (MONDAY - timedelta(days=2), MONDAY + timedelta(days=1)))

    assert [bar.count for bar in line.bars] == [0, 0, 3, 0]
