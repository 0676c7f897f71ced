"""Quarantine and delays on a real server."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from workers.adapters.redis.delayed_events import DelayedEvents
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
FIRST = QuarantineEntry(
    id="a.parse", step="parse", reason="bug", detail="x", at=NOON, event=b"{}", outlet="gazette"
)
SECOND = replace(FIRST, id="b.index", step="index", reason="index_refused", at=LATER)


@pytest.fixture
def quarantine(clean_redis):
    kept = Quarantine(clean_redis, "test")
    kept.put(SECOND)
    kept.put(FIRST)
    return kept


def test_entries_are_kept_in_the_order_of_their_times(quarantine):
    assert list(quarantine.entries()) == [FIRST, SECOND]
    assert len(quarantine) == 2


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"step": "parse"}, ["a.parse"]),
        ({"reason": "index_refused"}, ["b.index"]),
        ({"outlet": "courier"}, []),
        ({"since": LATER}, ["b.index"]),
        ({"until": NOON}, ["a.parse"]),
        ({"step": "parse", "since": LATER}, []),
    ],
)
def test_entries_are_filtered(quarantine, wanted, found):
    assert [entry.id for entry in quarantine.entries(**wanted)] == found


def test_a_dropped_entry_is_gone(quarantine):
    assert quarantine.drop("a.parse")
    assert not quarantine.drop("a.parse")
    assert [entry.id for entry in quarantine.entries()] == ["b.index"]


def test_an_entry_that_failed_again_since_is_not_dropped(quarantine):
    quarantine.put(replace(FIRST, at=LATER, detail="again"))
    assert not quarantine.drop_entry(FIRST)
    assert quarantine.get("a.parse").detail == "again"
    assert quarantine.drop_entry(quarantine.get("a.parse"))


def test_delayed_events_wait_for_their_time_and_stay_until_they_are_sent(clean_redis):
    delays = DelayedEvents(clean_redis, "test")
    delays.put(b"later", LATER)
    delays.put(b"now", NOON)
    assert delays.due(NOON) == [b"now"]
    assert delays.due(NOON) == [b"now"]
    delays.mark_sent(b"now", NOON)
    assert delays.due(NOON) == []
    assert delays.due(LATER) == [b"later"]


def test_an_event_that_has_come_back_before_its_sender_says_so_waits_again(clean_redis):
    delays = DelayedEvents(clean_redis, "test")
    delays.put(b"event", NOON)
    assert delays.due(NOON) == [b"event"]
    delays.put(b"event", LATER)
    delays.mark_sent(b"event", NOON)
    assert delays.due(LATER) == [b"event"]


def test_the_beginning_of_an_id_is_enough_if_no_other_begins_so(clean_redis):
    quarantine = Quarantine(clean_redis, "test")
    for name in ("00ab.parse", "00ac.parse", "00ac.parse2"):
        quarantine.put(QuarantineEntry(name, "parse", "bug", "", datetime.now(UTC), b"{}"))
    assert quarantine.ids_beginning("00ab") == ["00ab.parse"]
    assert quarantine.ids_beginning("00ac.parse") == ["00ac.parse"]
    assert sorted(quarantine.ids_beginning("00a")) == ["00ab.parse", "00ac.parse", "00ac.parse2"]
    assert quarantine.ids_beginning("1") == []
