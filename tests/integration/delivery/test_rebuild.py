"""Redis is empty; archive and index are not."""

import time
from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas.events import ArticleParsed, PageFetched, PageFound
from schemas.page import StoredPage
from tests.integration.indexing import index_stories
from tests.stories import clustered_story
from workers import urls
from workers.adapters.redis.lockstep import run_alone
from workers.adapters.redis.memory_mark import ASK_SECONDS
from workers.cli.support.event_rebuild import rebuild_events
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.record import DocumentMetadata
from workers.delivery.rebuild import restore_pages
from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain
from workers.periodic import dispatch
from workers.periodic.lost_memory import check_memory
from workers.pipeline import stage_taking
from workers.relate.event_assignment import RelatedText, assign_event
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def services(search, clean_redis, redis_url, elasticsearch_url, tmp_path):
    assert clean_redis.dbsize() == 0
    given = Settings(
        redis_url=redis_url,
        elasticsearch_url=elasticsearch_url,
        prefix=search.prefix,
        archive=str(tmp_path / "archive"),
    )
    with Services(given) as made:
        yield made


@pytest.fixture
def archived(services):
    """Archives a page, fetched so long ago; gives its event."""

    def write(name, ago=timedelta(hours=1), status=200):
        url = f"https://gazette.example/news/{name}"
        at = services.now() - ago
        page = StoredPage(url, url, status, (("content-type", "text/html"),), b"<p>.</p>", at)
        key = services.archive.write(page, "gazette")
        return PageFetched(
            page_id=urls.page_id(url),
            outlet="gazette",
            url=url,
            archive_key=key,
            final_url=url,
            fetched_at=at,
        )

    return write


@pytest.fixture
def indexed(services):
    """Puts the document of a page into the index."""

    def put(page, name):
        story = clustered_story(name, fetched_at=page.fetched_at)
        story = replace(story, page_id=page.page_id, url=page.url)
        index_stories(services.search, [story], "us")

    return put


def found(page):
    return PageFound(page_id=page.page_id, outlet="gazette", url=page.url, found_in="feed")


def test_what_is_in_the_index_is_known_again_and_what_is_not_is_told(services, archived, indexed):
    there, refused = archived("there"), archived("refused")
    indexed(there, "doc-there")
    restored = restore_pages(services, services.now())
    assert (restored.records, restored.documents) == (2, 1)
    assert list(restored.unexplained) == [refused.page_id]
    assert restored.unexplained[refused.page_id].archive_key == refused.archive_key
    row = services.ledger.row(there.page_id)
    assert (row.state, row.final, row.document_id) == ("indexed", True, "doc-there")
    assert services.ledger.row(refused.page_id) is None
    assert services.frontier.add([found(there), found(refused)]) == 0


def test_a_page_that_was_fetched_again_since_its_document_is_told(services, archived, indexed):
    first = archived("changed", timedelta(hours=2))
    indexed(first, "doc")
    again = archived("changed", timedelta(hours=1))
    restored = restore_pages(services, services.now())
    assert [page.fetched_at for page in restored.unexplained.values()] == [again.fetched_at]
    StageRunner(services, lambda *_: None).restart(restored.unexplained[again.page_id])
    assert services.ledger.row(again.page_id).state == "parse"


def test_a_document_whose_raw_page_is_pruned_is_known_again(services, archived, indexed):
    page = archived("pruned")
    indexed(page, "doc")
    list(services.archive.prune(services.now() + timedelta(days=1)))
    services.archive.close()
    list(services.archive.prune(services.now() + timedelta(days=1)))
    restored = restore_pages(services, services.now())
    assert (restored.records, restored.documents) == (0, 1)
    assert services.frontier.add([found(page)]) == 0
    assert services.ledger.row(page.page_id).state == "indexed"


def test_from_the_moment_a_rebuild_begins_nobody_registers_anything(services):
    """A worker that has asked within the last second does not know yet."""
    worker, events = services.fingerprints, services.news_events
    text = RelatedText("a", "a", "Fire in Merrow", "24 died.", services.now())
    metadata = DocumentMetadata("a", services.now(), services.now(), "gazette")

    services.memory_mark.begin_rebuild(services.now())

    for work in (assign(metadata, "word", worker), assign_event(text, events, services.now())):
        with pytest.raises(TryAgain, match="lost its memory"):
            run_alone(work)
    assert run_alone(assign(metadata, "word", services.fingerprint_store)).member[1] == "a"
    services.memory_mark.keep(services.now())
    assert run_alone(assign(metadata, "word", worker)).member[1] == "a"


FIRE = (
    "A blaze in a warehouse in Merrow killed 24 people, Mayor Ilse Brandt said of Quillworks.",
    "Ilse Brandt spoke of a dark day of Merrow, after 24 workers of Quillworks died in a blaze.",
)


def test_events_are_made_anew_from_the_index_with_their_labels(services):
    noon = services.now() - timedelta(hours=5)
    stories = [
        clustered_story(name, title="Merrow mourns 24", paragraphs=(text,), fetched_at=at)
        for at, (name, text) in zip(
            (noon, noon + timedelta(hours=1)), zip("ba", FIRE, strict=True), strict=True
        )
    ]
    tram = clustered_story(
        "c", title="Tram for Halvik", paragraphs=("Teles won.",), fetched_at=noon
    )
    index_stories(services.search, [replace(tram, news_event_id="c"), *stories])

    assert rebuild_events(services.search, services.news_event_store, services.now(), 7) == (3, 2)

    services.search.refresh()
    told = {name: services.search.get(name)["event_id"] for name in "abc"}
    assert told == {"a": "b", "b": "b", "c": "c"}
    assert rebuild_events(services.search, services.news_event_store, services.now(), 7) == (3, 0)


def test_an_old_page_counts_as_seen_and_has_no_row_any_more(services, archived):
    old, too_old = archived("old", timedelta(days=60)), archived("ancient", timedelta(days=200))
    restored = restore_pages(services, services.now())
    assert restored.unexplained == {}
    assert services.frontier.add([found(old), found(too_old)]) == 1


def test_a_second_rebuild_changes_nothing_and_takes_nothing_back(services, archived, indexed):
    page = archived("there")
    indexed(page, "doc")
    restore_pages(services, services.now())
    before = services.frontier.depth(), services.ledger.counts()
    later = replace(page, fetched_at=services.now())
    restore_pages(services, services.now())
    assert (services.frontier.depth(), services.ledger.counts()) == before
    services.ledger.mark_queued(later, "parse", services.now())
    restore_pages(services, services.now())
    assert services.ledger.row(page.page_id).state == "parse"


def test_a_new_installation_and_one_of_the_version_before_are_whole(services, archived, indexed):
    assert check_memory(StageRunner(services, lambda *_: None))
    services.redis.delete(f"{services.settings.prefix}:memory")
    indexed(archived("there"), "doc")
    services.redis.set(f"{services.settings.prefix}:dedupe:n", 1)
    with Services(services.settings) as later:
        assert check_memory(StageRunner(later, lambda *_: None))
    assert not services.memory_mark.is_lost()


def test_a_lost_memory_stops_intake_and_clusters_until_it_is_made_anew(services, archived, indexed):
    runner = StageRunner(services, lambda *_: None)
    page = archived("there")
    indexed(page, "doc")
    services.frontier.add([found(archived("other"))])
    assert not check_memory(runner)
    depths = dict.fromkeys(("fetch",), 0)
    assert dispatch.send_leases(runner, depths, "tick") == 0
    with pytest.raises(TryAgain, match="presswire rebuild") as waiting:
        _ = services.fingerprints
    assert not waiting.value.counts_as_attempt
    services.memory_mark.keep(services.now())
    assert run_alone(services.fingerprints.find("doc")) is None
    assert dispatch.send_leases(runner, depths, "tick") == 1
    assert check_memory(runner)


def test_the_memory_is_not_whole_before_a_rebuild_is_done(services):
    runner = StageRunner(services, lambda *_: None)
    services.memory_mark.begin_rebuild(services.now())
    assert services.search.count() <= services.memory_mark.articles_numbered()
    assert not check_memory(runner)
    assert services.memory_mark.is_lost()
    services.memory_mark.keep(services.now())
    assert check_memory(runner)
    assert not services.memory_mark.is_rebuilding()


def test_a_process_that_has_seen_the_memory_notices_its_loss_by_itself(services):
    runner = StageRunner(services, lambda *_: None)
    assert check_memory(runner)
    services.redis.flushdb()
    # an empty index proves nothing: what was lost may not have reached it
    assert not check_memory(runner)
    assert services.memory_mark.is_lost()


def test_a_worker_notices_before_any_tick_and_tells_the_others(services):
    assert check_memory(StageRunner(services, lambda *_: None))
    with Services(services.settings) as worker, Services(services.settings) as other:
        _ = worker.fingerprints
        services.redis.flushdb()
        time.sleep(ASK_SECONDS)
        with pytest.raises(TryAgain):
            _ = worker.fingerprints
        assert other.memory_mark.is_lost()


def test_while_the_index_does_not_answer_nobody_knows_and_intake_waits(services):
    away = Settings(
        redis_url=services.settings.redis_url,
        elasticsearch_url="http://127.0.0.1:9",
        prefix=services.settings.prefix,
    )
    with Services(away) as worker:
        assert not check_memory(StageRunner(worker, lambda *_: None))
    assert services.memory_mark.is_lost()
    assert check_memory(StageRunner(services, lambda *_: None))
    assert not services.memory_mark.is_lost()


def test_dedupe_asks_for_the_whole_memory(services, archived, indexed):
    indexed(archived("there"), "doc")
    check_memory(StageRunner(services, lambda *_: None))
    dedupe = stage_taking(ArticleParsed)
    with pytest.raises(TryAgain):
        dedupe.run(None, services)
