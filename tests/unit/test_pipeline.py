"""The flow's table: each event has one stage, each step gets the services that it asks for."""

import inspect
from typing import get_type_hints

import pytest

from schemas.events import AnyEvent
from workers import pipeline
from workers.celery_app.topology import TICK, Topology
from workers.local.worker_processes import POOLS
from workers.pipeline import STAGES, stage_taking
from workers.services import Services

BY_POLL = "session"  # its poll opens one for each event; a service it is not
NO_STAGE = {"PageFound", "ArticleIndexed", "PageRejected"}
TAKEN_BY_PARTS = {"HostLeased": "PageFound"}  # a lease is worked off page by page

by_name = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


class Named:
    """In the place of services: each attribute is its own name."""

    def __getattr__(self, name):
        return name


@by_name
def test_a_row_gives_each_service_that_its_step_asks_for(stage, monkeypatch):
    step = getattr(pipeline, stage.name)
    monkeypatch.setattr(pipeline, stage.name, lambda *given: given)
    _, *asked = inspect.signature(step).parameters
    by_poll = [name for name in asked if name == BY_POLL]
    first, *given = stage.run("event", *by_poll, Named())
    assert first == "event"
    assert asked == given
    assert all(hasattr(Services, name) for name in given if name not in by_poll)


@by_name
def test_a_row_takes_what_its_step_takes(stage):
    step = getattr(pipeline, stage.name)
    first = next(iter(inspect.signature(step).parameters))
    hint = str(get_type_hints(step)[first])
    names = {event.__name__ for event in stage.takes}
    assert all(TAKEN_BY_PARTS.get(name, name) in hint for name in names)


def test_each_event_is_taken_by_one_stage_or_ends_the_way():
    events = {event.__name__ for event in AnyEvent.__args__}
    taken = [event.__name__ for stage in STAGES for event in stage.takes]
    assert len(taken) == len(set(taken))
    assert {*taken} | NO_STAGE == events
    assert not {*taken} & NO_STAGE


def test_what_no_stage_takes_is_an_error_that_names_it():
    with pytest.raises(LookupError, match="PageFound"):
        stage_taking(next(e for e in AnyEvent.__args__ if e.__name__ == "PageFound"))


def test_each_stage_has_its_queue_and_its_pool():
    names = {*(stage.name for stage in STAGES), TICK}
    assert names == set(Topology("t").queues) == set(POOLS)
