"""The word lists of this package: files of `words/`, read once."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table(name: str) -> dict[str, Any]:
    """The content of `words/<name>.toml`."""
    return tomllib.loads(
        files("workers.parse.text").joinpath("words", f"{name}.toml").read_text("utf8")
    )


@cache
def words(name: str, key: str) -> frozenset[str]:
    """One list of `words/<name>.toml` as single words."""
    return frozenset(table(name)[key].split())


@cache
def phrases(name: str, key: str) -> tuple[str, ...]:
    """One list of `words/<name>.toml`, a phrase a line, in lower case."""
    lines = (line.strip().lower() for line in table(name)[key].splitlines())
    return tuple(line for line in lines if line)


def by_beginning(phrases: Iterable[str], letters: int) -> dict[str, tuple[str, ...]]:
    """The phrases by their first letters: most texts begin like none of them."""
    found: dict[str, tuple[str, ...]] = {}
    for phrase in phrases:
        found[phrase[:letters]] = (*found.get(phrase[:letters], ()), phrase)
    return found
