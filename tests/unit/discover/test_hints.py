"""What a feed says about when to poll it again."""

import msgspec

from workers.discover.hints import PollHints


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
