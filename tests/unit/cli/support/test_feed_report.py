"""What the polls of feeds have brought, told to people."""

from datetime import UTC, datetime

from schemas.events import FeedDue
from schemas.poll import FailedPart, LeftOut, PollReport
from workers.cli.support import feed_report

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
FOREIGN = "https://x.example/a"
PART = "https://gazette.example/2.xml (forbidden: status 403)"


def feed(name, outlet="gazette", **fields):
    url = f"https://{outlet}.example/{name}"
    report = PollReport(**{"at": AT, "parts_read": 1} | fields) if fields else None
    return FeedDue(page_id="0" * 16, outlet=outlet, url=url), report


FEEDS = [
    feed("new"),
    feed("good", own=3),
    feed("foreign", "herald", foreign=4, foreign_example=FOREIGN),
    feed("empty", fruitless_polls=3),
    feed("few", own=2, usual_own=20.0),
    feed("gone", failure="not_found: status 404"),
    feed(
        "half",
        own=9,
        number_failed=2,
        failed=(FailedPart("https://gazette.example/2.xml", "forbidden", "status 403"),),
        left_out=(LeftOut("https://gazette.example/half", 12_000, "more than are read at once"),),
    ),
]


def test_feeds_are_counted_by_what_is_wrong():
    assert feed_report.count_feeds(FEEDS) == {
        "not_polled": 1,
        "fine": 1,
        "foreign_only": 1,
        "empty": 1,
        "below_habit": 1,
        "failed": 1,
        "parts_failed": 1,
    }


def test_each_feed_in_trouble_has_a_line():
    assert list(feed_report.describe_troubles(FEEDS)) == [
        "gazette: https://gazette.example/empty: no link of its own was found, 3 polls in a row",
        "gazette: https://gazette.example/few: 2 links of its own were found, usually 20",
        "gazette: https://gazette.example/gone: the last poll failed: not_found: status 404",
        f"gazette: https://gazette.example/half: 2 parts could not be read, such as {PART}",
        f"herald: https://herald.example/foreign: all 4 links are foreign, such as {FOREIGN}",
    ]


def test_a_poll_is_described_with_what_it_left_out():
    text = "\n".join(feed_report.describe_poll(*FEEDS[-1]))
    assert "9 own" in text
    assert "not read: https://gazette.example/2.xml: forbidden" in text
    assert "left out: 12,000 at https://gazette.example/half" in text
    assert list(feed_report.describe_poll(*FEEDS[0])) == [
        "feed https://gazette.example/new: not polled yet"
    ]
