"""Ledger, quarantine and delays beside models of them, whatever the order of what happens."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from workers.adapters.redis.delayed_events import DelayedEvents
from workers.adapters.redis.page_ledger import PageLedger
from workers.adapters.redis.quarantine import Quarantine, QuarantineEntry

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PAGES = ("aaaa000000000000", "bbbb000000000000")
FREELY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
HOURS = st.integers(0, 3)


def at(hour):
    return NOON + timedelta(hours=hour)


class Model:
    """What the ledger promises of one page, in a few lines."""

    def __init__(self):
        self.version, self.state, self.is_final, self.tries = -1, None, False, 0

    def renewed(self, version):
        if version > self.version:
            self.__init__()
            self.version = version
        return version == self.version

    def begin(self, version):
        if not self.renewed(version):
            return -1
        self.tries += 1
        if not self.is_final:
            self.state = "parse"
        return self.tries

    def end(self, version, state):
        if self.renewed(version) and not (self.is_final and state == "quarantined"):
            self.state, self.is_final = state, True

    def start_again(self, version):
        if not self.renewed(version):
            return False
        self.state, self.is_final, self.tries = "parse", False, 0
        return True


MOVES = st.lists(
    st.tuples(
        st.sampled_from(PAGES),
        HOURS,
        st.sampled_from(["begin", "indexed", "quarantined", "start again"]),
    ),
    max_size=25,
)


@FREELY
@given(MOVES)
def test_the_ledger_keeps_its_promises_in_any_order_of_versions_and_duplicates(
    clean_redis, fetched, moves
):
    clean_redis.flushall()
    ledger, models = PageLedger(clean_redis, "test"), {page: Model() for page in PAGES}
    for page, hour, move in moves:
        event, model = fetched(page, at(hour)), models[page]
        if move == "begin":
            assert ledger.start_attempts([event], "parse", at(9)) == [model.begin(hour)]
        elif move == "start again":
            is_newest = ledger.mark_queued(event, "parse", at(9), afresh=True)
            assert is_newest == model.start_again(hour)
        else:
            ledger.finish(event, move, at(9), event)
            model.end(hour, move)
    known = {page: model for page, model in models.items() if model.state}
    for page, model in known.items():
        row = ledger.row(page)
        assert (row.state, row.final) == (model.state, model.is_final)
        assert row.attempts.get("parse", 0) == model.tries
    states = [model.state for model in known.values()]
    assert ledger.counts() == {state: states.count(state) for state in states}
    assert ledger.in_flight() == sum(not model.is_final for model in known.values())


ENTRIES = st.builds(
    QuarantineEntry,
    id=st.sampled_from(["a", "b", "c"]),
    step=st.sampled_from(["parse", "index"]),
    reason=st.sampled_from(["bug", "unreadable"]),
    detail=st.text(max_size=5),
    at=HOURS.map(at),
    event=st.binary(max_size=5),
    outlet=st.sampled_from(["one", "two"]),
    url=st.text(max_size=5),
)


@FREELY
@given(
    st.lists(st.tuples(st.sampled_from(["put", "drop", "drop this"]), ENTRIES), max_size=15),
    st.sampled_from([{}, {"step": "parse"}, {"reason": "bug", "outlet": "one"}, {"since": at(1)}]),
)
def test_the_quarantine_holds_the_last_failure_of_each_event(clean_redis, moves, wanted):
    clean_redis.flushall()
    quarantine, model = Quarantine(clean_redis, "test"), {}
    for move, entry in moves:
        if move == "put":
            quarantine.put(entry)
            model[entry.id] = entry
        elif move == "drop":
            assert quarantine.drop(entry.id) == (model.pop(entry.id, None) is not None)
        else:
            is_same = entry.id in model and model[entry.id].at == entry.at
            assert quarantine.drop_entry(entry) == is_same
            if is_same:
                del model[entry.id]
    assert len(quarantine) == len(model)
    since = wanted.get("since", at(0))
    fields = {name: value for name, value in wanted.items() if name != "since"}
    expected = [
        entry
        for entry in sorted(model.values(), key=lambda entry: (entry.at, entry.id))
        if entry.at >= since and all(getattr(entry, k) == v for k, v in fields.items())
    ]
    assert list(quarantine.entries(**wanted)) == expected


@FREELY
@given(
    st.lists(
        st.tuples(st.sampled_from(["put", "send"]), st.sampled_from([b"a", b"b", b"c"]), HOURS),
        max_size=15,
    ),
    HOURS,
)
def test_a_delayed_event_is_due_from_its_moment_until_it_is_sent(clean_redis, moves, now):
    clean_redis.flushall()
    delays, model = DelayedEvents(clean_redis, "test"), {}
    for move, event, hour in moves:
        if move == "put":
            delays.put(event, at(hour))
            model[event] = hour
        else:
            delays.mark_sent(event, at(9))
            model.pop(event, None)
    due = sorted((hour, event) for event, hour in model.items() if hour <= now)
    assert delays.due(at(now)) == [event for _, event in due]
    assert len(delays) == len(model)


@pytest.mark.parametrize("text", ["\ud83d\ude00", "a\u0000b", "x" * 100_000])
def test_an_entry_with_any_text_comes_back_whole(clean_redis, text):
    entry = QuarantineEntry(
        id="a", step="parse", reason="bug", detail=text, at=NOON, event=b"\xff\x00"
    )
    entry = replace(entry, detail=text.encode("utf-16", "surrogatepass").decode("utf-16"))
    quarantine = Quarantine(clean_redis, "test")
    quarantine.put(entry)
    assert quarantine.get("a") == entry
