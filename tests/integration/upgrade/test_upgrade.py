"""What the version before has left in Redis, the index, the archive and the queues goes on.

`version_0_1_0` was recorded by version 0.1.0 itself, on a crawl of the bundled newsrooms that was
stopped with one message of each kind still in its queue: every key of Redis with its type and time
to live, the index templates, indices and documents, the archive and the outlets' files.
"""

import base64
import gzip
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from schemas.article import Article, Block
from schemas.events import ArticleParsed, FeedDue, HostLeased, decode, encode
from tests.cleanup import delete_installation
from workers import urls
from workers.adapters.elasticsearch.migration.plan import plan
from workers.alerts.evaluate import evaluate_saved_searches
from workers.dedupe.identity import document_id
from workers.delivery.batch import run_batch
from workers.delivery.feed_poll import poll_feed
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import StageRunner
from workers.periodic import dispatch
from workers.pipeline import BatchStage, FeedStage, LeaseStage, stage_taking
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

FOLDER = Path(__file__).with_name("version_0_1_0")
RECORD = json.loads(gzip.decompress((FOLDER / "installation.json.gz").read_bytes()))
INDEXED, QUEUED = 21, 3  # documents in the index, and articles in the queues behind fetch
raw = base64.b64decode


class Message:
    """A message of the index queue."""

    def __init__(self, body):
        self.body = body
        self.is_acknowledged = False

    def acknowledge(self):
        self.is_acknowledged = True


class Queues:
    """A broker that keeps what is published until `drain` runs it."""

    def __init__(self, services):
        self.waiting = []
        self.runner = StageRunner(services, lambda _, events: self.waiting.extend(events))

    def run(self, event):
        stage = stage_taking(type(event))
        match stage:
            case FeedStage():
                poll_feed(self.runner, stage, event)
            case LeaseStage():
                fetch_lease(self.runner, stage, event)
            case BatchStage():
                message = Message(json.loads(encode(event)))
                run_batch(self.runner, stage, [message])
                assert message.is_acknowledged
            case _:
                self.runner.run(stage, [event])

    def drain(self):
        while self.waiting:
            self.run(self.waiting.pop(0))


def load_redis(client):
    for key, kind, value, milliseconds in RECORD["redis"]:
        name = raw(key)
        match kind:
            case "string":
                client.set(name, raw(value))
            case "hash":
                client.hset(name, mapping={raw(field): raw(text) for field, text in value})
            case "set":
                client.sadd(name, *map(raw, value))
            case "zset":
                client.zadd(name, {raw(member): score for member, score in value})
            case _:
                raise AssertionError(kind)
        if milliseconds:
            client.pexpire(name, milliseconds)


def load_index(client):
    for each in RECORD["templates"]["component"]:
        client.cluster.put_component_template(name=each["name"], **each["component_template"])
    for each in RECORD["templates"]["index"]:
        client.indices.put_index_template(name=each["name"], body=each["index_template"])
    for name, index in RECORD["indices"].items():
        client.indices.create(
            index=name,
            settings=index["settings"],
            mappings=index["mappings"],
            aliases=index["aliases"],
        )
        for name_in_index, version, source in RECORD["documents"][name]:
            how = {"version": version, "version_type": "external_gte"}
            client.index(index=name, id=name_in_index, document=source, **how)
        client.indices.refresh(index=name)


@pytest.fixture
def services(clean_redis, redis_url, elasticsearch_url, tmp_path):
    """The installation of the version before, in the hands of this one."""
    shutil.copytree(FOLDER / "archive", tmp_path / "archive")
    given = Settings(
        redis_url=redis_url,
        elasticsearch_url=elasticsearch_url,
        prefix="presswire",
        outlets=str(FOLDER / "outlets"),
        archive=str(tmp_path / "archive"),
        allow_networks="127.0.0.0/8",
    )
    load_redis(clean_redis)
    with Services(given) as services:
        load_index(services.search.client)
        yield services
        delete_installation(services.search)


def messages():
    return [decode(body) for _, body in RECORD["messages"]]


def test_the_index_needs_no_migration_and_takes_a_second_bootstrap(services):
    services.search.bootstrap()

    assert not plan(services.search.client, "presswire").is_needed
    assert services.search.count() == INDEXED


def test_every_queued_message_comes_to_its_end(services):
    queues = Queues(services)
    assert {type(event).__name__ for event in messages()} == {
        *("FeedDue", "HostLeased", "PageFetched"),
        *("ArticleParsed", "ArticleClustered", "ClusterChanged"),
    }

    for event in messages():
        queues.run(event)
    queues.drain()

    services.search.refresh()
    assert services.search.count() == INDEXED + QUEUED
    assert services.ledger.counts()["indexed"] == INDEXED + QUEUED
    assert services.ledger.in_flight() == 0
    # nobody answers at the newsrooms' addresses: the feed is polled again, the pages wait
    (due,) = (event for event in messages() if isinstance(event, FeedDue))
    assert services.feed_schedule.state(due.page_id)
    (leased,) = (event for event in messages() if isinstance(event, HostLeased))
    assert "waits to be fetched" in services.frontier.place_of(leased.pages[0].page_id)


def test_a_page_that_was_seen_is_not_queued_again_and_revisits_are_leased(services):
    (leased,) = (event for event in messages() if isinstance(event, HostLeased))
    indexed = next(iter(RECORD["documents"]["presswire-articles-general-g1-000001"]))[2]
    seen = structs.replace(
        leased.pages[0], url=indexed["url"], page_id=urls.page_id(indexed["url"])
    )

    assert services.frontier.add([seen]) == 0
    assert services.ledger.row(seen.page_id).state == "indexed"
    in_a_year = services.now() + timedelta(days=365)
    again = services.frontier.lease(in_a_year, "new", 60)
    assert again is not None
    assert all(page.visits for page in again.pages) or again.pages == leased.pages


def test_a_copy_of_an_article_of_before_joins_its_cluster(services):
    (parsed,) = (event for event in messages() if isinstance(event, ArticleParsed))
    queues = Queues(services)
    for event in messages():
        if isinstance(event, ArticleParsed):
            queues.run(event)
    queues.drain()
    url = "https://www.elsewhere.example/news/the-same-story-4711"
    copy = structs.replace(
        parsed,
        page_id=urls.page_id(url),
        outlet="elsewhere",
        url=url,
        article=structs.replace(parsed.article, url=url, canonical_url=None),
    )

    queues.run(copy)
    queues.drain()

    services.search.refresh()
    first = services.search.search({"query": {"term": {"url": parsed.article.url}}})
    second = services.search.search({"query": {"term": {"url": url}}})
    clusters = {
        hit["_source"]["cluster_id"] for answer in (first, second) for hit in answer["hits"]["hits"]
    }
    assert len(clusters) == 1


def test_a_copy_of_an_article_that_was_indexed_before_joins_its_cluster(services):
    documents = RECORD["documents"]["presswire-articles-general-g1-000001"]
    old = max((source for _, _, source in documents), key=lambda source: source["words"])
    (parsed,) = (event for event in messages() if isinstance(event, ArticleParsed))
    url = "https://www.elsewhere.example/news/told-again-4712"
    blocks = tuple(Block("paragraph", text) for text in old["body"].split("\n\n"))
    copy = structs.replace(
        parsed,
        page_id=urls.page_id(url),
        outlet="elsewhere",
        url=url,
        article=Article(url=url, title="Told again", blocks=blocks),
    )
    queues = Queues(services)

    queues.run(copy)
    queues.drain()

    services.search.refresh()
    answer = services.search.search({"query": {"term": {"url": url}}})
    (hit,) = answer["hits"]["hits"]
    assert hit["_source"]["cluster_id"] == old["cluster_id"]


def test_feeds_keep_their_times_and_the_outlets_their_files(services):
    known = {raw(key): value for key, _, value, _ in RECORD["redis"]}
    before = {raw(member): score for member, score in known[b"presswire:feeds:due"]}
    runner = Queues(services).runner

    assert dispatch.sync_feeds(runner) == len(before)

    after = dict(services.redis.zrange("presswire:feeds:due", 0, -1, withscores=True))
    assert after == before


def test_saved_searches_alert_and_tokens_are_valid(services):
    assert services.tokens.check(RECORD["token"], services.now()) is not None
    (saved,) = services.saved_searches
    assert saved.name == "bridges"

    assert evaluate_saved_searches(services) > 0

    alerts = services.outbox.take(services.now(), 10)
    assert {alert.search_id for alert in alerts} == {saved.id}


def test_a_page_of_before_that_comes_again_keeps_its_document(services):
    (parsed,) = (event for event in messages() if isinstance(event, ArticleParsed))
    indexed = next(
        source
        for _, _, source in RECORD["documents"]["presswire-articles-general-g1-000001"]
        if source["document_id"] != document_id(source["url"], None)
    )
    again = structs.replace(
        parsed,
        page_id=urls.page_id(indexed["url"]),
        outlet=indexed["outlet"],
        url=indexed["url"],
        fetched_at=services.now(),
        article=structs.replace(
            parsed.article,
            url=indexed["url"],
            canonical_url=None,
            blocks=tuple(Block("paragraph", text) for text in indexed["body"].split("\n\n")),
        ),
    )
    queues = Queues(services)

    queues.run(again)
    queues.drain()

    services.search.refresh()
    assert services.search.count() == INDEXED
    assert services.ledger.row(again.page_id).document_id == indexed["document_id"]
