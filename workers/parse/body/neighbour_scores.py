"""Features of a run that come from the first scores of the runs around it."""

import itertools
import math
from typing import Final

from workers.parse.layout.page_analysis import PageAnalysis

FEATURE_NAMES: Final[list[str]] = (
    "score before_1 after_1 before_2 after_2 before_5 after_5 "
    "in_parent in_class text_kept text_left"
).split()
_WINDOW: Final = 5
_MAX_LOG_ODDS: Final = 30.0
_NO_PEERS: Final = -1.0


def build_rows(
    analysis: PageAnalysis,
    texts: list[int],
    candidates: list[int],
    scores: list[float],
    selected: list[int],
) -> list[list[float]]:
    """Return a row of features for each of `selected`, which are indices into `candidates`.

    `scores` are the log odds of the candidates.
    """
    chances = [
        1 / (1 + math.exp(-max(-_MAX_LOG_ODDS, min(_MAX_LOG_ODDS, score)))) for score in scores
    ]
    kept_chars = [
        chance * analysis.measures[order].chars
        for chance, order in zip(chances, candidates, strict=True)
    ]
    by_order = dict(zip(candidates, chances, strict=True))
    padding = [0.0] * _WINDOW
    line = padding + [by_order.get(order, 0.0) for order in texts] + padding
    positions = {order: index + _WINDOW for index, order in enumerate(texts)}
    parents = [_parent_key(analysis, order) for order in candidates]
    looks = [_look_key(analysis, order) for order in candidates]
    in_parent = _peer_shares(analysis, candidates, kept_chars, selected, parents)
    in_class = _peer_shares(analysis, candidates, kept_chars, selected, looks)
    kept_before = [0.0, *itertools.accumulate(kept_chars)]
    total = kept_before[-1] or 1.0
    rows = []
    for index, of_parent, of_class in zip(selected, in_parent, in_class, strict=True):
        here = positions[candidates[index]]
        row = [scores[index], line[here - 1], line[here + 1], line[here - 2], line[here + 2]]
        row += [
            sum(line[here - _WINDOW : here]) / _WINDOW,
            sum(line[here + 1 : here + 1 + _WINDOW]) / _WINDOW,
        ]
        row += [of_parent, of_class]
        row += [kept_before[index] / total, (total - kept_before[index + 1]) / total]
        rows.append(row)
    return rows


def _peer_shares(
    analysis: PageAnalysis,
    candidates: list[int],
    kept_chars: list[float],
    selected: list[int],
    keys: list[object],
) -> list[float]:
    """Return for each of `selected` the share (0..1) of its peers' text that is kept.

    Peers are the other candidates with the same key; -1 for runs without peers.
    """
    selected_keys = {keys[index] for index in selected}
    measures = analysis.measures
    kept = dict.fromkeys(selected_keys, 0.0)
    whole = dict.fromkeys(selected_keys, 0.0)
    for key, order, chars in zip(keys, candidates, kept_chars, strict=True):
        if key in selected_keys:
            kept[key] += chars
            whole[key] += measures[order].chars
    shares = []
    for index in selected:
        key = keys[index]
        others = whole[key] - measures[candidates[index]].chars
        shares.append((kept[key] - kept_chars[index]) / others if others > 0 else _NO_PEERS)
    return shares


def _parent_key(analysis: PageAnalysis, order: int) -> object:
    block = analysis.page.runs[order].block
    return (block.parent or block).order


def _look_key(analysis: PageAnalysis, order: int) -> object:
    block = analysis.page.runs[order].block
    return block.tag, block.names
