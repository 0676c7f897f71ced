"""What `presswire trace` tells of a page, on a real Redis and without an index."""

from datetime import timedelta

from schemas.events import ArticleIndexed, PageFetched, PageFound
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers import urls
from workers.cli.overview.life import tell
from workers.delivery.runner import Result

URL = "https://gazette.example/2026/03/01/bridge-is-closed"
IDS = {"page_id": urls.page_id(URL), "outlet": "gazette", "url": URL}
FOUND = PageFound(**IDS, found_in="https://gazette.example/feed", priority=3)


def fetched(services):
    page = StoredPage(URL, URL + "?a", 200, (), b"<p>x", services.now())
    key = services.archive.write(page, "gazette")
    return PageFetched(**IDS, archive_key=key, final_url=page.final_url, fetched_at=page.fetched_at)


def test_nothing_is_told_of_a_page_that_was_never_seen(runner):
    assert tell(runner.services, IDS["page_id"]) == []


def test_a_page_that_waits_says_where_it_was_found_and_until_when(runner):
    services = runner.services
    services.frontier.add([FOUND])
    services.frontier.reschedule(FOUND, services.now() + timedelta(hours=1))
    told = dict(tell(services, IDS["page_id"]))
    assert told["found in"] == "https://gazette.example/feed, priority 3"
    assert told["frontier"].startswith("waits to be fetched")


def test_a_page_under_way_says_how_it_was_fetched_and_where_it_is(runner):
    event = fetched(runner.services)
    runner.publish(event)
    told = dict(tell(runner.services, IDS["page_id"]))
    assert told["state"] == "under way: parse"
    assert told["archive key"] == event.archive_key
    assert "status 200, 4 bytes" in told["fetched"]
    assert told["redirected to"] == URL + "?a"


def test_a_failure_says_where_it_is_kept(runner):
    runner.quarantine("fetch", FOUND, Reason.TOO_SLOW, "50 s", 5)
    lines = tell(runner.services, IDS["page_id"])
    told = dict(lines)
    assert told["state"] == "quarantined"
    assert told["found in"].startswith("https://gazette.example/feed")
    assert f"presswire quarantine show {IDS['page_id']}.fetch" in told["kept failure"]


def test_an_index_that_is_away_costs_only_its_part(runner):
    event = fetched(runner.services)
    runner.publish(event)
    runner.dispatch_all([Result(ArticleIndexed(**IDS, document_id="abc"), event)])
    told = dict(tell(runner.services, IDS["page_id"]))
    assert told["state"] == "indexed"
    assert told["document"].startswith("not known now: Elasticsearch")
