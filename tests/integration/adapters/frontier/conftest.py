"""A moment to count from, and pages to queue."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFound
from workers import urls


@pytest.fixture
def noon():
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def page_at():
    def build(url, priority=5):
        return PageFound(
            page_id=urls.page_id(url),
            outlet="gazette",
            url=url,
            found_in="https://gazette.example/feed",
            priority=priority,
        )

    return build
