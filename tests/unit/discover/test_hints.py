"""What a feed says about when to poll it again."""

from datetime import timedelta

import msgspec
import pytest

from schemas.page import StoredPage
from tests.unit.discover.samples import FEED, NOON
from workers.discover.feeds import Feed
from workers.discover.hints import PollHints, read_hints
from workers.discover.interval import PollResult, PollState, next_poll_at


def test_hints_keep_the_names_under_which_they_are_stored():
    hints = PollHints(600.0, frozenset({2}), "https://hub.example/", "https://g.example/feed")
    stored = msgspec.json.encode(hints)
    assert msgspec.json.decode(stored) == {
        "at_least": 600.0,
        "skip_hours": [2],
        "hub": "https://hub.example/",
        "topic": "https://g.example/feed",
    }
    assert msgspec.json.decode(stored, type=PollHints) == hints


def hints_of(*cache_control, ttl=None, **headers):
    fields = [("cache-control", value) for value in cache_control]
    fields += [(name.replace("_", "-"), value) for name, value in headers.items()]
    page = StoredPage(FEED, FEED, 200, tuple(fields), b"", NOON)
    return read_hints(Feed((), ttl_minutes=ttl), page)


@pytest.mark.parametrize(
    ("values", "headers", "fresh"),
    [
        (["public, max-age=600"], {}, 600),
        (["max-age=600"], {"age": "200"}, 400),
        (["max-age=600"], {"age": "9999"}, 0),
        (["max-age=600"], {"age": "soon"}, 600),
        (["no-cache, max-age=600"], {}, 0),
        (["max-age=600", "no-store"], {}, 0),
        (["public", 'max-age="600"'], {}, 600),
        (["s-maxage=900"], {}, 0),
        (["max-age=99999999"], {}, 86_400),
        ([], {}, 0),
    ],
)
def test_a_cache_says_how_long_its_copy_is_fresh(values, headers, fresh):
    hints = hints_of(*values, **headers)
    assert (hints.fresh_seconds, hints.min_pause_seconds) == (fresh, 0)


def test_what_caches_say_stretches_the_measured_interval_at_most_twice():
    busy, result = PollState(300), PollResult(fresh_seconds=86_400)
    assert next_poll_at(busy, result, NOON, 0.5) == NOON + timedelta(seconds=600)
    assert next_poll_at(busy, PollResult(fresh_seconds=400), NOON, 0.5) == NOON + timedelta(
        seconds=400
    )
    assert hints_of(ttl=90).min_pause_seconds == 5400
