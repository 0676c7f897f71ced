"""What the first scores of a page say about the company that each run keeps."""

import itertools
import math
from typing import Final

from workers.parse.layout.page_analysis import PageAnalysis

FEATURE_NAMES: Final[list[str]] = (
    "score before_1 after_1 before_2 after_2 before_5 after_5 "
    "in_parent in_class text_kept text_left"
).split()
_NEAR: Final = 5
_MOST: Final = 30.0


def table(
    scene: PageAnalysis, texts: list[int], judged: list[int], scores: list[float], asked: list[int]
) -> list[list[float]]:
    """A row for each of `asked` (places in `judged`), from the log odds of all of `judged`."""
    chances = [1 / (1 + math.exp(-max(-_MOST, min(_MOST, score)))) for score in scores]
    weighed = [
        chance * scene.measures[at].chars for chance, at in zip(chances, judged, strict=True)
    ]
    by_order = dict(zip(judged, chances, strict=True))
    line = [0.0] * _NEAR + [by_order.get(at, 0.0) for at in texts] + [0.0] * _NEAR
    places = {at: n + _NEAR for n, at in enumerate(texts)}
    parents = _peers(scene, judged, weighed, asked, by_parent=True)
    looks = _peers(scene, judged, weighed, asked)
    kept = [0.0, *itertools.accumulate(weighed)]
    total = kept[-1] or 1.0
    rows = []
    for n, in_parent, in_class in zip(asked, parents, looks, strict=True):
        here = places[judged[n]]
        row = [scores[n], line[here - 1], line[here + 1], line[here - 2], line[here + 2]]
        row += [sum(line[here - _NEAR : here]) / _NEAR, sum(line[here + 1 : here + 6]) / _NEAR]
        row += [in_parent, in_class, kept[n] / total, (total - kept[n + 1]) / total]
        rows.append(row)
    return rows


def _peers(
    scene: PageAnalysis,
    judged: list[int],
    weighed: list[float],
    asked: list[int],
    *,
    by_parent: bool = False,
) -> list[float]:
    """The part of the text that is kept among the others in the same box, or of the same look;
    -1 for runs that have no peers."""
    key_of = _parent if by_parent else _look
    keys = [key_of(scene, at) for at in judged]
    wanted = {keys[n] for n in asked}
    measures = scene.measures
    kept = dict.fromkeys(wanted, 0.0)
    whole = dict.fromkeys(wanted, 0.0)
    for key, at, weight in zip(keys, judged, weighed, strict=True):
        if key in wanted:
            kept[key] += weight
            whole[key] += measures[at].chars
    parts = []
    for n in asked:
        others = whole[keys[n]] - measures[judged[n]].chars
        parts.append((kept[keys[n]] - weighed[n]) / others if others > 0 else -1.0)
    return parts


def _parent(scene: PageAnalysis, at: int) -> object:
    box = scene.page.runs[at].box
    return (box.parent or box).order


def _look(scene: PageAnalysis, at: int) -> object:
    box = scene.page.runs[at].box
    return box.tag, box.names
