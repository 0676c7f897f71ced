"""The line below the headline."""

from typing import Final

from workers.parse.html import class_names, jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.text_density import flags_of

_FEWEST, _MOST = 4, 80
_ALIKE: Final = 0.85


def find(scene: PageAnalysis, head: Metadata) -> tuple[str | None, str]:
    """A lead as printed between headline and text, or as JSON-LD tells; with its origin."""
    first = scene.solid[1] if len(scene.solid) > 1 else scene.title_at + 6
    for run in scene.page.runs[scene.title_at + 1 : min(first + 1, scene.title_at + 12)]:
        if run.kind == "text" and (origin := _origin(scene, run)):
            return run.text, origin
    for node in head.articles:
        if found := jsonld.text_of(node.get("alternativeHeadline")):
            return found, "json-ld alternativeHeadline"
    return None, ""


def _origin(scene: PageAnalysis, run: TextRun) -> str:
    """What shows that `run` is the lead; empty if nothing does."""
    size = scene.measures[run.order]
    if not _FEWEST <= size.words <= _MOST or size.linked > 0.5:  # noqa: PLR2004  mostly a link
        return ""
    box = run.box
    flags = flags_of(box)
    if flags & (class_names.CAPTION | class_names.RELATED | class_names.BYLINE | class_names.DATE):
        return ""
    if box.parent and scene.groups[box.parent.order].pictures and _is_small(scene, box.parent):
        return ""
    if flags & class_names.LEAD and not flags & class_names.BODY:
        return "line named as the lead"
    words = frozenset(run.text.lower().split())
    alike = len(words & scene.description_words) / len(words | scene.description_words)
    return "line that is the page's description" if alike >= _ALIKE else ""


def _is_small(scene: PageAnalysis, box: BlockElement) -> bool:
    """True for a box of few lines: with a picture in it, they are its caption."""
    return scene.groups[box.order].runs <= 3  # noqa: PLR2004  caption, credit, link
