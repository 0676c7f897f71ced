"""Reads the word lists of the parse stage, the files in `words/`, each once."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """Return the content of `words/<name>.toml`."""
    return tomllib.loads(
        files("workers.parse.text").joinpath("words", f"{name}.toml").read_text("utf8")
    )


@cache
def words(name: str, key: str) -> frozenset[str]:
    """Return one list of `words/<name>.toml` as single words."""
    return frozenset(table(name)[key].split())


@cache
def phrases(name: str, key: str) -> tuple[str, ...]:
    """Return one list of `words/<name>.toml` that has a phrase a line, in lower case."""
    lines = (line.strip().lower() for line in table(name)[key].splitlines())
    return tuple(line for line in lines if line)


def group_by_prefix(phrases: Iterable[str], chars: int) -> dict[str, tuple[str, ...]]:
    """Return the phrases by their first characters, to look up whether a text begins with one."""
    groups: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        groups[phrase[:chars]] = (*groups.get(phrase[:chars], ()), phrase)
    return groups
