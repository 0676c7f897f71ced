"""The story's blocks, pictures and teasers, out of what was chosen."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from schemas import article
from schemas.article import Block, Image, Related
from workers.parse.body import assembly, drop_reasons, jsonld_fallback
from workers.parse.body.selection import Selection
from workers.parse.fields import images, related
from workers.parse.fields.language import script_of
from workers.parse.html.metadata import Metadata
from workers.parse.layout.page_analysis import PageAnalysis


class Content(Struct, frozen=True):
    """`tell` gives reasons and texts of what is not the story, in page order."""

    blocks: tuple[Block, ...]
    images: tuple[Image, ...]
    related: tuple[Related, ...]
    tell: Callable[[], tuple[tuple[str, str], ...]]
    text: str
    first_paragraph: str
    origin: str = "scored text"


def read(scene: PageAnalysis, choice: Selection, head: Metadata, url: str) -> Content:
    """Everything in reading order; `url` is what addresses are relative to."""
    runs = scene.page.runs
    kept = frozenset(choice.kept)
    last = choice.kept[-1] if choice.kept else scene.title_at
    cards = related.cards(scene, kept, last)
    boxes = {card.order for _, card in cards}
    pictures = images.is_of_story(scene, last, boxes)
    captions = {order: images.caption_of(scene, order, kept) for order in pictures}
    embeds = _embeds(scene, choice)
    order = sorted([*choice.kept, *embeds, *_inner(pictures, choice.kept)])
    blocks = assembly.blocks(runs, order, url, {n: text for n, (text, _) in captions.items()})
    spoken = [block for block in blocks if block.kind in ("paragraph", "quote")]
    text = "\n".join(block.text for block in spoken[:20])
    return Content(
        blocks,
        images.images(scene, pictures, captions, images.lead_address(head, url), url),
        related.read(scene, cards, url, head.language or ""),
        partial(_dropped, scene, choice, boxes, {text for text, _ in captions.values()}),
        text,
        spoken[0].text if spoken else "",
    )


def spoken(scene: PageAnalysis, choice: Selection, head: Metadata) -> str:
    """The text alone, for those who ask for nothing else."""
    blocks = assembly.blocks(scene.page.runs, choice.kept, "", {})
    return article.spoken(jsonld_fallback.blocks(head, blocks) or blocks)


def told(found: Content, blocks: tuple[Block, ...]) -> Content:
    """The same with the text that the head of the page told."""
    text = "\n".join(block.text for block in blocks[:20])
    return replace(
        found,
        blocks=blocks,
        text=text,
        first_paragraph=blocks[0].text,
        origin="json-ld articleBody",
    )


def _inner(pictures: list[int], kept: list[int]) -> list[int]:
    """Pictures from the lead to the end of the text; later ones have no place in the order."""
    return [order for order in pictures if kept and order <= kept[-1] + 2]


def _embeds(scene: PageAnalysis, choice: Selection) -> list[int]:
    """Videos, posts and the like between the first and the last line of the text."""
    if not choice.kept:
        return []
    first, last = choice.kept[0], choice.kept[-1]
    return [
        run.order
        for run in scene.page.runs[first : last + 2]
        if run.kind == "embed"
        and images.address(run.attributes)
        and not scene.contexts[run.box.order].out
    ]


def _dropped(
    scene: PageAnalysis, choice: Selection, boxes: set[int], captions: set[str]
) -> tuple[tuple[str, str], ...]:
    script = script_of(" ".join(scene.page.runs[order].text for order in choice.kept[:20]))
    inside = [False] * len(scene.page.boxes)
    for box in scene.page.boxes:
        inside[box.order] = box.order in boxes or (
            box.parent is not None and inside[box.parent.order]
        )
    found = []
    for order, reason in sorted(choice.dropped.items()):
        run = scene.page.runs[order]
        if reason in drop_reasons.GENERAL and inside[run.box.order]:
            named = "teaser"
        elif reason in drop_reasons.GENERAL and run.text in captions:
            named = "caption"
        else:
            named = drop_reasons.refine_reason(scene, order, reason, script)
        found.append((named, run.text))
    return tuple(found)
