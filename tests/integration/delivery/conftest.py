"""Deliveries with steps of the tests' own: real Redis, and a broker that is a list."""

import itertools

import pytest

from schemas.article import Article
from schemas.events import ArticleClustered, PageFetched
from workers.delivery.runner import StageRunner
from workers.pipeline import BatchStage, Pool, StreamStage
from workers.services import Services
from workers.settings import Settings

_numbers = itertools.count(1)


@pytest.fixture
def make_tools(clean_redis, redis_url, tmp_path):
    assert clean_redis.dbsize() == 0
    made = []

    def make(**settings):
        given = Settings(
            redis_url=redis_url, prefix="test", archive=str(tmp_path / "archive"), **settings
        )
        made.append(Services(given))
        return made[-1]

    yield make
    for services in made:
        services.redis.close()


@pytest.fixture
def sent():
    """What was handed to the broker: (step, event)."""
    return []


@pytest.fixture
def runner(make_tools, sent):
    return StageRunner(make_tools(max_attempts=3), lambda step, event: sent.append((step, event)))


@pytest.fixture
def fetched(runner):
    def build(**fields):
        number = next(_numbers)
        url = f"https://gazette.example/{number}"
        given = {
            "page_id": f"{number:016x}",
            "outlet": "gazette",
            "url": url,
            "archive_key": f"2026-03-01/a.warc.gz:{number}:10",
            "final_url": url,
            "fetched_at": runner.services.now(),
        }
        return PageFetched(**(given | fields))

    return build


@pytest.fixture
def judged(fetched):
    def build(title="A title"):
        page = fetched()
        return ArticleClustered(
            page_id=page.page_id,
            outlet=page.outlet,
            url=page.url,
            archive_key=page.archive_key,
            fetched_at=page.fetched_at,
            article=Article(url=page.url, title=title, blocks=()),
            document_id=page.page_id,
            cluster_id=page.page_id,
        )

    return build


@pytest.fixture
def stage_of():
    """A stage that does what the function says."""

    def build(run, name="parse", takes=PageFetched):
        return StreamStage(
            name=name, takes=(takes,), pool=Pool("solo"), run=lambda event, _services: run(event)
        )

    return build


@pytest.fixture
def batch_stage_of():
    """A stage that does with many events what the function says."""

    def build(run):
        return BatchStage(
            name="index",
            takes=(ArticleClustered,),
            pool=Pool("solo"),
            run=lambda events, _services: run(events),
        )

    return build
