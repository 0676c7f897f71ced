"""What a backfill found waits in a line of its own: everything else is fetched first."""

from datetime import timedelta

import pytest

from schemas.events import PRIORITY_BACKFILL
from workers.adapters.frontier.frontier import Frontier

OLD = PRIORITY_BACKFILL


@pytest.fixture
def frontier(clean_redis):
    return Frontier(clean_redis, "t")


def urls_of(lease):
    return [page.url for page in lease.pages] if lease else []


def test_a_host_with_fresh_pages_is_leased_before_one_that_has_waited_longer(
    frontier, noon, page_at
):
    frontier.add([page_at("https://a.example/old", OLD)], noon)
    frontier.add([page_at("https://b.example/new", 8)], noon + timedelta(seconds=9))
    later = noon + timedelta(seconds=10)
    assert urls_of(frontier.lease(later, "w", 60)) == ["https://b.example/new"]
    assert urls_of(frontier.lease(later, "w", 60)) == ["https://a.example/old"]


def test_fresh_and_old_pages_of_a_host_are_never_in_one_lease(frontier, noon, page_at):
    frontier.add([page_at(f"https://a.example/{n}", OLD) for n in range(3)], noon)
    frontier.add([page_at("https://a.example/new", 5)], noon)
    lease = frontier.lease(noon, "w", 60)
    assert urls_of(lease) == ["https://a.example/new"]
    assert frontier.lease(noon, "w", 60) is None
    frontier.finish(lease.lease, lease.pages[0], noon)
    assert urls_of(frontier.lease(noon, "w", 60))[0] == "https://a.example/0"


def test_old_pages_wait_while_another_host_of_their_site_has_fresh_ones(
    frontier, clean_redis, noon, page_at
):
    clean_redis.hset("t:pace:a.example", mapping={"interval": 0, "most": 4})
    fresh = [page_at(f"https://www.a.example/{n}", 5) for n in range(20)]
    frontier.add([*fresh, page_at("https://archive.a.example/1", OLD)], noon)
    frontier.add([page_at("https://www.a.example/last", 6)], noon)
    assert len(urls_of(frontier.lease(noon, "w", 60))) == 20
    assert frontier.has_fresh("https://archive.a.example/1")
    assert frontier.lease(noon, "w", 60, ["archive.a.example"]) is None

    assert urls_of(frontier.lease(noon, "w", 60)) == ["https://www.a.example/last"]

    assert not frontier.has_fresh("https://archive.a.example/1")
    second = noon + timedelta(seconds=1)
    assert urls_of(frontier.lease(second, "w", 60)) == ["https://archive.a.example/1"]


def test_a_poll_that_finds_an_old_page_moves_it_to_the_fresh_ones(frontier, noon, page_at):
    frontier.add([page_at("https://a.example/1", OLD)], noon)
    assert frontier.add([page_at("https://a.example/1", 3)], noon) == 0
    assert frontier.has_fresh("https://a.example/1")
    (page,) = frontier.lease(noon, "w", 60, without_backfill=True).pages
    assert page.priority == 3


def test_no_old_page_is_leased_while_the_fetch_workers_are_busy(frontier, noon, page_at):
    frontier.add([page_at("https://a.example/1", OLD)], noon)
    assert frontier.lease(noon, "w", 60, without_backfill=True) is None
    assert frontier.lease(noon, "w", 60) is not None


def test_an_old_page_that_failed_or_lost_its_worker_goes_back_to_its_line(frontier, noon, page_at):
    page = page_at("https://a.example/1", OLD)
    frontier.add([page], noon)
    lease = frontier.lease(noon, "w", 10)
    frontier.release(lease.lease, page, 30, noon)
    later = noon + timedelta(seconds=31)
    assert frontier.lease(later, "w", 10, without_backfill=True) is None
    assert frontier.lease(later, "w", 10) is not None
    much_later = noon + timedelta(seconds=99)
    assert frontier.lease(much_later, "w", 10, without_backfill=True) is None
    again = frontier.lease(much_later, "w", 10)
    assert frontier.finish(again.lease, page, much_later)
    assert frontier.depth() | {"pages": 0, "hosts": 0, "backfill_hosts": 0} == frontier.depth()


def test_a_finished_page_no_longer_counts_as_waiting(frontier, noon, page_at):
    page = page_at("https://a.example/1", 5)
    frontier.add([page], noon)
    frontier.finish("", page, noon)
    assert not frontier.has_fresh("https://a.example/2")
