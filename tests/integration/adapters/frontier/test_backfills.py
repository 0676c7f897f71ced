"""A backfill's state on a real Redis: nothing is lost or counted twice, whoever dies when."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.backfill import BackfillPlan, BackfillSource
from schemas.events import PRIORITY_BACKFILL, PageRejected
from schemas.poll import FailedPart, LeftOut
from schemas.reasons import Reason
from workers.adapters.frontier import backfills as module
from workers.adapters.frontier.backfills import Backfills, SourceResult
from workers.adapters.frontier.frontier import Frontier
from workers.adapters.redis.page_ledger import PageLedger

NAME = "gazette"
HOME = "https://gazette.example"
BOUND = 1000


@pytest.fixture
def backfills(clean_redis):
    return Backfills(clean_redis, "t")


@pytest.fixture
def frontier(clean_redis):
    return Frontier(clean_redis, "t", bound=BOUND)


@pytest.fixture
def ledger(clean_redis):
    return PageLedger(clean_redis, "t")


@pytest.fixture
def plan(noon):
    return BackfillPlan(outlet=NAME, since=noon - timedelta(days=99), until=noon, started=noon)


def sitemap(number, date=None):
    return BackfillSource(url=f"{HOME}/{number}.xml", kind="sitemap", date=date)


def counts(report):
    return (report.links, report.waiting, report.known, report.new, report.open, report.done)


def test_sources_are_read_newest_first_files_and_robots_before(backfills, plan, noon):
    dated = [sitemap(n, datetime(2020 + n, 1, 1, tzinfo=UTC)) for n in (1, 3, 2)]
    others = [BackfillSource(url=HOME, kind="robots"), BackfillSource(url="/a.warc", kind="warc")]
    backfills.begin(plan, [*dated, sitemap("undated"), *others], noon)
    found = []
    while source := backfills.claim(NAME, "w", noon)[0]:
        found.append(source.url.removeprefix(HOME))
        backfills.complete(NAME, source, SourceResult())
    assert found == ["/a.warc", "", "/undated.xml", "/3.xml", "/2.xml", "/1.xml"]


def test_a_source_is_read_by_one_walker_until_that_dies(backfills, plan, noon):
    backfills.begin(plan, [sitemap(1)], noon)
    assert backfills.claim(NAME, "first", noon)[0] == sitemap(1)
    assert backfills.claim(NAME, "second", noon) == (None, 1)
    backfills.leave(NAME, "first")
    assert backfills.claim(NAME, "second", noon)[0] == sitemap(1)


def test_of_two_readers_the_first_one_counts(backfills, plan, noon, page_at):
    backfills.begin(plan, [sitemap(1)], noon)
    result = SourceResult(pages=[page_at(f"{HOME}/a", 9)], sources=[sitemap(2), sitemap(1)])
    assert backfills.complete(NAME, sitemap(1), result)
    assert not backfills.complete(NAME, sitemap(1), result)
    report = backfills.report(NAME, noon)
    assert (report.links, report.sources_read, report.sources_left) == (1, 1, 1)


def test_a_source_that_has_to_wait_is_read_when_its_time_has_come(backfills, plan, noon):
    backfills.begin(plan, [sitemap(1)], noon)
    source, _ = backfills.claim(NAME, "w", noon)
    assert not backfills.postpone(NAME, "other", source, noon)
    assert backfills.postpone(NAME, "w", source, noon + timedelta(seconds=60))
    assert backfills.claim(NAME, "w", noon + timedelta(seconds=59)) == (None, 1)
    assert backfills.claim(NAME, "w", noon + timedelta(seconds=61))[0] == source


def test_each_link_is_new_or_known_once(backfills, frontier, ledger, plan, page_at):
    noon = plan.started
    frontier.add([page_at(f"{HOME}/waits", 5)], noon)
    backfills.begin(plan, [sitemap(1), sitemap(2)], noon)
    old = [page_at(f"{HOME}/{n}", PRIORITY_BACKFILL) for n in (1, 2)]
    waiting = page_at(f"{HOME}/waits", PRIORITY_BACKFILL)
    backfills.complete(NAME, sitemap(1), SourceResult(pages=[*old, waiting]))
    backfills.complete(NAME, sitemap(2), SourceResult(pages=[old[0]]))
    assert counts(backfills.report(NAME, noon)) == (4, 4, 0, 0, 0, 0)

    assert backfills.admit(NAME, BOUND, noon) == 4
    assert backfills.admit(NAME, BOUND, noon) == 0

    assert counts(backfills.report(NAME, noon)) == (4, 0, 2, 2, 2, 0)
    assert frontier.depth()["pages"] == 3
    assert backfills.settle(NAME, ledger.row_prefix, noon) == 0


def test_each_end_is_counted_and_after_the_last_the_backfill_is_finished(
    backfills, frontier, ledger, plan, page_at
):
    noon = plan.started
    backfills.begin(plan, [sitemap(1)], noon)
    pages = [page_at(f"{HOME}/{n}", PRIORITY_BACKFILL) for n in range(3)]
    backfills.complete(NAME, sitemap(1), SourceResult(pages=pages))
    backfills.admit(NAME, BOUND, noon)
    lease = frontier.lease(noon, "w", 60)
    gone = PageRejected(
        page_id=pages[0].page_id,
        outlet=NAME,
        url=pages[0].url,
        step="fetch",
        reason=Reason.GONE,
    )
    ledger.finish(gone, "gone", noon, pages[0])
    assert backfills.settle(NAME, ledger.row_prefix, noon) == 0  # it may be asked for again
    ledger.finish(pages[1], "quarantined", noon, pages[1], reason="too_slow")
    for page in lease.pages:
        frontier.finish(lease.lease, page, noon)

    later = noon + timedelta(seconds=10)
    assert backfills.settle(NAME, ledger.row_prefix, later) == 3

    report = backfills.report(NAME, later)
    assert report.ends == {"gone": 1, "quarantined: too_slow": 1, "forgotten": 1}
    assert (report.state, report.finished, report.rate) == ("finished", later, 0.3)
    assert backfills.running() == []


def test_what_waits_stays_at_the_frontiers_bound(backfills, frontier, plan, noon, page_at):
    backfills.begin(plan, [sitemap(1)], noon)
    pages = [page_at(f"{HOME}/{n}", PRIORITY_BACKFILL) for n in range(5)]
    backfills.complete(NAME, sitemap(1), SourceResult(pages=pages))
    assert backfills.admit(NAME, 3, noon) == 3
    assert backfills.admit(NAME, 3, noon) == 0
    assert backfills.waiting(NAME) == 2
    assert frontier.depth()["pages"] == 3


def test_no_more_pages_are_open_than_may_be(backfills, plan, noon, page_at, monkeypatch):
    monkeypatch.setattr(module, "MAX_OPEN", 3)
    backfills.begin(plan, [sitemap(1)], noon)
    pages = [page_at(f"{HOME}/{n}", PRIORITY_BACKFILL) for n in range(5)]
    backfills.complete(NAME, sitemap(1), SourceResult(pages=pages))
    assert [backfills.admit(NAME, BOUND, noon) for _ in range(2)] == [3, 0]


def test_a_stopped_backfill_stands_still_and_goes_on_with_what_failed(
    backfills, plan, noon, page_at
):
    backfills.begin(plan, [sitemap(1), sitemap(2)], noon)
    failure = FailedPart(sitemap(1).url, "forbidden", "status 403")
    backfills.complete(NAME, sitemap(1), SourceResult(failure=failure))
    found = SourceResult(
        pages=[page_at(f"{HOME}/a", 9)],
        left_out=[LeftOut(HOME, 7, "older"), LeftOut("", 2, "older")],
    )
    backfills.complete(NAME, sitemap(2), found)
    assert backfills.stop(NAME)
    assert not backfills.stop(NAME)
    assert backfills.claim(NAME, "w", noon) == (None, 0)
    assert backfills.admit(NAME, BOUND, noon) == 0
    report = backfills.report(NAME, noon)
    assert (report.state, report.failed, report.sources_read) == ("stopped", (failure,), 2)
    assert report.left_out == (LeftOut(HOME, 9, "older"),)

    assert backfills.has_new(NAME, [sitemap(1), sitemap(3)])
    assert not backfills.has_new(NAME, [sitemap(1), sitemap(2)])
    assert backfills.resume(plan, [sitemap(1), sitemap(3)], noon) == 1

    assert backfills.claim(NAME, "w", noon)[0] in {sitemap(1), sitemap(3)}
    assert backfills.admit(NAME, BOUND, noon) == 1
    report = backfills.report(NAME, noon)
    assert (report.failed, report.sources_read, report.sources_left) == ((), 1, 2)


def test_a_backfill_that_is_begun_anew_forgets_the_one_before(backfills, plan, noon, page_at):
    backfills.begin(plan, [sitemap(1)], noon)
    backfills.complete(NAME, sitemap(1), SourceResult(pages=[page_at(f"{HOME}/a", 9)]))
    backfills.begin(plan, [sitemap(1)], noon)
    report = backfills.report(NAME, noon)
    assert (report.links, report.waiting, report.sources_left) == (0, 0, 1)
    assert (backfills.all(), backfills.running()) == ([NAME], [NAME])
    assert backfills.report("other", noon) is None


def test_the_number_of_sources_is_bounded_and_what_is_beyond_counted(
    backfills, clean_redis, plan, noon
):
    backfills.begin(plan, [sitemap(1)], noon)
    clean_redis.sadd(f"t:backfill:{NAME}:known", *(f"{n}" for n in range(100_000)))
    backfills.complete(NAME, sitemap(1), SourceResult(sources=[sitemap(2), sitemap(3)]))
    (left,) = backfills.report(NAME, noon).left_out
    assert (left.number, left.url) == (2, sitemap(2).url)
