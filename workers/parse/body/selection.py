"""Which runs of a page are the story, and why the others are not."""

from typing import Final

from msgspec import Struct

from workers.parse.body import exclusion_rules, scorer
from workers.parse.html.tree import BlockElement
from workers.parse.layout import text_density
from workers.parse.layout.ancestry import Ancestry
from workers.parse.layout.page_analysis import PageAnalysis

KEEP: Final = 0.0
HOLDERS: Final = frozenset(("ul", "ol", "dl", "table"))
_LARGE: Final = 0.5
_SMALL_ARTICLE: Final = 0.3
_LONG_ITEM: Final = 20


class Selection(Struct, eq=False):
    """`kept` and the keys of `dropped` (with a reason) are orders of runs; `scores` are in log
    odds, above `KEEP` for the story."""

    kept: list[int]
    dropped: dict[int, str]
    scores: dict[int, float]


def candidates(scene: PageAnalysis) -> tuple[list[int], list[int], dict[int, str]]:
    """All runs of text, those that are to be judged, and the reasons against the others."""
    runs, measures = scene.page.runs, scene.measures
    texts = [run.order for run in runs if run.kind == "text"]
    dropped: dict[int, str] = {}
    judged = []
    first = scene.solid[0] if scene.solid else len(runs)
    before = -1
    for at in texts:
        run, size = runs[at], measures[at]
        seen = scene.contexts[run.box.order]
        reason = (
            exclusion_rules.by_place(seen, size, scene.says[at])
            or (seen.out and _too_far(scene, at, seen))
            or (seen.article and _elsewhere(scene, seen.article))
        )
        if not reason:
            picture = at > 0 and runs[at - 1].kind == "image"
            reason = exclusion_rules.by_text(run, size, seen, scene.says[at], after_picture=picture)
        if not reason and exclusion_rules.repeats_headline(
            run, size, scene.clues.headline, scene.headline_words, opening=at <= first
        ):
            reason = "headline"
        if not reason and at <= first + 1:
            reason = exclusion_rules.above_the_text(run.text, size)
        if not reason and run.box.tag == "li" and dropped.get(before) == "prompt":
            reason = "prompt"
        before = at
        if reason:
            dropped[at] = reason
        else:
            judged.append(at)
    return texts, judged, dropped


def _too_far(scene: PageAnalysis, at: int, seen: Ancestry) -> str:
    """A reason for small things that stand outside of the story's box, before or after it."""
    if not scene.solid:
        return ""
    small = seen.branch is None or seen.branch.prose < 0.05 * scene.core.prose
    if at > scene.solid[-1] and small:
        return "after the story"
    if at < scene.title_at and small and scene.title_at < scene.solid[-1]:
        return "before the headline"
    return ""


def _elsewhere(scene: PageAnalysis, own: int) -> str:
    """A reason for what stands in `own`, a small <article> that links to another story."""
    title = scene.contexts[scene.page.runs[scene.title_at].box.order].article
    core = scene.contexts[scene.core.order].article
    if not title or own in (title, core) or not scene.groups[own].teasers:
        return ""
    small = scene.page.boxes[own].prose < _SMALL_ARTICLE * scene.core.prose
    return "another article" if small else ""


def select(scene: PageAnalysis) -> Selection:
    """Judges every run of the page; the items of one list or table together."""
    texts, judged, dropped = candidates(scene)
    scores = scorer.scores(scene, texts, judged)
    _agree(scene, scores)
    kept = [at for at in judged if scores[at] > KEEP] or _last_resort(scene, judged)
    chosen = frozenset(kept)
    dropped |= dict.fromkeys((at for at in judged if at not in chosen), "beside the story")
    return Selection(kept, dropped, scores)


def _last_resort(scene: PageAnalysis, judged: list[int]) -> list[int]:
    """For short and odd pages on which nothing scores: the sentences in the core."""
    return [
        at
        for at in judged
        if text_density.is_running_text(scene.measures[at])
        and not scene.contexts[scene.page.runs[at].box.order].out
    ]


def _agree(scene: PageAnalysis, scores: dict[int, float]) -> None:
    """Gives all items of a small list or table the mean of their scores, weighed by length."""
    groups: dict[int, list[int]] = {}
    for at in scores:
        holder = holder_of(scene.page.runs[at].box)
        if holder is not None and holder.prose < _LARGE * scene.core.prose:
            groups.setdefault(holder.order, []).append(at)
    for items in groups.values():
        weights = [min(scene.measures[at].words, _LONG_ITEM) for at in items]
        pairs = zip(items, weights, strict=True)
        mean = sum(scores[at] * weight for at, weight in pairs) / sum(weights)
        scores.update(dict.fromkeys(items, mean))


def holder_of(box: BlockElement) -> BlockElement | None:
    """The list or table around a box, at most eight levels out."""
    return text_density.nearest(box, HOLDERS)


def select_all(scene: PageAnalysis) -> Selection:
    """Keeps all that no rule speaks against: for pages whose outlet names the text's place."""
    _, judged, dropped = candidates(scene)
    return Selection(judged, dropped, {})
