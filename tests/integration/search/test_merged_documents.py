"""Documents of version 0.1.0 that held two stories, once each story has its own."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.events import ArticleIndexed, PageFetched
from workers import urls
from workers.cli.support.merged_documents import Cleanup, clean_up_merged
from workers.dedupe.identity import document_id, story_keys
from workers.delivery.replay import shared_story_keys
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PREVIEW, REPORT, OTHER = (
    f"https://www.gazette.example/sport/{slug}"
    for slug in ("preview-12345678", "report-12345678", "transfer-87654321")
)


@pytest.fixture
def services(search, clean_redis, redis_url, elasticsearch_url):
    assert clean_redis.dbsize() == 0
    given = Settings(redis_url=redis_url, elasticsearch_url=elasticsearch_url, prefix=search.prefix)
    with Services(given) as services:
        yield services


def page(url, minutes=0):
    return PageFetched(
        page_id=urls.page_id(url),
        outlet="gazette",
        url=url,
        archive_key="key",
        final_url=url,
        fetched_at=NOON + timedelta(minutes=minutes),
    )


def article(services, name, url, text, minutes=0):
    """Index an article as the pipeline does."""
    at = int((NOON + timedelta(minutes=minutes)).timestamp() * 1000)
    fields = {
        "document_id": name, "url": url, "title": text, "body": text, "outlet": "gazette",
        "cluster_id": name, "role": "original", "shared": 1.0, "content_hash": text,
        "fetched_at": NOON.isoformat(), "time": NOON.isoformat(), "versions": [at],
    }  # fmt: skip
    (result,) = services.search.put([(name, at, fields)])
    assert result.state == "done"


def owned(services, url, name):
    event = ArticleIndexed(page_id=urls.page_id(url), outlet="gazette", url=url, document_id=name)
    services.ledger.finish(event, "indexed", NOON, document_id=name)


def test_only_pages_that_one_document_may_hold_together_are_read_again():
    pages = [page(PREVIEW), page(REPORT), page(OTHER), page(f"{OTHER}?utm_source=feed")]

    assert shared_story_keys(pages) == set(story_keys(PREVIEW))


def test_a_document_that_no_page_has_any_more_is_deleted(services):
    (merged,) = story_keys(PREVIEW)
    article(services, merged, REPORT, "report")
    for url in (PREVIEW, REPORT):
        article(services, document_id(url, None), url, url)
        owned(services, url, document_id(url, None))

    done = clean_up_merged(services, [page(PREVIEW), page(REPORT)], frozenset({merged}))

    assert done == Cleanup(documents=1, revisions=0)
    assert services.search.get(merged) is None
    assert services.search.get(document_id(PREVIEW, None))


def test_of_a_document_that_a_page_keeps_only_the_other_story_goes(services):
    (merged,) = story_keys(PREVIEW)
    article(services, merged, PREVIEW, "preview")
    article(services, merged, REPORT, "report", minutes=90)
    owned(services, REPORT, merged)
    owned(services, PREVIEW, document_id(PREVIEW, None))
    services.search.refresh()
    assert len(services.search.revisions(merged)) == 1

    done = clean_up_merged(services, [page(PREVIEW), page(REPORT)], frozenset({merged}))

    services.search.refresh()
    assert done == Cleanup(documents=0, revisions=1)
    assert services.search.revisions(merged) == []
    assert services.search.get(merged)["title"] == "report"


def test_a_page_that_has_not_ended_keeps_the_document(services):
    (merged,) = story_keys(PREVIEW)
    article(services, merged, REPORT, "report")
    owned(services, PREVIEW, document_id(PREVIEW, None))

    done = clean_up_merged(services, [page(PREVIEW), page(REPORT)], frozenset({merged}))

    assert done.documents == 0
    assert services.search.get(merged)
