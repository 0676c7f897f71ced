"""Of two addresses of one page, www and m., only the first is fetched, and no story is lost."""

from datetime import timedelta

import pytest

from schemas.events import ArticleIndexed, HostLeased, PageFetched, PageFound, PageRejected
from schemas.reasons import Reason
from workers import urls
from workers.adapters.redis.page_ledger import PageLedger
from workers.delivery import variants as variants_module
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import Result
from workers.delivery.variants import VariantFinder
from workers.exceptions import TryAgain
from workers.fetch.step import FetchResult
from workers.pipeline import LeaseStage, Pool

WWW, MOBILE = (f"https://{host}.gazette.example/news/storm?id=7" for host in ("www", "m"))


def found(url, **fields):
    given = {"page_id": urls.page_id(url), "outlet": "gazette", "url": url, "found_in": "feed"}
    return PageFound(**(given | fields))


@pytest.fixture
def fetch(runner):
    """Lease a page that was found, as the lease's tick does; returns whether it was asked for."""
    asked = []

    def ask(page, _services):
        asked.append(page.url)
        return FetchResult(page, TryAgain("busy"))

    stage = LeaseStage(name="fetch", takes=(HostLeased,), pool=Pool("solo"), run=ask)

    def run(page):
        frontier, now = runner.services.frontier, runner.services.now()
        frontier.add([page], now)
        fetch_lease(runner, stage, frontier.lease(now, "w", 60.0))
        return page.url in asked

    return run


@pytest.fixture
def known(runner):
    """Bring a page to where it is, without a request."""

    def bring(end, url=WWW, outlet="gazette"):
        ids = {"page_id": urls.page_id(url), "outlet": outlet, "url": url}
        page = PageFetched(**ids, archive_key="k", final_url=url, fetched_at=runner.services.now())
        runner.publish(page)
        if end == "indexed":
            runner.dispatch_all([Result(ArticleIndexed(**ids, document_id="d"), page)])
        elif end is not None:
            runner.dispatch_all([Result(PageRejected(**ids, step="parse", reason=end), page)])

    return bring


def test_a_page_whose_variant_is_indexed_is_spared(runner, fetch, known):
    known("indexed")

    assert not fetch(found(MOBILE))

    row = runner.services.ledger.row(urls.page_id(MOBILE))
    assert (row.state, row.detail) == ("variant", f"{WWW} is indexed")
    assert runner.services.frontier.place_of(urls.page_id(MOBILE)) == "fetched"


def test_a_page_whose_variant_is_under_way_waits_for_its_end(runner, fetch, known):
    known(None)

    assert not fetch(found(MOBILE))

    place = runner.services.frontier.place_of(urls.page_id(MOBILE))
    assert place.startswith("waits to be fetched until")
    assert place.endswith(" 0 attempts")


@pytest.mark.parametrize("end", [Reason.FORBIDDEN, Reason.NO_BODY])
def test_a_page_whose_variant_was_rejected_is_fetched(fetch, known, end):
    known(end)

    assert fetch(found(MOBILE))


def test_a_page_that_has_changed_since_its_variant_was_read_is_fetched(runner, fetch, known):
    known("indexed")

    assert fetch(found(MOBILE, modified=runner.services.now() + timedelta(hours=1)))


def test_a_page_that_is_indexed_itself_is_fetched_when_a_person_asks(fetch, known):
    known("indexed")
    known("indexed", MOBILE)

    assert fetch(found(MOBILE))


@pytest.mark.parametrize(
    "other",
    [
        "https://sport.gazette.example/news/storm?id=7",
        "https://www.gazette.example/news/storm?id=8",
        "https://www.courier.example/news/storm?id=7",
    ],
)
def test_another_page_is_no_variant(fetch, known, other):
    known("indexed", other)

    assert fetch(found(MOBILE))


def test_a_page_of_another_outlet_is_no_variant(fetch, known):
    known("indexed", outlet="gazette-mobile")

    assert fetch(found(MOBILE))


class CountingLedger(PageLedger):
    """Counts how often it was asked for rows."""

    asked = 0

    def rows(self, page_ids):
        self.asked += 1
        return super().rows(page_ids)


def test_the_pages_of_a_lease_are_asked_about_together(runner, known):
    known("indexed")
    ledger = CountingLedger(runner.services.redis, "test")
    pages = [found(f"{MOBILE}{number}") for number in range(20)]
    variants = VariantFinder(ledger, [*pages, found(MOBILE)])

    assert [variants.find(page) for page in pages] == [None] * 20
    assert variants.find(found(MOBILE)).url == WWW
    assert ledger.asked == 1


def test_an_answer_grows_old_in_a_slow_lease(runner, known, monkeypatch):
    monkeypatch.setattr(variants_module, "FRESH_SECONDS", 0.0)
    first, second = found(f"{MOBILE}1"), found(MOBILE)
    variants = VariantFinder(runner.services.ledger, [first, second])
    assert variants.find(first) is None

    known("indexed")

    assert variants.find(second).url == WWW
