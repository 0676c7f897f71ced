"""Builds the story's blocks, pictures and teasers from the selected runs."""

from collections.abc import Callable
from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from schemas import article
from schemas.article import Block, Image, Related
from workers.parse.body import assembly, drop_reasons, jsonld_fallback, script_state
from workers.parse.body.selection import Selection
from workers.parse.fields import image_sources, images, related
from workers.parse.fields.language import detect_script
from workers.parse.html.metadata import Metadata
from workers.parse.layout.page_analysis import PageAnalysis

_SAMPLE_SIZE: Final = 20
_RUNS_AFTER_TEXT: Final = 2


class Content(Struct, frozen=True):
    """The story without the fields of its head.

    `explain_dropped` returns reason and text of everything else on the page, in page order;
    `text` has the first paragraphs, for detecting the language; `origin` says where the blocks
    are from.
    """

    blocks: tuple[Block, ...]
    images: tuple[Image, ...]
    related: tuple[Related, ...]
    explain_dropped: Callable[[], tuple[tuple[str, str], ...]]
    text: str
    first_paragraph: str
    origin: str = "scored text"


def build_content(
    analysis: PageAnalysis, selection: Selection, head: Metadata, url: str
) -> Content:
    """Return blocks, pictures and teasers in reading order; addresses are relative to `url`."""
    runs = analysis.page.runs
    kept = frozenset(selection.kept)
    last = selection.kept[-1] if selection.kept else analysis.title_order
    cards = related.find_cards(analysis, kept, last)
    card_blocks = {card.order for _, card in cards}
    pictures = images.find_pictures(analysis, last, card_blocks)
    captions = {order: images.find_caption(analysis, order, kept) for order in pictures}
    embeds = _embeds(analysis, selection)
    in_order = sorted([*selection.kept, *embeds, *_pictures_in_text(pictures, selection.kept)])
    caption_texts = {number: text for number, (text, _) in captions.items()}
    blocks = assembly.assemble_blocks(runs, in_order, url, caption_texts)
    spoken = [block for block in blocks if block.kind in ("paragraph", "quote")]
    return Content(
        blocks,
        images.build_images(analysis, pictures, captions, images.find_lead_address(head, url), url),
        related.build_teasers(analysis, cards, url, head.language or ""),
        partial(_explain, analysis, selection, card_blocks, set(caption_texts.values())),
        _sample(spoken),
        spoken[0].text if spoken else "",
    )


def build_text(
    analysis: PageAnalysis, selection: Selection, head: Metadata, document: LexborHTMLParser
) -> str:
    """Return the text alone, for callers who need nothing else."""
    blocks = assembly.assemble_blocks(analysis.page.runs, selection.kept, "", {})
    return article.body_text(
        jsonld_fallback.article_body(head, blocks)
        or script_state.article_body(document, blocks)
        or blocks
    )


def with_other_text(content: Content, blocks: tuple[Block, ...], origin: str) -> Content:
    """Return the content with other paragraphs in place of those of the page."""
    return replace(
        content,
        blocks=blocks,
        text=_sample(blocks),
        first_paragraph=blocks[0].text,
        origin=origin,
    )


def _sample(blocks: list[Block] | tuple[Block, ...]) -> str:
    return "\n".join(block.text for block in blocks[:_SAMPLE_SIZE])


def _pictures_in_text(pictures: list[int], kept: list[int]) -> list[int]:
    """Return the pictures up to the end of the text; later ones have no place in the order."""
    return [order for order in pictures if kept and order <= kept[-1] + _RUNS_AFTER_TEXT]


def _embeds(analysis: PageAnalysis, selection: Selection) -> list[int]:
    """Return the orders of videos, posts and the like between first and last line of the text."""
    if not selection.kept:
        return []
    first, last = selection.kept[0], selection.kept[-1]
    return [
        run.order
        for run in analysis.page.runs[first : last + _RUNS_AFTER_TEXT]
        if run.kind == "embed"
        and image_sources.source_address(run)
        and not analysis.ancestries[run.block.order].distance
    ]


def _explain(
    analysis: PageAnalysis, selection: Selection, card_blocks: set[int], captions: set[str]
) -> tuple[tuple[str, str], ...]:
    """Return reason and text of each dropped run, as exact as rules allow."""
    runs = analysis.page.runs
    story_text = " ".join(runs[order].text for order in selection.kept[:_SAMPLE_SIZE])
    script = detect_script(story_text)
    in_card = [False] * len(analysis.page.blocks)
    for block in analysis.page.blocks:
        in_card[block.order] = block.order in card_blocks or (
            block.parent is not None and in_card[block.parent.order]
        )
    explained = []
    for order, reason in sorted(selection.dropped.items()):
        run = runs[order]
        if reason in drop_reasons.GENERAL_REASONS and in_card[run.block.order]:
            exact = "teaser"
        elif reason in drop_reasons.GENERAL_REASONS and run.text in captions:
            exact = "caption"
        else:
            exact = drop_reasons.refine_reason(analysis, order, reason, script)
        explained.append((exact, run.text))
    return tuple(explained)
