"""Finds the teasers of other stories on the page."""

from typing import Final
from urllib.parse import urlsplit

from schemas.article import Related
from workers.parse.fields import alt_text
from workers.parse.html import class_names
from workers.parse.html.markup import join_url, text_of
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.subtree_totals import HEADINGS, is_teaser
from workers.parse.layout.text_density import TextMeasure, ancestors, is_within, nearby_flags
from workers.parse.text import date_parsing, phrases

_MAX_TEASERS: Final = 40
_MIN_TITLE_CHARS: Final = 12
_MAX_SECTION_WORDS: Final = 3
_MAX_LINKED_SECTION_WORDS: Final = 6
_MIN_HEADING_LINK_DENSITY: Final = 0.8
_MIN_WHOLE_LINE_SHARE: Final = 0.9
_RUNS_BEFORE_TEASER: Final = 5
_RUNS_AFTER_TEASER: Final = 6
_NOT_RELATED: Final = (
    class_names.SHARE
    | class_names.NAV
    | class_names.FOOTER
    | class_names.TAGS
    | class_names.BYLINE
    | class_names.COMMENTS
)

Card = tuple[TextRun, BlockElement]
"""The link to another story, and the largest block with no other such link and no text of this
story."""


def find_cards(analysis: PageAnalysis, kept: frozenset[int], last: int) -> list[Card]:
    """Return the cards of other stories on the page.

    `kept` are the orders of the story's runs, `last` that of its last run: after it, only links
    whose class names say so are related.
    """
    story_blocks = _story_blocks(analysis, kept)
    cards = []
    for run, measure in zip(analysis.page.runs, analysis.measures, strict=True):
        if run.kind != "text" or run.order in kept or run.order < analysis.title_order:
            continue
        if len(run.text) < _MIN_TITLE_CHARS or not _is_link_to_story(analysis, run, measure):
            continue
        ancestry = analysis.ancestries[run.block.order]
        if run.order > last and not ancestry.all_flags & class_names.RELATED:
            continue
        if ancestry.near_flags & _NOT_RELATED and not ancestry.all_flags & class_names.RELATED:
            continue
        cards.append((run, _find_card_block(analysis, run, story_blocks)))
    return cards[:_MAX_TEASERS]


def _story_blocks(analysis: PageAnalysis, kept: frozenset[int]) -> set[int]:
    """Return the orders of all blocks with text of the story in or below them."""
    orders: set[int] = set()
    for order in kept:
        block: BlockElement | None = analysis.page.runs[order].block
        while block is not None and block.order not in orders:
            orders.add(block.order)
            block = block.parent
    return orders


def _is_link_to_story(analysis: PageAnalysis, run: TextRun, measure: TextMeasure) -> bool:
    is_linked_heading = (
        run.block.tag in HEADINGS and measure.link_density > _MIN_HEADING_LINK_DENSITY
    )
    has_phrase = measure.link_density and analysis.phrase_flags[run.order] & phrases.MORE
    return is_teaser(run, measure) or is_linked_heading or bool(has_phrase)


def _find_card_block(analysis: PageAnalysis, run: TextRun, story_blocks: set[int]) -> BlockElement:
    card = run.block
    for block in ancestors(run.block):
        if block.order in story_blocks or analysis.totals[block.order].teasers > 1:
            break
        card = block
    return card


def build_teasers(
    analysis: PageAnalysis, cards: list[Card], url: str, language: str
) -> tuple[Related, ...]:
    """Return the teasers of some cards, without duplicates and without links to the page itself.

    Of two with the same address, the one with the longer title counts.
    """
    teasers: dict[str, Related] = {}
    own_key = _address_key(url)
    runs = analysis.page.runs
    for run, card in cards:
        title, href, other_links = _read_links(run)
        address = join_url(url, href) if href else None
        key = _address_key(address) if address else title
        is_own = key == own_key or title == runs[analysis.title_order].text
        if is_own or len(title) < _MIN_TITLE_CHARS:
            continue
        section, caption = _read_card(analysis, run, card, language)
        linked = (text for text in other_links if _is_section(text, _MAX_LINKED_SECTION_WORDS))
        section = section or next(linked, "")
        if key not in teasers or len(title) > len(teasers[key].title):
            teasers[key] = Related(title, address or None, section or None, caption or None)
    return tuple(teasers.values())


def _address_key(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.netloc}{parts.path.rstrip('/')}"


def _read_links(run: TextRun) -> tuple[str, str, list[str]]:
    """Return text and address of a line's longest link, and the texts of its other links.

    A link around the whole line has the text of the line.
    """
    links = []
    for tag, node, chars, _ in run.spans:
        href = node.attributes.get("href") if tag == "a" else None
        if href and not href.startswith(("#", "javascript:", "mailto:")):
            is_whole_line = chars > _MIN_WHOLE_LINE_SHARE * run.source_chars
            links.append((text_of(node), href, is_whole_line))
    if not links:
        return run.text, "", []
    if len(links) == 1 and links[0][2]:
        return run.text, links[0][1], []
    title, href, _ = max(links, key=lambda link: len(link[0]))
    return title, href, [text for text, _, _ in links if text != title]


def _is_section(text: str, max_words: int = _MAX_SECTION_WORDS) -> bool:
    is_short = 0 < len(text.split()) <= max_words and not any(char.isdigit() for char in text)
    return is_short and not phrases.flags_of(text)


def _read_card(
    analysis: PageAnalysis, teaser: TextRun, card: BlockElement, language: str
) -> tuple[str, str]:
    """Return the section and the picture's caption in a card; each is empty if there is none."""
    section = ""
    caption = ""
    first = max(0, teaser.order - _RUNS_BEFORE_TEASER)
    for run in analysis.page.runs[first : teaser.order + _RUNS_AFTER_TEASER]:
        if run is teaser or not is_within(run.block, card):
            continue
        if run.kind != "text":
            parts = alt_text.parse_alt_text(" ".join((run.attributes.get("alt") or "").split()))
            caption = caption or (parts.caption if parts else "")
            continue
        is_caption = run.block.tag == "figcaption" or bool(
            nearby_flags(run.block) & class_names.CAPTION
        )
        is_needed = not caption if is_caption else not section and _is_section(run.text)
        if not is_needed or date_parsing.find_date(run.text, language):
            continue
        if is_caption:
            caption = run.text
        else:
            section = run.text
    return section, caption
