"""Lua scripts: as files of one or more parts, and run many times in one round trip."""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from redis.commands.core import Script
from redis.exceptions import NoScriptError, RedisError

from workers.adapters.redis.connection import RedisClient

SHARED = ("records", "tables")
_HERE = Path(__file__).parent


class ScriptRun(NamedTuple):
    """One run of a script on these keys and arguments. Awaited it gives the server's answer, in a
    coroutine that `lockstep` runs."""

    script: Script
    keys: Sequence[str]
    args: Sequence[Any]

    def __await__(self) -> Generator["ScriptRun", Any, Any]:
        return (yield self)


def load_script(folder: Path, *names: str) -> str:
    """Return the text of the files `names` (without their ending .lua) of `folder`, joined in this
    order. A part sees the locals of the parts before it, so a shared head comes first. `SHARED` are
    in this folder, for stores of several rooms."""
    folders = dict.fromkeys(SHARED, _HERE)
    paths = (folders.get(name, folder) / f"{name}.lua" for name in names)
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def run_together(redis: RedisClient, runs: Sequence[ScriptRun]) -> list[Any]:
    """Run scripts in their order but not as one transaction, in one round trip.

    Returns:
        the answers, in the order of `runs`.

    Raises:
        RedisError: one of the runs failed; the others are done.
    """
    answers = evaluate_all(redis, runs)
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def evaluate_all(redis: RedisClient, runs: Sequence[ScriptRun]) -> list[Any]:
    """Run scripts as `run_together` does.

    Returns:
        for each of `runs` its answer, or the error that it failed of.

    Raises:
        RedisError: the server does not answer.
    """
    if len(runs) == 1:
        return [_evaluate_one(redis, runs[0])]
    answers = _evaluate(redis, runs)
    missed = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
    if missed:  # the server is a new one
        for text in {runs[at].script.script for at in missed}:
            redis.script_load(text)
        again = _evaluate(redis, [runs[at] for at in missed])
        for at, answer in zip(missed, again, strict=True):
            answers[at] = answer
    return answers


def _evaluate_one(redis: RedisClient, run: ScriptRun) -> Any:  # noqa: ANN401  what a script answers
    script, keys, args = run
    command = ("EVALSHA", script.sha, len(keys), *keys, *args)
    try:
        try:
            return redis.execute_command(*command)  # a fifth less time than the script's own call
        except NoScriptError:
            redis.script_load(script.script)
            return redis.execute_command(*command)
    except RedisError as error:
        return error


def _evaluate(redis: RedisClient, runs: Sequence[ScriptRun]) -> list[Any]:
    with redis.pipeline(transaction=False) as pipe:
        for script, keys, args in runs:
            pipe.evalsha(script.sha, len(keys), *keys, *args)
        answers: list[Any] = pipe.execute(raise_on_error=False)
        return answers
