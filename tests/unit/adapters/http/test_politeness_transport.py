"""How long a host asks us to wait, and when it is left alone."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from workers.adapters.frontier.host_throttle import Permit
from workers.adapters.http.messages import FetchOptions, build_request
from workers.adapters.http.politeness_transport import PolitenessTransport, retry_after_seconds
from workers.exceptions import TryAgain
from workers.outlets import Outlets


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


class Throttle:
    """Permits everything, and notes how each request ended."""

    def __init__(self):
        self.failures = []

    def acquire(self, *_):
        return Permit("token", 0.0)

    def release(self, _host, _permit, _elapsed, *, has_failed):
        self.failures.append(has_failed)
        return 0.0

    def pause(self, *_):
        pass


class Away(httpx.BaseTransport):
    def handle_request(self, _request):
        raise TryAgain("no connection in time")


class Busy(httpx.BaseTransport):
    def handle_request(self, _request):
        return httpx.Response(503, stream=httpx.ByteStream(b""))


@pytest.mark.parametrize(
    ("inner", "domains", "has_failed"),
    [
        (Away(), None, True),
        (Away(), frozenset({"gazette.example"}), False),
        (Busy(), frozenset({"gazette.example"}), True),
    ],
)
def test_a_host_is_left_alone_for_a_page_and_for_what_it_says_not_for_a_scripts_dead_server(
    inner, domains, has_failed
):
    throttle = Throttle()
    options = FetchOptions(url="https://stats.gazette.example/a", max_bytes=9, domains=domains)
    try:
        PolitenessTransport(inner, throttle, Outlets({})).handle_request(build_request(options))
    except TryAgain:
        assert isinstance(inner, Away)
    assert throttle.failures == [has_failed]
