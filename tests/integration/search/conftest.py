"""Servers of both kinds: the one of most tests, and one with analyzers and filters as newsrooms
have it."""

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.cleanup import delete_installation
from tests.headlines import HEADLINES, SENTENCES
from tests.integration.indexing import index_stories
from tests.stories import clustered_story
from workers import clock
from workers.adapters.elasticsearch.capabilities import probe
from workers.adapters.elasticsearch.client import SearchIndex
from workers.settings import Settings


@pytest.fixture(scope="session", params=["small", "with-analyzers"])
def either_server(request) -> tuple[str, str]:
    """The address of each kind of server, and a prefix for an index on it."""
    is_small = request.param == "small"
    server = "elasticsearch_url" if is_small else "analyzing_elasticsearch_url"
    return request.getfixturevalue(server), f"{os.getpid()}-{request.param}"


@pytest.fixture(scope="session")
def library(either_server) -> Iterator[SearchIndex]:
    """An index of all HEADLINES and SENTENCES, on each kind of server; read-only for the tests."""
    url, prefix = either_server
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=f"test-library-{prefix}"))
    search.bootstrap()
    stories = [
        *(
            clustered_story(f"h{number}", title=title, language=language, paragraphs=("…",))
            for number, (language, title) in enumerate(HEADLINES)
        ),
        *(
            clustered_story(name, title=name, language=language, paragraphs=(text,))
            for name, (language, text) in SENTENCES.items()
        ),
    ]
    assert {result.state for result in index_stories(search, stories)} == {"done"}
    yield search
    delete_installation(search)


@pytest.fixture(scope="session")
def has_analyzers(library) -> bool:
    """Whether the server has analyzers and filters beyond the plainest."""
    return "english" in probe(library.client).analyzers


@pytest.fixture(scope="session")
def week(either_server) -> Iterator[SearchIndex]:
    """An index of a story a day, `d0` now and `d9` nine days ago, and of one that is dated ahead;
    on each kind of server, read-only for the tests."""
    url, prefix = either_server
    now = clock.now()
    stories = [
        clustered_story(
            f"d{days}",
            title=f"Ferry number {days} crosses the harbour",
            paragraphs=(f"The ferry crossed on day {days}. Its captain counted the bridges.",),
            outlet=("harbour-post", "weir-gazette")[days % 2],
            site_name=("The Harbour Post", "Weir Gazette")[days % 2],
            section=("Local", "Local News")[days % 2],
            authors=("Ada Quill",) if days % 3 else ("Ada Quill", "Bo Inkwell"),
            language="en-gb" if days == 4 else "en",
            fetched_at=now - timedelta(days=days),
        )
        for days in range(10)
    ]
    ahead = clustered_story(
        "ahead",
        title="Ferry dated ahead",
        paragraphs=("A ferry of tomorrow.",),
        outlet="weir-gazette",
        fetched_at=now - timedelta(hours=5),
        published=now + timedelta(hours=9),
    )
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=f"test-week-{prefix}"))
    search.bootstrap()
    results = index_stories(search, [*stories, ahead])
    assert {result.state for result in results} == {"done"}
    yield search
    delete_installation(search)
