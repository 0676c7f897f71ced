"""Dates of feeds and sitemaps, as they are written in the wild."""

from datetime import UTC, datetime

import pytest

from tests.unit.discover.samples import FEED, HOME, RSS
from workers.discover import feeds
from workers.discover.dates import read_date

DATES = {
    "Sun, 01 Mar 2026 12:00:00 CET": "2026-03-01T11:00",
    "Wed, 01 Jul 2026 12:00:00 CEST": "2026-07-01T10:00",
    "Sun, 01 Mar 2026 12:00:00 AEST": "2026-03-01T02:00",
    "Sun, 01 Mar 2026 12:00:00 (JST)": "2026-03-01T03:00",
    "Sun, 01 Mar 2026 12:00:00 America/New_York": "2026-03-01T17:00",
    "Wed, 01 Jul 2026 12:00:00 America/New_York": "2026-07-01T16:00",
    "2026-03-01T12:00:00 Europe/Berlin": "2026-03-01T11:00",
    "2026-03-01 12:00:00 IST": "2026-03-01T06:30",
    "Sun, 01 Mar 2026 12:00:00 GMT+2": "2026-03-01T10:00",
    "Sun, 01 Mar 2026 12:00:00 UTC-05:30": "2026-03-01T17:30",
    "Sun Mar  1 12:00:00 CET 2026": "2026-03-01T11:00",
    "1772362800": "2026-03-01T11:00",
    "1772362800000": "2026-03-01T11:00",
    "20260301120000": "2026-03-01T12:00",
    "Sun, 01 Mar 2026 12:00:00 EST": "2026-03-01T17:00",
    "Sun, 01 Mar 2026 12:00:00 GMT": "2026-03-01T12:00",
    "2026-03-01T12:00:00+01:00": "2026-03-01T11:00",
    "2026-03-01T12:00:00Z": "2026-03-01T12:00",
}


@pytest.mark.parametrize("text", DATES)
def test_a_date_is_read_in_the_zone_that_it_names(text):
    expected = datetime.fromisoformat(DATES[text]).replace(tzinfo=UTC)
    assert read_date(text) == expected
    item = f"<item><link>{HOME}a</link><pubDate>{text}</pubDate></item>"
    assert feeds.read_feed(RSS.format(item).encode(), {}, FEED).links[0].published == expected


@pytest.mark.parametrize("text", ["", "yesterday", "99999999999999", "1" * 100, "2026-13-45T99:99"])
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None
