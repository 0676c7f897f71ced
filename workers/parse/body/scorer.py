"""The learned scorer: small decision trees, summed (gradient boosting, Friedman 2001).

The trees stand in `scorer.json`; `tests/bench/extraction/train.py` makes them anew.
"""

import json
from importlib.resources import files
from typing import Any

from workers.parse.body import features

Tree = tuple[int, float, "Tree", "Tree"] | float
SURE_AFTER = 24
SURE = 3.0


def _tree(data: Any) -> Tree:
    """`[feature, threshold, at most, more]` all the way down to numbers."""
    if not isinstance(data, list):
        return float(data)
    name, threshold, low, high = data
    return features.NAMES.index(name), float(threshold), _tree(low), _tree(high)


def _load() -> tuple[float, tuple[Tree, ...]]:
    text = files("workers.parse.body").joinpath("scorer.json").read_text("utf8")
    model = json.loads(text)
    return float(model["start"]), tuple(_tree(data) for data in model["trees"])


START, TREES = _load()
_FIRST, _REST = TREES[:SURE_AFTER], TREES[SURE_AFTER:]


def score(row: list[float]) -> float:
    """Log odds that the run with these features is a part of the story."""
    total = _sum(row, _FIRST, START)
    if total > SURE or total < -SURE:
        return total
    return _sum(row, _REST, total)


def _sum(row: list[float], trees: tuple[Tree, ...], total: float) -> float:
    for tree in trees:
        node = tree
        while node.__class__ is tuple:
            node = node[2] if row[node[0]] <= node[1] else node[3]  # type: ignore[index]
        total += node  # type: ignore[operator]
    return total
