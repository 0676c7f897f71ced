"""The learned scorer: small decision trees, summed (gradient boosting, Friedman 2001).

The trees are the generated module `trees`; `tests/bench/extraction/train.py` makes it anew.
"""

from workers.parse.body import features, trees

SURE = 1.4

if len(features.NAMES) != trees.FEATURES:
    raise ImportError("the scorer's trees were trained on other features: train them anew")


def score(row: list[float]) -> float:
    """Log odds that the run with these features is a part of the story.

    The first trees settle the clear cases; the others are asked only in doubt.
    """
    total = trees.first(row)
    if total > SURE or total < -SURE:
        return total
    return total + trees.rest(row)
