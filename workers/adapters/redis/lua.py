"""Lua scripts: as files of one or more parts, and run many times in one round trip."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from redis.commands.core import Script
from redis.exceptions import NoScriptError

from workers.adapters.redis.connection import RedisClient

# the keys and the arguments of one run
ScriptCall = tuple[Sequence[str], Sequence[Any]]


def load_script(folder: Path, *names: str) -> str:
    """Return the text of the files `names` (without their ending .lua) of `folder`, joined in this
    order. A part sees the locals of the parts before it, so a shared head comes first."""
    return "\n".join((folder / f"{name}.lua").read_text(encoding="utf-8") for name in names)


def run_together(redis: RedisClient, script: Script, calls: Sequence[ScriptCall]) -> list[Any]:
    """Run `script` once for each of `calls`, in their order but not as one transaction, in one
    round trip.

    Returns:
        the answers, in the order of `calls`.

    Raises:
        RedisError: one of the runs failed; the others are done.
    """
    if len(calls) == 1:
        keys, args = calls[0]
        return [script(keys=keys, args=args)]
    answers = _evaluate(redis, script, calls)
    if any(isinstance(answer, NoScriptError) for answer in answers):  # the server is a new one
        redis.script_load(script.script)
        missed = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        again = _evaluate(redis, script, [calls[at] for at in missed])
        for at, answer in zip(missed, again, strict=True):
            answers[at] = answer
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


def _evaluate(redis: RedisClient, script: Script, calls: Sequence[ScriptCall]) -> list[Any]:
    with redis.pipeline(transaction=False) as pipe:
        for keys, args in calls:
            pipe.evalsha(script.sha, len(keys), *keys, *args)
        answers: list[Any] = pipe.execute(raise_on_error=False)
        return answers
