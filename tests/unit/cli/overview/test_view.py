"""The pipeline's picture, and what doctor finds in it."""

from datetime import UTC, datetime, timedelta

import pytest

from schemas.events import FeedDue
from schemas.poll import PollReport
from workers.cli.overview.doctor import examine
from workers.cli.overview.sources import Picture, count_workers
from workers.cli.overview.status import as_object
from workers.cli.overview.view import age, draw, draw_outlet, until
from workers.cli.support.terminal import display
from workers.local.worker_processes import POOLS
from workers.pipeline import STAGES

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FEED = FeedDue(page_id="0" * 16, outlet="gazette", url="https://gazette.example/feed")


def picture(**changes):
    depths = {stage.name: 0 for stage in STAGES} | {"tick": 1, "dead": 0}
    given = {
        "counts": {"queue": depths, "ledger": {"indexed": 100}, "index": {"articles": 100}},
        "last_work": {"parse": NOW - timedelta(seconds=7)},
        "last_indexed": {"gazette": NOW - 50 * HOUR},
        "workers": dict.fromkeys(POOLS, 1),
        "feeds": [(FEED, PollReport(at=NOW - HOUR, own=3, new=1, usual_own=20.0, links=3))],
        "next_polls": {FEED.page_id: NOW + timedelta(minutes=5)},
        "memory": "3M of no bound",
        "free_bytes": 10**12,
        "index_health": "green",
    }
    return Picture(NOW, **(given | changes))


class Heartbeats:
    def __init__(self, last):
        self._last = last

    def last(self):
        return self._last


class Parts:
    """What doctor asks beside the picture."""

    outlets = {"gazette": None}  # noqa: RUF012  it stays as it is

    def __init__(self, last=None, *, relates_events=False):
        self.relates_events = relates_events
        self.heartbeats = Heartbeats({"lease": NOW, "dead": NOW} if last is None else last)


def shown(capsys, monkeypatch, what):
    monkeypatch.setenv("COLUMNS", "150")
    display(what)
    return capsys.readouterr().out


def test_the_picture_has_stages_workers_rates_silence_and_what_is_refused(capsys, monkeypatch):
    later = picture(refused=["ie/bad.toml:1: TOML"], silent={"elasticsearch": "[/x] refused"})
    before = picture(counts={"ledger": {"indexed": 40}})
    before.at = NOW - timedelta(minutes=2)
    text = shown(capsys, monkeypatch, draw(later, before))
    assert "7 s" in text
    assert "+30" in text
    assert "gazette: nothing indexed for 2 d" in text
    assert "elasticsearch does not answer: [/x] refused" in text
    assert "the last good state stays in force: ie/bad.toml:1: TOML" in text


def test_an_outlet_has_its_feeds_last_and_next_polls(capsys, monkeypatch):
    text = shown(capsys, monkeypatch, draw_outlet(picture(), "gazette"))
    assert "last indexed 2 d ago" in text
    assert "60 min ago" in text
    assert "in 5 min" in text


def test_programs_get_the_keys_of_before_and_more():
    known = as_object(picture())
    assert {"queue", "ledger", "index", "feeds", "feed_troubles", "outlet_errors"} <= set(known)
    assert as_object(picture(), "gazette")["feeds"][0]["next_poll"] == NOW + timedelta(minutes=5)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7_200, "2 h"), (2e5, "2 d")]
)
def test_an_age_is_told_in_one_unit(seconds, words):
    assert age(NOW, NOW - timedelta(seconds=seconds)) == words
    assert until(NOW, NOW + timedelta(seconds=seconds)) in {f"in {words}", "now"}


def test_workers_are_counted_by_stage():
    answers = [{"parse@a": {"ok": "pong"}}, {"parse@b": {"ok": "pong"}}, {"tick@a": {}}]
    assert count_workers(answers) == {"parse": 2, "tick": 1}
    assert count_workers(None) == {}


def found(parts=None, **changes):
    return {
        each.part: (each.state, each.fix) for each in examine(parts or Parts(), picture(**changes))
    }


def test_all_is_well_where_nothing_is_wrong():
    assert {state for state, _ in found().values()} <= {"well", "look"}
    assert found()["workers"][0] == found()["beat"][0] == found()["redis"][0] == "well"


@pytest.mark.parametrize(
    ("part", "state", "fix", "changes"),
    [
        ("broker", "broken", "PRESSWIRE_BROKER_URL", {"silent": {"broker": "refused"}}),
        ("redis", "broken", "PRESSWIRE_REDIS_URL", {"silent": {"redis": "refused"}}),
        ("elasticsearch", "broken", "runbook", {"index_health": "red, 3 shards unassigned"}),
        ("workers", "broken", "presswire up", {"workers": {"parse": 1}}),
        ("outlets", "broken", "outlet check", {"refused": ["a"]}),
        ("archive", "look", "prune", {"free_bytes": 1}),
        ("quarantine", "look", "--reason bug", {"quarantine": {"parse, bug": 2}}),
        ("relate", "look", "hands them on", {"waiting_in_vain": {"relate": 4_000}}),
        (
            "render",
            "look",
            "--profile render",
            {"counts": {"ledger": {"render": 3}}, "workers": {}},
        ),
        (
            "dead queue",
            "look",
            "health beat",
            {"counts": {"queue": {"dead": 3}}},
        ),
    ],
)
def test_a_fault_is_found_with_what_mends_it(part, state, fix, changes):
    assert found(**changes)[part][0] == state
    assert fix in found(**changes)[part][1]


@pytest.mark.parametrize(("is_on", "state"), [(False, "well"), (True, "broken")])
def test_a_worker_for_events_is_missed_only_where_they_are_related(is_on, state):
    workers = dict.fromkeys(set(POOLS) - {"relate", "render"}, 1)
    assert found(Parts(relates_events=is_on), workers=workers)["workers"][0] == state


@pytest.mark.parametrize("last", [{}, {"lease": NOW}, {"lease": NOW, "dead": NOW - HOUR}])
def test_ticks_that_stopped_or_never_began_are_found(last):
    assert found(Parts(last))["beat"][0] == "broken"


def test_nothing_is_said_of_what_only_a_silent_redis_knows(capsys):
    display(draw(picture(silent={"redis": "Connection refused"})))
    assert "nothing is under way" not in capsys.readouterr().out
