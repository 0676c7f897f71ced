"""All that judging a run needs to know of its page, gathered once."""

from typing import Final

from msgspec import Struct
from mypy_extensions import mypyc_attr

from workers.parse.html.tree import BlockElement, PageTree
from workers.parse.layout import ancestry, main_region, subtree_totals, text_density
from workers.parse.text import phrases

_ENOUGH: Final = 0.4


class HeadHints(Struct, frozen=True):
    """What the head of the page tells about the text to look for, in lower case."""

    headline: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()


@mypyc_attr(acyclic=True)
class PageAnalysis:
    """Lists are by the order of runs or boxes. `solid` are the runs that are surely the story's
    kind of text; `by_parent` and `by_class` sum their characters by the box around and by look."""

    def __init__(self, page: PageTree, clues: HeadHints, title_box: BlockElement | None) -> None:
        """Weighs the page, finds the core of the story and looks at everything from there."""
        self.page = page
        self.clues = clues
        self.measures = [text_density.measure(run) for run in page.runs]
        text_density.name_boxes(page)
        start = story_start(page, self.measures, clues.headline)
        text_density.weigh(page, self.measures, title_box, start)
        self.core = main_region.core(page)
        self.contexts = ancestry.ancestries(page, main_region.path_of(self.core))
        self.says = [phrases.flags_of(run.text) if run.text else 0 for run in page.runs]
        self.groups = subtree_totals.subtree_totals(page, self.measures, self.says)
        self.headline_words = frozenset(clues.headline.split())
        self.description_words = frozenset(clues.description.split())
        self.title_at = title_at(page, self.measures, clues.headline)
        self.solid: list[int] = []
        self.by_parent: dict[int, int] = {}
        self.by_class: dict[tuple[str, str], int] = {}
        self.siblings: dict[int, int] = {}
        self.counts: dict[str, int] = {}
        self.total = 1.0
        _count(self, start)


def story_start(page: PageTree, measures: list[text_density.TextMeasure], headline: str) -> int:
    """The order of the heading that is the headline, if enough running text follows it; else 0."""
    before = after = 0
    start = 0
    for run, size in zip(page.runs, measures, strict=True):
        if not start and run.box.tag in {"h1", "h2"} and run.text.lower() == headline:
            start = run.order
        elif text_density.is_running_text(size):
            if start:
                after += size.chars
            else:
                before += size.chars
    return start if after > _ENOUGH * before else 0


def title_at(page: PageTree, measures: list[text_density.TextMeasure], headline: str) -> int:
    """The run that is the headline, or the first h1, or the page's first run.

    A link that says the same is a teaser of the page somewhere else.
    """
    first, same = -1, -1
    for run, size in zip(page.runs, measures, strict=True):
        is_h1 = run.box.tag == "h1" and run.text
        if run.text.lower() == headline and headline:
            if is_h1:
                return run.order
            if same < 0 and (size.linked < 0.5 or run.box.tag in subtree_totals.HEADINGS):  # noqa: PLR2004
                same = run.order
        elif is_h1 and first < 0:
            first = run.order
    return max(same if same >= 0 else first, 0)


def _count(scene: PageAnalysis, start: int) -> None:
    total = 0
    for run, size in zip(scene.page.runs, scene.measures, strict=True):
        if not size.words:
            continue
        box = run.box
        up = box.parent.order if box.parent else 0
        scene.siblings[up] = scene.siblings.get(up, 0) + 1
        scene.counts[run.text] = scene.counts.get(run.text, 0) + 1
        if text_density.is_running_text(size):
            seen = scene.contexts[box.order]
            total += size.chars
            scene.by_parent[up] = scene.by_parent.get(up, 0) + size.chars
            key = (box.tag, seen.names)
            scene.by_class[key] = scene.by_class.get(key, 0) + size.chars
            if not seen.out and not seen.all & text_density.NOT_THE_STORY and run.order >= start:
                scene.solid.append(run.order)
    scene.total = float(total or 1)
