"""Teasers of other stories that stand on the page."""

from urllib.parse import urljoin, urlsplit

from schemas.article import Related
from workers.parse import moments, names
from workers.parse.body.groups import HEADINGS, is_teaser
from workers.parse.body.prose import ancestry, flags_of
from workers.parse.body.scene import Scene
from workers.parse.tree import Box, Run

_MOST = 40
_SHORTEST = 12
_NOT_RELATED = names.SHARE | names.NAV | names.FOOTER | names.TAGS | names.BYLINE | names.COMMENTS


def cards(scene: Scene, kept: frozenset[int], end: int) -> list[tuple[Run, Box]]:
    """The links to other stories, each with the largest box that holds no other and no text of
    the story. `end` is the order of the story's last run."""
    holding = {box.order for order in kept for box in ancestry(scene.page.runs[order].box)}
    found = []
    for run, size in zip(scene.page.runs, scene.measures, strict=True):
        if run.kind != "text" or run.order in kept or run.order < scene.title_at:
            continue
        if len(run.text) < _SHORTEST or not (
            is_teaser(run, size) or _linked_heading(run, size.linked)
        ):
            continue
        context = scene.contexts[run.box.order]
        if run.order > end and not context.all & names.RELATED:
            continue
        if context.near & _NOT_RELATED and not context.all & names.RELATED:
            continue
        found.append((run, _card(scene, run, holding)))
    return found[:_MOST]


def _linked_heading(run: Run, linked: float) -> bool:
    return run.box.tag in HEADINGS and linked > 0.8  # noqa: PLR2004  all but a mark


def _card(scene: Scene, run: Run, holding: set[int]) -> Box:
    card = run.box
    for box in ancestry(run.box):
        if box.order in holding or scene.groups[box.order].teasers > 1:
            break
        card = box
    return card


def read(
    scene: Scene, found: list[tuple[Run, Box]], url: str, language: str
) -> tuple[Related, ...]:
    """The teasers as they are stored, none twice, none that leads to the page itself."""
    stories: dict[str, Related] = {}
    own = _key(url)
    for run, card in found:
        address = urljoin(url, _href(run)) if _href(run) else None
        key = _key(address) if address else run.text
        if key == own or run.text == scene.page.runs[scene.title_at].text:
            continue
        section, caption = _beside(scene, run, card, language)
        new = Related(run.text, address, section or None, caption or None)
        if key not in stories or len(new.title) > len(stories[key].title):
            stories[key] = new
    return tuple(stories.values())


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def _href(run: Run) -> str:
    for tag, node, _, _ in run.marks:
        if tag == "a" and (href := node.attributes.get("href")):
            return href if not href.startswith(("#", "javascript:", "mailto:")) else ""
    return ""


def _beside(scene: Scene, teaser: Run, card: Box, language: str) -> tuple[str, str]:
    """The section and the picture's caption in a teaser's card."""
    section = ""
    caption = ""
    for run in scene.page.runs[max(0, teaser.order - 5) : teaser.order + 6]:
        if run is teaser or run.kind != "text" or card not in ancestry(run.box):
            continue
        flags = flags_of(run.box)
        if moments.spotted(run.text, language):
            continue
        if run.box.tag == "figcaption" or flags & names.CAPTION:
            caption = caption or run.text
        elif len(run.text.split()) <= 3 and not section:  # noqa: PLR2004  words of a section's name
            section = run.text
    return section, caption
