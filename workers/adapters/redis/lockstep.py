"""Coroutines in lockstep: the scripts that all of them wait for go to Redis in one round trip.

Each reads as if it were alone and ends by itself, with its result or its error. To the server it
looks as if as many workers had come at the same moment.
"""

from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar, cast

from redis.exceptions import RedisError

from workers.adapters.redis.lua import ScriptRun, evaluate_all

T = TypeVar("T")


def run_in_lockstep(coroutines: Sequence[Coroutine[ScriptRun, Any, T]]) -> list[T | Exception]:
    """Run `coroutines`, which await nothing but runs of scripts on one server, to their ends.

    Returns:
        for each its result, or the exception that it raised, in their order.
    """
    outcomes: dict[int, T | Exception] = {}
    answers: dict[int, Any] = dict.fromkeys(range(len(coroutines)))
    while answers:
        runs: dict[int, ScriptRun] = {}
        for at, answer in answers.items():
            try:
                runs[at] = _resume(coroutines[at], answer)
            except StopIteration as end:
                outcomes[at] = end.value
            except Exception as error:  # noqa: BLE001  it ends this one only
                outcomes[at] = error
        answers = dict(zip(runs, _evaluate(list(runs.values())), strict=True))
    return [outcomes[at] for at in range(len(coroutines))]


def run_all(coroutines: Sequence[Coroutine[ScriptRun, Any, T]]) -> list[T]:
    """Return the results of `run_in_lockstep`; raises the first exception among them."""
    results = list[T]()
    for outcome in run_in_lockstep(coroutines):
        if isinstance(outcome, Exception):
            raise outcome
        results.append(outcome)
    return results


def run_alone(coroutine: Coroutine[ScriptRun, Any, T]) -> T:
    """Return the result of one coroutine; raises what it raises."""
    answer: Any = None
    while True:
        try:
            run = _resume(coroutine, answer)
        except StopIteration as end:
            return cast("T", end.value)
        (answer,) = _evaluate([run])


def _resume(coroutine: Coroutine[ScriptRun, Any, T], answer: object) -> ScriptRun:
    if isinstance(answer, Exception):
        return coroutine.throw(answer)
    return coroutine.send(answer)


def _evaluate(runs: Sequence[ScriptRun]) -> list[Any]:
    if not runs:
        return []
    try:
        return evaluate_all(runs[0].script.registered_client, runs)
    except RedisError as error:
        return [error] * len(runs)
