"""The delay before a failed event's next attempt."""

from datetime import timedelta

import pytest

from workers.delivery.retry import retry_delay
from workers.exceptions import TryAgain


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 30), (2, 60), (3, 120), (8, 3600)])
def test_each_attempt_that_counts_doubles_the_delay_up_to_an_hour(attempt, seconds):
    assert retry_delay(TryAgain("busy", after=30), attempt) == timedelta(seconds=seconds)


def test_an_attempt_that_does_not_count_waits_the_first_delay():
    error = TryAgain("the index is full", after=30, counts_as_attempt=False)

    assert retry_delay(error, attempt=4) == timedelta(seconds=30)


def test_no_error_waits_longer_than_an_hour():
    assert retry_delay(TryAgain("come back tomorrow", after=86_400), 1) == timedelta(hours=1)
