"""Days, months and years in the zone of who asks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.query.times import local_day, resolve, start_of_day, time_bounds, time_span
from workers.search.query.zones import UTC_ZONE, find_zone

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "America/Havana", "Asia/Beirut")
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  hypothesis adds the zone


@pytest.mark.parametrize(
    ("zone", "text", "start", "end"),
    [
        ("Europe/Berlin", "2026-03-02", "2026-03-01T23:00", "2026-03-02T23:00"),
        # 23 hours, and 25
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00", "2026-10-25T23:00"),
        ("Europe/Berlin", "2026-03", "2026-02-28T23:00", "2026-03-31T22:00"),
        ("Europe/Berlin", "2026", "2025-12-31T23:00", "2026-12-31T23:00"),
        ("Asia/Kathmandu", "2026-03-02", "2026-03-01T18:15", "2026-03-02T18:15"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
        # clocks went on at midnight, and back at one o'clock
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", "2018-11-05T02:00"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00", "2026-11-02T05:00"),
        # a day that there never was
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00", "2011-12-30T10:00"),
        ("Europe/Berlin", "2026-03-02T12:30", "2026-03-02T11:30", "2026-03-02T11:31"),
    ],
)
def test_a_time_is_one_in_the_zone(zone, text, start, end):
    assert time_span(text, ZoneInfo(zone)) == (f"{start}:00+00:00", f"{end}:00+00:00")


def test_a_time_that_names_its_zone_keeps_it():
    kathmandu = ZoneInfo("Asia/Kathmandu")

    assert time_bounds("after", "2026-03-02T12:30+01:00", kathmandu)[0] == (
        "2026-03-02T12:30:00+01:00"
    )


@pytest.mark.parametrize("text", ["0001", "0001-01-01", "9998-12-31"])
def test_the_ends_of_the_calendar_are_days_in_every_zone(text):
    for zone in ("Asia/Kathmandu", "America/New_York"):
        start, end = time_span(text, ZoneInfo(zone))
        assert datetime.fromisoformat(start) < datetime.fromisoformat(end)


@given(moments, zones)
def test_every_moment_is_within_its_own_day(moment, zone):
    day = local_day(moment, zone)

    assert start_of_day(day, zone) <= moment < start_of_day(day + timedelta(days=1), zone)


@pytest.mark.parametrize(
    ("now", "zone", "today"),
    [
        ("2026-03-02T18:14:59", "Asia/Kathmandu", "2026-03-01T18:15"),
        ("2026-03-02T18:15:00", "Asia/Kathmandu", "2026-03-02T18:15"),
        ("2026-03-29T21:59:59", "Europe/Berlin", "2026-03-28T23:00"),
        ("2026-03-02T18:15:00", "UTC", "2026-03-02T00:00"),
    ],
)
def test_today_begins_at_the_midnight_of_the_zone(now, zone, today):
    at = datetime.fromisoformat(f"{now}+00:00")

    start, end = (resolve(text, at, ZoneInfo(zone)) for text in time_span("today"))

    assert start == datetime.fromisoformat(f"{today}:00+00:00")
    assert end == start_of_day(local_day(at, ZoneInfo(zone)) + timedelta(days=1), ZoneInfo(zone))


def test_the_day_before_a_change_of_clocks_is_whole():
    now, berlin = datetime(2026, 3, 30, 5, tzinfo=UTC), ZoneInfo("Europe/Berlin")

    start, end = (resolve(text, now, berlin) for text in time_span("yesterday"))

    assert (start, end) == (start_of_day(date(2026, 3, 29), berlin),
        start_of_day(date(2026, 3, 30), berlin))  # fmt: skip


@pytest.mark.parametrize("name", ["europe/berlin", " Europe/Berlin ", "America/New York", "utc"])
def test_a_zone_is_found_as_people_write_it(name):
    assert find_zone(name)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "localtime", "Factory"])
def test_what_is_no_zone_is_none(name):
    assert find_zone(name) is None


def test_without_a_zone_days_are_days_in_utc():
    assert time_span("2026-03-02") == time_span("2026-03-02", UTC_ZONE)
    assert time_span("2026-03-02")[0] == "2026-03-02T00:00:00+00:00"


def test_the_day_that_a_zone_left_out_is_an_empty_range_and_no_mistake():
    start, end = time_bounds("on", "2011-12-30..2011-12-30", ZoneInfo("Pacific/Apia"))

    assert start == end
