"""Teasers of other stories that stand on the page."""

from typing import Final
from urllib.parse import urlsplit

from schemas.article import Related
from workers.parse.fields import alt_text
from workers.parse.html import class_names
from workers.parse.html.markup import join_url
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.subtree_totals import HEADINGS, is_teaser
from workers.parse.layout.text_density import ancestry, flags_of, is_within
from workers.parse.text import date_parsing, phrases

_MOST: Final = 40
_SHORTEST: Final = 12
_SECTION_WORDS: Final = 3
_LINKED_SECTION_WORDS: Final = 6
_NOT_RELATED: Final = (
    class_names.SHARE
    | class_names.NAV
    | class_names.FOOTER
    | class_names.TAGS
    | class_names.BYLINE
    | class_names.COMMENTS
)


def cards(
    scene: PageAnalysis, kept: frozenset[int], end: int
) -> list[tuple[TextRun, BlockElement]]:
    """The links to other stories, each with the largest box that holds no other and no text of
    the story. `end` is the order of the story's last run."""
    holding = _holding(scene, kept)
    found = []
    for run, size in zip(scene.page.runs, scene.measures, strict=True):
        if run.kind != "text" or run.order in kept or run.order < scene.title_at:
            continue
        if len(run.text) < _SHORTEST or not (
            is_teaser(run, size)
            or _linked_heading(run, size.linked)
            or (size.linked and scene.says[run.order] & phrases.MORE)
        ):
            continue
        context = scene.contexts[run.box.order]
        if run.order > end and not context.all & class_names.RELATED:
            continue
        if context.near & _NOT_RELATED and not context.all & class_names.RELATED:
            continue
        found.append((run, _card(scene, run, holding)))
    return found[:_MOST]


def _holding(scene: PageAnalysis, kept: frozenset[int]) -> set[int]:
    """The orders of all boxes with text of the story somewhere in them."""
    found: set[int] = set()
    for order in kept:
        box: BlockElement | None = scene.page.runs[order].box
        while box is not None and box.order not in found:
            found.add(box.order)
            box = box.parent
    return found


def _linked_heading(run: TextRun, linked: float) -> bool:
    return run.box.tag in HEADINGS and linked > 0.8  # noqa: PLR2004  all but a mark


def _card(scene: PageAnalysis, run: TextRun, holding: set[int]) -> BlockElement:
    card = run.box
    for box in ancestry(run.box):
        if box.order in holding or scene.groups[box.order].teasers > 1:
            break
        card = box
    return card


def read(
    scene: PageAnalysis, found: list[tuple[TextRun, BlockElement]], url: str, language: str
) -> tuple[Related, ...]:
    """The teasers as they are stored, none twice, none that leads to the page itself."""
    stories: dict[str, Related] = {}
    own = _key(url)
    for run, card in found:
        title, href, others = _links(run)
        address = join_url(url, href) if href else None
        key = _key(address) if address else title
        if key == own or title == scene.page.runs[scene.title_at].text or len(title) < _SHORTEST:
            continue
        section, caption = _beside(scene, run, card, language)
        linked = (text for text in others if _is_section(text, _LINKED_SECTION_WORDS))
        section = section or next(linked, "")
        if key not in stories or len(title) > len(stories[key].title):
            stories[key] = Related(title, address or None, section or None, caption or None)
    return tuple(stories.values())


def _key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def _links(run: TextRun) -> tuple[str, str, list[str]]:
    """Text and address of a line's longest link, and the texts of its other links."""
    links = []
    for tag, node, chars, _ in run.marks:
        href = node.attributes.get("href") if tag == "a" else None
        if href and not href.startswith(("#", "javascript:", "mailto:")):
            links.append((" ".join(node.text().split()), href, chars > 0.9 * run.length))
    if not links:
        return run.text, "", []
    if len(links) == 1 and links[0][2]:
        return run.text, links[0][1], []
    title, href, _ = max(links, key=lambda link: len(link[0]))
    return title, href, [text for text, _, _ in links if text != title]


def _is_section(text: str, most_words: int = _SECTION_WORDS) -> bool:
    is_short = 0 < len(text.split()) <= most_words and not any(c.isdigit() for c in text)
    return is_short and not phrases.flags_of(text)


def _beside(
    scene: PageAnalysis, teaser: TextRun, card: BlockElement, language: str
) -> tuple[str, str]:
    """The section and the picture's caption in a teaser's card."""
    section = ""
    caption = ""
    for run in scene.page.runs[max(0, teaser.order - 5) : teaser.order + 6]:
        if run is teaser or not is_within(run.box, card):
            continue
        if run.kind != "text":
            told = alt_text.read(" ".join((run.attributes.get("alt") or "").split()))
            caption = caption or (told.caption if told else "")
            continue
        if date_parsing.find_date(run.text, language):
            continue
        if run.box.tag == "figcaption" or flags_of(run.box) & class_names.CAPTION:
            caption = caption or run.text
        elif not section and _is_section(run.text):
            section = run.text
    return section, caption
