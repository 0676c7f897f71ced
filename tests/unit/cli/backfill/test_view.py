"""What a person reads of a backfill."""

from datetime import UTC, datetime

from msgspec.structs import replace

from schemas.backfill import BackfillPlan, BackfillReport
from schemas.poll import FailedPart, LeftOut
from workers.cli.backfill.view import describe, describe_rest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = BackfillPlan(
    outlet="gazette", since=datetime(2020, 1, 1, tzinfo=UTC), until=NOON, started=NOON
)
HALF = BackfillReport(
    plan=PLAN,
    state="running",
    sources_read=4,
    sources_left=1,
    sources_failed=1,
    failed=(FailedPart("https://g.example/a.xml", "forbidden", "status 403\x1b[2J"),),
    left_out=(LeftOut("https://g.example/b.xml", 1200, "older"),),
    links=4000,
    waiting=2000,
    known=1000,
    new=1000,
    open=500,
    ends={"indexed": 400, "gone": 100},
    rate=0.5,
)


def test_all_that_is_done_left_and_left_out_is_named():
    assert list(describe(HALF, NOON)) == [
        "gazette: 2020-01-01 to 2026-03-01: running",
        "  sources: 4 read, 1 left, 1 could not be read",
        "  links: 4,000 found: 1,000 new, 1,000 known already, 2,000 wait",
        "  pages: 500 of 1,000 have ended: 400 indexed, 100 gone",
        # 500 are open, of 2,000 that wait and 1,000 in the source that is left half may be new
        (
            "  2,500 pages left, unread sources: 1; 30.0 pages/min; over about "
            "2026-03-01 13:06 UTC, in 1 h 07 min"
        ),
        "  left out: 1,200 older, such as https://g.example/b.xml",
        "  not read: https://g.example/a.xml: forbidden: status 403 [2J",
    ]


def test_what_has_no_rate_has_no_end_and_what_is_over_has_nothing_left():
    for report in (replace(HALF, rate=0.0), replace(HALF, sources_read=0)):
        assert describe_rest(report, NOON).endswith("; no estimate yet")
    assert "the same command goes on" in describe_rest(replace(HALF, state="stopped"), NOON)
    done = replace(HALF, state="finished", finished=NOON, waiting=0, open=0, sources_left=0)
    lines = list(describe(done, NOON))
    assert lines[0].endswith("finished 2026-03-01 12:00 UTC")
    assert not [line for line in lines if "pages left" in line]


def test_a_long_rest_is_told_in_days():
    assert "in 11.6 days" in describe_rest(replace(HALF, rate=0.002), NOON)
