"""Whatever strangers send costs no more than itself: it ends in a way that its caller expects, in
bounded time and memory, and the next one is read."""

import pytest

from tests.unit.hostile_inputs import CASES, READERS, consume
from workers.adapters.child_processes import MEBIBYTE, ChildProcesses

SECONDS = 60.0  # of a machine that does much else; each takes a few at most


@pytest.fixture(scope="module")
def child():
    children = ChildProcesses(1, SECONDS, 1200 * MEBIBYTE)
    yield children
    children.close()


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{kind}: {name}" for kind, name in CASES])
def test_it_costs_no_more_than_itself(child, kind, name):
    assert child.run(consume, kind, name)


def test_each_way_in_has_its_attacks():
    assert len(CASES) >= 60
    assert {kind for kind, _ in CASES} == set(READERS)


@pytest.mark.parametrize("name", ["this machine", "mapped", "by way of NAT64", "the cloud's own"])
def test_no_webhook_goes_inside(child, name):
    assert child.run(consume, "webhook", name) == "refused"
