"""The stack that runs in a folder: written by `presswire up`, found by the other commands."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

STATE = Path(".presswire") / "stack.json"


def running_stack(folder: Path) -> Mapping[str, str]:
    """Return the settings of the stack that runs in `folder`, as environment variables; empty if
    none runs."""
    try:
        state = json.loads((folder / STATE).read_text(encoding="utf-8"))
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return {}
    environment: dict[str, str] = state["environment"]
    return environment


def note_running(folder: Path, environment: Mapping[str, str]) -> None:
    """This process runs a stack in `folder`."""
    path = folder / STATE
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {"pid": os.getpid(), "environment": dict(environment)}
    unfinished = path.with_suffix(".part")
    unfinished.touch(mode=0o600)  # it may hold a password
    unfinished.write_text(json.dumps(state), encoding="utf-8")
    unfinished.replace(path)


def note_stopped(folder: Path) -> None:
    """The stack in `folder` is gone."""
    (folder / STATE).unlink(missing_ok=True)
