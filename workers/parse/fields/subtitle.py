"""Finds the subtitle: the line below the headline that sums up the story."""

import re
from typing import Final

from workers.parse.html import class_names, jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.text_density import nearby_flags

# What names of all parts of a story begin with, as in "article-dek".
_PREFIX_WORDS: Final = re.compile(r"(?i)\b(?:article|story|post|entry|news)[-_]+")
_MIN_WORDS, _MAX_WORDS = 4, 80
_MAX_LINK_DENSITY: Final = 0.5
_MIN_SIMILARITY: Final = 0.85
_MAX_RUNS: Final = 12
_RUNS_WITHOUT_TEXT: Final = 6
# Caption, credit and link.
_MAX_CAPTION_RUNS: Final = 3
_OTHER_LINES: Final = (
    class_names.CAPTION | class_names.RELATED | class_names.BYLINE | class_names.DATE
)


def find_subtitle(analysis: PageAnalysis, head: Metadata) -> tuple[str | None, str]:
    """Return the lead printed between headline and text, or that of JSON-LD, with its origin."""
    title, prose_runs = analysis.title_order, analysis.prose_runs
    second = prose_runs[1] if len(prose_runs) > 1 else title + _RUNS_WITHOUT_TEXT
    for run in analysis.page.runs[title + 1 : min(second + 1, title + _MAX_RUNS)]:
        if run.kind == "text" and (origin := _lead_origin(analysis, run)):
            return run.text, origin
    for node in head.article_nodes:
        if text := jsonld.text_of(node.get("alternativeHeadline")):
            return text, "json-ld alternativeHeadline"
    return None, ""


def _lead_origin(analysis: PageAnalysis, run: TextRun) -> str:
    """Return what shows that `run` is the lead; empty if nothing does."""
    measure = analysis.measures[run.order]
    if not _MIN_WORDS <= measure.words <= _MAX_WORDS or measure.link_density > _MAX_LINK_DENSITY:
        return ""
    block = run.block
    flags = nearby_flags(block)
    if flags & _OTHER_LINES or (block.parent and _is_caption_block(analysis, block.parent)):
        return ""
    own_names = _PREFIX_WORDS.sub("", block.names)
    is_body = class_names.flags_of(own_names) | (flags ^ flags & block.class_flags)
    if flags & class_names.LEAD and not is_body & class_names.BODY:
        return "line named as the lead"
    words = frozenset(run.text.lower().split())
    description = analysis.description_words
    similarity = len(words & description) / len(words | description)
    return "line that is the page's description" if similarity >= _MIN_SIMILARITY else ""


def _is_caption_block(analysis: PageAnalysis, block: BlockElement) -> bool:
    """Return True for a block with a picture and few lines, which are its caption."""
    totals = analysis.totals[block.order]
    return totals.pictures > 0 and totals.runs <= _MAX_CAPTION_RUNS
