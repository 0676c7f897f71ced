"""Servers of both kinds: the one of most tests, and one with analyzers and filters as newsrooms
have it."""

import os
from collections.abc import Iterator

import pytest

from tests.cleanup import delete_installation
from tests.headlines import HEADLINES, SENTENCES
from tests.integration.indexing import index_stories
from tests.stories import clustered_story
from workers.adapters.elasticsearch.capabilities import probe
from workers.adapters.elasticsearch.client import SearchIndex
from workers.settings import Settings


@pytest.fixture(scope="session", params=["small", "with-analyzers"])
def library(request) -> Iterator[SearchIndex]:
    """An index of all HEADLINES and SENTENCES, on each kind of server; read-only for the tests."""
    is_small = request.param == "small"
    server = "elasticsearch_url" if is_small else "analyzing_elasticsearch_url"
    url = request.getfixturevalue(server)
    prefix = f"test-library-{os.getpid()}-{request.param}"
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=prefix))
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
