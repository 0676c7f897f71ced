"""What an article tells by itself."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from schemas.article import Article

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))


def published(moment):
    return Article(url="https://a.example/1", title="T", blocks=(), published=moment)


@pytest.mark.parametrize(
    "moment",
    [
        NOON - timedelta(days=400),
        NOON.replace(tzinfo=None),
        NOON.astimezone(EAST),
        NOON + timedelta(hours=23),
    ],
)
def test_a_date_before_the_fetch_counts_even_where_clocks_and_zones_differ(moment):
    assert published(moment).plausible_published(NOON) == moment


@pytest.mark.parametrize("moment", [None, NOON + timedelta(days=1), datetime(2027, 3, 2)])  # noqa: DTZ001  no zone
def test_no_date_and_a_date_in_the_future_do_not_count(moment):
    assert published(moment).plausible_published(NOON) is None
