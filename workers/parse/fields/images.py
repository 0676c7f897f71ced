"""Finds the pictures of the story, with their captions and credits."""

import re
from typing import Final

from schemas.article import Image
from workers.parse.fields import image_sources, photo_credits
from workers.parse.html import class_names
from workers.parse.html.markup import join_url, text_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.text_density import ancestors, is_within, nearby_flags

_CREDIT_NAMES: Final = ("credit", "copyright", "photographer", "source", "rights")
_MIN_PIXELS: Final = 60
_DECORATION: Final = re.compile(
    r"(?i:(?<![a-z])(?:logos?|icons?|avatars?|sprites?|pixel|spacer|blank|1x1|emojis?|badges?|"
    r"gravatar|favicon)(?![a-z]))|[a-z](?:Logo|Icon|Avatar|Badge)(?![a-z])|gravatar"
)
_ELSEWHERE: Final = (
    class_names.RELATED
    | class_names.COMMENTS
    | class_names.ADVERT
    | class_names.BIO
    | class_names.NAV
    | class_names.FOOTER
    | class_names.SHARE
    | class_names.NEWSLETTER
)
_MAX_PICTURES: Final = 40
_MAX_CAPTION_LINES: Final = 2
_MAX_CREDIT_CHARS: Final = 119
_MAX_FIGURE_LEVELS: Final = 5
_MIN_WHOLE_LINE_SHARE: Final = 0.9
# Where pictures and captions may be, in runs.
_RUNS_BEFORE_HEADLINE: Final = 4
_RUNS_AFTER_TEXT: Final = 3
_RUNS_BEFORE_PICTURE: Final = 3
_RUNS_AFTER_PICTURE: Final = 6


def is_content_picture(run: TextRun) -> bool:
    """Return False for icons, logos and tracking pixels, by size and names."""
    attributes = run.attributes
    for name in ("width", "height"):
        value = (attributes.get(name) or "").removesuffix("px")
        if value.isdigit() and int(value) < _MIN_PIXELS:
            return False
    address = image_sources.source_address(run)
    names = (attributes.get("class") or "") + " " + address.rpartition("/")[2]
    return bool(address) and not _DECORATION.search(names)


def find_pictures(analysis: PageAnalysis, last: int, teaser_blocks: set[int]) -> list[int]:
    """Return the orders of the pictures between headline and end of the story.

    `last` is the order of the story's last run; `teaser_blocks` are the orders of blocks that
    belong to other stories.
    """
    title = analysis.title_order
    orders = []
    runs = analysis.page.runs[max(0, title - _RUNS_BEFORE_HEADLINE) : last + _RUNS_AFTER_TEXT]
    for run in runs:
        if run.kind != "image" or not is_content_picture(run):
            continue
        around = analysis.ancestries[run.block.order]
        is_portrait = nearby_flags(run.block) & class_names.BYLINE and run.order > title
        if (
            around.all_flags & _ELSEWHERE
            or is_portrait
            or any(block.order in teaser_blocks for block in ancestors(run.block))
        ):
            continue
        if not around.distance or run.order > title:
            orders.append(run.order)
    return orders[:_MAX_PICTURES]


def find_caption(analysis: PageAnalysis, order: int, kept: frozenset[int]) -> tuple[str, str]:
    """Return caption and credit of a picture; each is empty if there is none.

    They are the lines in its figure, or in the block right around it, that are not of the story;
    `kept` are the orders of the story's runs.
    """
    runs = analysis.page.runs
    figure = _find_figure(runs[order])
    captions: list[str] = []
    credit = ""
    for run in runs[max(0, order - _RUNS_BEFORE_PICTURE) : order + _RUNS_AFTER_PICTURE]:
        if run.kind != "text" or run.order in kept or not is_within(run.block, figure):
            continue
        text, marked_credit = _split_marked_credit(run)
        credit = credit or marked_credit
        is_credit = photo_credits.PREFIX.match(run.text) or _is_named_credit(run)
        if is_credit and not credit and len(run.text) <= _MAX_CREDIT_CHARS:
            credit = photo_credits.clean(run.text)
        elif text and text not in captions:
            captions.append(text)
    caption = " ".join(captions[:_MAX_CAPTION_LINES])
    if not credit:
        caption, credit = photo_credits.split(caption)
    return caption, credit


def _split_marked_credit(run: TextRun) -> tuple[str, str]:
    """Return a caption, and the credit at its end that has an element of its own."""
    for tag, node, chars, _ in run.spans:
        is_part = chars < _MIN_WHOLE_LINE_SHARE * run.source_chars
        text = text_of(node) if is_part else ""
        names = f"{node.attributes.get('class') or ''} {node.attributes.get('itemprop') or ''}"
        is_credit = tag == "cite" or _means_credit(names)
        if text and (is_credit or photo_credits.is_labelled(text)) and run.text.endswith(text):
            return run.text.removesuffix(text).strip(), photo_credits.clean(text)
    return run.text, ""


def _is_named_credit(run: TextRun) -> bool:
    """Return True if the class names of the block or of the whole line mean a credit."""
    values = (run.block.attributes.get(key) for key in ("class", "itemprop"))
    names = " ".join(filter(None, values))
    span_names = " ".join(
        node.attributes.get("class") or ""
        for _, node, chars, _ in run.spans
        if chars > _MIN_WHOLE_LINE_SHARE * run.source_chars
    )
    return _means_credit(f"{names} {span_names}")


def _means_credit(names: str) -> bool:
    low = names.lower()
    return any(word in low for word in _CREDIT_NAMES)


def _find_figure(run: TextRun) -> BlockElement:
    """Return the figure around a picture, or the block that takes its place."""
    blocks = ancestors(run.block, _MAX_FIGURE_LEVELS)
    for block in blocks:
        if block.tag in ("figure", "amp-story") or block.class_flags & class_names.CAPTION:
            return block
    is_wrapped = len(blocks) > 2 and blocks[0].tag in ("picture", "a")  # noqa: PLR2004  not the root
    return blocks[1] if is_wrapped else blocks[0]


def find_lead_address(head: Metadata, base_url: str) -> str:
    """Return the address of the picture for previews of the page; empty if there is none."""
    for name in ("og:image", "og:image:url", "twitter:image", "twitter:image:src"):
        if (value := head.value(name)) and not _DECORATION.search(value.rpartition("/")[2]):
            return join_url(base_url, value)
    for node in head.article_nodes:
        image = node.get("image")
        image = image[0] if isinstance(image, list) and image else image
        address = image.get("url") if isinstance(image, dict) else image
        if (
            isinstance(address, str)
            and address
            and not _DECORATION.search(address.rpartition("/")[2])
        ):
            return join_url(base_url, address)
    return ""


def build_images(
    analysis: PageAnalysis,
    orders: list[int],
    captions: dict[int, tuple[str, str]],
    lead_address: str,
    base_url: str,
) -> tuple[Image, ...]:
    """Return the story's pictures without duplicates, the lead first if there is one.

    Args:
        analysis: the page.
        orders: the orders of the pictures.
        captions: caption and credit by order.
        lead_address: the picture for previews; added if no picture comes before the text.
        base_url: what the addresses of the pictures are relative to.
    """
    runs = analysis.page.runs
    first = analysis.prose_runs[0] if analysis.prose_runs else len(runs)
    images: list[Image] = []
    addresses: set[str] = set()
    for order in orders:
        address = join_url(base_url, image_sources.source_address(runs[order]))
        caption, credit = captions.get(order, ("", ""))
        if not address or address in addresses:
            continue
        addresses.add(address)
        is_lead = not images and order < first
        images.append(Image(address, caption or None, credit or None, is_lead))
    if (
        lead_address
        and not any(image.is_lead for image in images)
        and lead_address not in addresses
    ):
        images.insert(0, Image(lead_address, is_lead=True))
    return tuple(images)
