"""Events under way."""

from datetime import UTC, datetime

import pytest

from schemas.events import PageFetched

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def fetched():
    def build(page_id="aaaa000011112222", at=NOON):
        url = f"https://gazette.example/{page_id}"
        return PageFetched(
            page_id=page_id,
            outlet="gazette",
            url=url,
            archive_key=f"a.warc.gz:{page_id}",
            final_url=url,
            fetched_at=at,
        )

    return build
