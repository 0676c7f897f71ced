"""The learned scorer: small decision trees, summed (gradient boosting, Friedman 2001), in two
passes: the second one knows how the first one judged a run's company (stacking, Wolpert 1992).

The trees are the generated module `trees`; `tests/bench/extraction/train.py` makes it anew.
"""

from typing import Final

from workers.parse.body import features, model, neighbour_scores
from workers.parse.layout.page_analysis import PageAnalysis

CERTAIN: Final = 2.0

if len(features.FEATURE_NAMES) + len(neighbour_scores.FEATURE_NAMES) != model.FEATURES:
    raise ImportError("the scorer's trees were trained on other features: train them anew")


def scores(scene: PageAnalysis, texts: list[int], judged: list[int]) -> dict[int, float]:
    """Log odds that each run of `judged`, a part of `texts`, is a part of the story."""
    rows = features.table(scene, texts, judged)
    found = [model.first(row) for row in rows]
    scores = dict(zip(judged, found, strict=True))
    unsure = [n for n, score in enumerate(found) if -CERTAIN < score < CERTAIN]
    if unsure:
        more = neighbour_scores.table(scene, texts, judged, found, unsure)
        for n, own in zip(unsure, more, strict=True):
            scores[judged[n]] = model.second(rows[n] + own)
    return scores
