"""Work in child processes, and its ends."""

import itertools
import os
import re
import signal
import time

import pytest

from workers.adapters.child_processes import MEBIBYTE, ChildProcesses
from workers.exceptions import TooCostlyError


@pytest.fixture
def make_children():
    made = []

    def make(seconds=30.0, number=1):
        made.append(ChildProcesses(number, seconds, 512 * MEBIBYTE))
        return made[-1]

    yield make
    for children in made:
        children.close()


def test_a_child_returns_what_the_function_returns_and_raises_what_it_raises(make_children):
    children = make_children()
    assert children.run(divmod, 7, 2) == (3, 1)
    pid = children.run(os.getpid)
    with pytest.raises(ZeroDivisionError):
        children.run(divmod, 7, 0)
    assert children.run(os.getpid) == pid != os.getpid()


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        ((time.sleep, 60), "more than 0.5 s"),
        ((re.match, "(a+)+$", "a" * 60 + "b"), "more than 0.5 s"),
        ((sum, itertools.count()), "more than 0.5 s"),
        ((bytes, 600 * MEBIBYTE), "more than 512 MiB"),
        ((os._exit, 7), "exit 7"),
        ((signal.raise_signal, signal.SIGSEGV), "exit -11"),
    ],
    ids=["sleeps", "regex in C", "loop in C", "memory", "exits", "crashes"],
)
def test_work_that_goes_too_far_is_ended_and_the_next_goes_on(make_children, work, reason):
    children = make_children()
    assert children.run(divmod, 7, 2) == (3, 1)  # it has started, so that half a second is enough
    children.seconds = 0.5
    with pytest.raises(TooCostlyError, match=reason):
        children.run(*work)
    children.seconds = 30.0
    assert children.run(divmod, 7, 2) == (3, 1)


def test_a_child_that_was_killed_while_it_had_nothing_to_do_costs_nobody_his_work(make_children):
    children = make_children()
    os.kill(children.run(os.getpid), signal.SIGKILL)
    assert children.run(divmod, 7, 2) == (3, 1)


def test_work_that_kills_two_children_is_given_up(make_children):
    with pytest.raises(TooCostlyError, match="exit -9"):
        make_children().run(signal.raise_signal, signal.SIGKILL)
