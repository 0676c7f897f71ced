"""The flow's table holds what the steps ask for."""

import inspect
from typing import get_type_hints

import pytest

from schemas.events import AnyEvent
from workers.celery_app import topology
from workers.pipeline import STEP_OF_EVENT, STEPS
from workers.services import Services

# a step's own word for a tool
CALLED = {"notes": "feed_schedule"}
BY_POLL = {"session"}  # its poll opens one for each event; a service it is not
NO_STEP = {"PageFound", "ArticleIndexed", "PageRejected"}
TAKEN_BY_PARTS = {"HostLeased": "PageFound"}  # a lease is worked off page by page


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_row_gives_each_tool_that_its_step_asks_for(step):
    _, *asked = inspect.signature(step.run).parameters.values()
    tools = [one.name for one in asked if one.name not in BY_POLL]
    assert tuple(CALLED.get(name, name) for name in tools) == step.needs
    assert all(hasattr(Services, name) for name in step.needs)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_row_takes_what_its_step_takes(step):
    first = next(iter(inspect.signature(step.run).parameters))
    hint = str(get_type_hints(step.run)[first])
    names = {event.__name__ for event in step.takes}
    assert all(TAKEN_BY_PARTS.get(name, name) in hint for name in names)


def test_each_event_is_taken_by_one_step_or_ends_the_way():
    events = {event.__name__ for event in AnyEvent.__args__}
    taken = {event.__name__ for event in STEP_OF_EVENT}
    assert taken | NO_STEP == events
    assert not taken & NO_STEP


def test_each_step_has_its_queue():
    assert [step.name for step in STEPS] == list(topology.STAGES)
