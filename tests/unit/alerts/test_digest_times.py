"""When digests are due: by their reader's clock, through every change of it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.saved_search import Digest
from workers.alerts.digest_times import last_due


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_moments(digest, first, days):
    """All moments that a look every half hour finds."""
    looks = (first + timedelta(minutes=30 * number) for number in range(48 * days))
    return sorted({last_due(digest, now) for now in looks if last_due(digest, now) >= first})


@pytest.mark.parametrize(
    ("zone", "hour", "day", "due"),
    [
        ("Europe/Berlin", 7, "2026-01-15", "2026-01-15T06:00"),
        ("Europe/Berlin", 7, "2026-07-15", "2026-07-15T05:00"),
        ("Europe/Berlin", 2, "2026-03-29", "2026-03-29T01:00"),  # no 2:00 that day: 3:00 it is
        ("Europe/Berlin", 2, "2026-10-25", "2026-10-25T00:00"),  # two of them: the first
        ("America/New_York", 2, "2026-03-08", "2026-03-08T07:00"),
        ("America/New_York", 1, "2026-11-01", "2026-11-01T05:00"),
        ("Australia/Lord_Howe", 2, "2026-10-04", "2026-10-03T15:30"),  # half an hour is left out
        ("Africa/Cairo", 0, "2026-04-24", "2026-04-23T22:00"),  # no midnight: 1:00 it is
        ("Asia/Kathmandu", 7, "2026-03-02", "2026-03-02T01:15"),
    ],
)
def test_the_hour_is_the_readers_on_the_day_that_clocks_change_too(zone, hour, day, due):
    digest = Digest(hour, zone)

    assert last_due(digest, utc(f"{due}:00")) == utc(f"{due}:00")
    assert last_due(digest, utc(f"{due}:00") - timedelta(seconds=1)) < utc(f"{due}:00")
    assert utc(f"{due}:00").astimezone(ZoneInfo(zone)).date() == date.fromisoformat(day)


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/Berlin", "2026-03-20T12:00"),
        ("Europe/Berlin", "2026-10-16T12:00"),
        ("America/New_York", "2026-03-01T12:00"),
        ("Australia/Lord_Howe", "2026-03-27T12:00"),
        ("Africa/Cairo", "2026-04-15T12:00"),
        ("America/Santiago", "2026-09-01T12:00"),
    ],
)
def test_every_day_has_one_digest_around_a_change_of_clocks(zone, first, hour):
    moments = due_moments(Digest(hour, zone), utc(f"{first}:00"), 15)

    days = [moment.astimezone(ZoneInfo(zone)).date() for moment in moments]
    assert len(days) >= 14
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


def test_a_day_that_a_clock_leaves_out_has_no_digest_of_its_own():
    moments = due_moments(Digest(7, "Pacific/Apia"), utc("2011-12-27T00:00:00"), 6)

    days = [moment.astimezone(ZoneInfo("Pacific/Apia")).day for moment in moments]
    assert days == [27, 28, 29, 31, 1, 2]


def test_a_weekly_digest_comes_on_its_day():
    moments = due_moments(Digest(6, "Europe/Berlin", weekday=0), utc("2026-03-15T00:00:00"), 30)

    local = [moment.astimezone(ZoneInfo("Europe/Berlin")) for moment in moments]
    assert [(each.day, each.hour, each.weekday()) for each in local] == [
        (16, 6, 0),
        (23, 6, 0),
        (30, 6, 0),  # the clocks changed the day before
        (6, 6, 0),
        (13, 6, 0),
    ]


@given(
    now=st.datetimes(datetime(1990, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Apia", "Asia/Tehran", "America/Lima"]),
    hour=st.integers(0, 23),
    weekday=st.none() | st.integers(0, 6),
)
def test_a_digest_was_due_within_its_period_and_never_later_than_now(now, zone, hour, weekday):
    due = last_due(Digest(hour, zone, weekday), now)

    period = timedelta(days=1 if weekday is None else 7)
    assert due <= now < due + period + timedelta(days=1, hours=2)
