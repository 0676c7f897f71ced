"""The store of news events on a real server, and articles to relate."""

import pytest

from workers.adapters.news_events.store import NewsEventStore

WINDOW_DAYS = 7


@pytest.fixture
def store(clean_redis):
    """An empty store."""
    return NewsEventStore(clean_redis, "t", WINDOW_DAYS)
