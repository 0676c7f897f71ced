"""Analyses a page once, for everything that judges its runs."""

from typing import Final

from msgspec import Struct
from mypy_extensions import mypyc_attr

from workers.parse.html.tree import BlockElement, PageTree
from workers.parse.layout import ancestry, main_region, subtree_totals, text_density
from workers.parse.layout.text_density import TextMeasure
from workers.parse.text import phrases

_MIN_HEADLINE_SHARE: Final = 0.5
_MIN_STORY_RATIO: Final = 0.4
_MAX_TITLE_LINK_DENSITY: Final = 0.5


class HeadHints(Struct, frozen=True):
    """What the head of the page says about the text, in lower case."""

    headline: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()


@mypyc_attr(acyclic=True)
class PageAnalysis:
    """A page with measures of its runs and blocks.

    `measures` and `phrase_flags` are by the order of runs, `ancestries` and `totals` by the order
    of blocks. `core` is the block of the main content, `title_order` the run of the headline,
    `prose_runs` the orders of the runs that are certainly running text of the story. `prose_chars`
    are the characters of running text on the page, at least 1; `chars_by_parent` and
    `chars_by_class` the same by parent block, and by tag and class names. `runs_by_parent` counts
    runs, `text_counts` equal texts.
    """

    def __init__(self, page: PageTree, hints: HeadHints, title_block: BlockElement | None) -> None:
        """Find the core of the story and measure everything from there.

        `title_block` is the heading that is the headline, if there is one.
        """
        self.page = page
        self.hints = hints
        self.measures = [text_density.measure_run(run) for run in page.runs]
        text_density.assign_class_flags(page)
        text_density.clear_mistaken_comments(page, self.measures)
        start = find_story_start(page, self.measures, hints.headline)
        text_density.compute_prose(page, self.measures, title_block, start)
        self.core = main_region.find_core(page)
        distances = main_region.distances_from_core(self.core)
        self.ancestries = ancestry.compute_ancestries(page, distances)
        self.phrase_flags = [phrases.flags_of(run.text) if run.text else 0 for run in page.runs]
        self.totals = subtree_totals.compute_totals(page, self.measures, self.phrase_flags)
        self.headline_words = frozenset(hints.headline.split())
        self.description_words = frozenset(hints.description.split())
        self.title_order = find_title_order(page, self.measures, hints.headline)
        self.prose_runs: list[int] = []
        self.chars_by_parent: dict[int, int] = {}
        self.chars_by_class: dict[tuple[str, str], int] = {}
        self.runs_by_parent: dict[int, int] = {}
        self.text_counts: dict[str, int] = {}
        self.prose_chars = 1.0
        _count(self, start)


def find_story_start(page: PageTree, measures: list[TextMeasure], headline: str) -> int:
    """Return the order of the heading that is the headline, if enough running text follows it;
    else 0."""
    before = after = 0
    start = 0
    for run, measure in zip(page.runs, measures, strict=True):
        tag = run.block.tag
        if not start and tag in {"h1", "h2"} and has_headline(tag, run.text.lower(), headline):
            start = run.order
        elif text_density.is_running_text(measure):
            if start:
                after += measure.chars
            else:
                before += measure.chars
    return start if after > _MIN_STORY_RATIO * before else 0


def find_title_order(page: PageTree, measures: list[TextMeasure], headline: str) -> int:
    """Return the order of the run that is the headline, or else of the first h1, or else 0.

    A link with the same text is a teaser of the page itself.
    """
    first_h1, first_match = -1, -1
    for run, measure in zip(page.runs, measures, strict=True):
        is_h1 = run.block.tag == "h1" and run.text
        if headline and has_headline(run.block.tag, run.text.lower(), headline):
            if is_h1:
                return run.order
            is_heading = run.block.tag in subtree_totals.HEADINGS
            if first_match < 0 and (measure.link_density < _MAX_TITLE_LINK_DENSITY or is_heading):
                first_match = run.order
        elif is_h1 and first_h1 < 0:
            first_h1 = run.order
    return max(first_match if first_match >= 0 else first_h1, 0)


def has_headline(tag: str, text: str, headline: str) -> bool:
    """Return True if a text is the headline, or that of an h1 with little beside it, such as a
    kicker; both are written in the same way, such as in lower case."""
    return text == headline or (
        tag == "h1" and headline in text and len(headline) >= _MIN_HEADLINE_SHARE * len(text)
    )


def _count(analysis: PageAnalysis, start: int) -> None:
    """Set the counts of the analysis and its `prose_runs`, none of them before the run `start`."""
    total = 0
    for run, measure in zip(analysis.page.runs, analysis.measures, strict=True):
        if not measure.words:
            continue
        block = run.block
        parent = block.parent.order if block.parent else 0
        analysis.runs_by_parent[parent] = analysis.runs_by_parent.get(parent, 0) + 1
        analysis.text_counts[run.text] = analysis.text_counts.get(run.text, 0) + 1
        if text_density.is_running_text(measure):
            around = analysis.ancestries[block.order]
            chars = measure.chars
            total += chars
            analysis.chars_by_parent[parent] = analysis.chars_by_parent.get(parent, 0) + chars
            key = (block.tag, around.names)
            analysis.chars_by_class[key] = analysis.chars_by_class.get(key, 0) + chars
            is_story = not around.distance and not around.all_flags & text_density.NOT_THE_STORY
            if is_story and run.order >= start:
                analysis.prose_runs.append(run.order)
    analysis.prose_chars = float(total or 1)
