"""How long a host asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from workers.adapters.http.throttle_transport import retry_after_seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("999999999999", 86_400),
        ("\u00b2", 0),
        ("\u0665", 0),
        ("Wed, 21 Oct 2030 07:28:99999999999999999999 GMT", 0),
    ],
)
def test_retry_after_in_seconds(text, seconds):
    assert retry_after_seconds(text) == seconds


def test_retry_after_as_a_date():
    moment = datetime.now(UTC) + timedelta(seconds=100)
    assert 95 < retry_after_seconds(format_datetime(moment, usegmt=True)) <= 100
    assert retry_after_seconds("Sun, 06 Nov 1994 08:49:37 GMT") == 0
