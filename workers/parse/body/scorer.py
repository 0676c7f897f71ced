"""The learned scorer: small decision trees, summed (gradient boosting, Friedman 2001), in two
passes. The second pass knows the first scores of the runs around (stacking, Wolpert 1992).

The trees are the generated module `model`; `tests/bench/extraction/train.py` makes it anew, and
`model.json` beside it says of what data and how well it does.
"""

from typing import Final

from workers.parse.body import features, model, neighbour_scores
from workers.parse.layout.page_analysis import PageAnalysis

# Log odds from which on the first pass alone decides.
CERTAIN_LOG_ODDS: Final = 2.0

if len(features.FEATURE_NAMES) + len(neighbour_scores.FEATURE_NAMES) != model.FEATURE_COUNT:
    raise ImportError("the scorer's trees were trained on other features: train them anew")


def score_runs(analysis: PageAnalysis, texts: list[int], candidates: list[int]) -> dict[int, float]:
    """Return the log odds that each run of `candidates`, a part of `texts`, is of the story.

    Lists and keys are orders of runs.
    """
    rows = features.build_rows(analysis, texts, candidates)
    first = [model.first_pass(row) for row in rows]
    scores = dict(zip(candidates, first, strict=True))
    unsure = [
        index for index, score in enumerate(first) if -CERTAIN_LOG_ODDS < score < CERTAIN_LOG_ODDS
    ]
    if unsure:
        more = neighbour_scores.build_rows(analysis, texts, candidates, first, unsure)
        for index, row in zip(unsure, more, strict=True):
            scores[candidates[index]] = model.second_pass(rows[index] + row)
    return scores
