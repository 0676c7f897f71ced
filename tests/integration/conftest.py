"""An Elasticsearch index of its own for each test, on a real server."""

import itertools
import os
from collections.abc import Callable
from datetime import timedelta

import pytest

from schemas.article import Image, Related
from schemas.events import ArticleClustered, Role
from tests.cleanup import delete_installation
from tests.integration.indexing import index_stories
from tests.stories import NOON, clustered_story
from workers.adapters.elasticsearch.client import SearchIndex
from workers.settings import Settings

_numbers = itertools.count()


@pytest.fixture
def new_search(elasticsearch_url):
    """Makes a client of an empty index; all of them are deleted after the test."""
    made = []

    def make(**settings) -> SearchIndex:
        prefix = f"test-{os.getpid()}-{next(_numbers)}"
        given = {"elasticsearch_url": elasticsearch_url, "prefix": prefix, **settings}
        made.append(SearchIndex(Settings(**given)))
        return made[-1]

    yield make
    for search in reversed(made):
        delete_installation(search)


@pytest.fixture
def search(new_search) -> SearchIndex:
    """An empty index that is ready."""
    made = new_search()
    made.bootstrap()
    return made


@pytest.fixture
def put(search: SearchIndex) -> Callable[..., list]:
    """Puts clustered stories into the index and waits until they can be found."""

    def put_all(*stories: ArticleClustered, country: str = "us"):
        return index_stories(search, stories, country)

    return put_all


@pytest.fixture
def story() -> Callable[..., ArticleClustered]:
    """Makes a clustered story."""
    return clustered_story


@pytest.fixture
def newsroom(put) -> None:
    """A small day of news: two outlets, one reprinted story, one that was corrected."""
    put(
        clustered_story(
            "river",
            title="River rises in Eastmarch",
            paragraphs=("The river rose by two metres overnight.", "Bridges were closed."),
            authors=("Ada Quill",),
            section="Local",
            cluster="river",
            images=(Image("https://eastmarch-courier.example/r.jpg", "Water at the old mill"),),
            related=(Related("Mill to be rebuilt", "https://eastmarch-courier.example/mill"),),
        ),
        clustered_story(
            "river-again",
            title="Eastmarch river rises",
            paragraphs=("The river rose by two metres overnight.", "Schools were closed."),
            outlet="northpoint-post",
            cluster="river",
            role=Role.REPRINT,
            overlap=0.9,
            source="Eastmarch Courier",
            fetched_at=NOON + timedelta(hours=2),
        ),
        clustered_story(
            "budget",
            title="Council passes budget",
            paragraphs=("The council passed its budget by nine votes to four.",),
            authors=("Bo Inkwell", "Ada Quill"),
            section="Politics",
            fetched_at=NOON + timedelta(days=1),
        ),
        clustered_story(
            "haushalt",
            title="Stadtrat beschließt Haushalt",
            paragraphs=("Der Stadtrat hat den Haushalt beschlossen.",),
            outlet="weserblatt",
            language="de",
            fetched_at=NOON + timedelta(days=2),
        ),
    )
