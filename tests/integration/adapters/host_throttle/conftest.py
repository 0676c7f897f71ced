"""A moment to count from."""

from datetime import UTC, datetime

import pytest


@pytest.fixture
def noon():
    return datetime(2026, 3, 1, 12, tzinfo=UTC)
