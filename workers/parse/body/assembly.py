"""Assembles the kept runs into blocks: paragraphs, headings, lists, quotes, tables, pictures."""

from typing import Final

from schemas.article import Block, BlockKind
from workers.parse.fields import image_sources
from workers.parse.html import class_names
from workers.parse.html.markup import join_url
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import closest, is_within

# Runs of these tags are items for certain; old layouts put whole pages into tables and lists.
_ITEM_TAGS: Final = frozenset(("li", "dt", "dd", "th"))
_LIST_KINDS: Final[dict[str, BlockKind]] = {
    "ul": "list",
    "ol": "list",
    "dl": "list",
    "table": "table",
}
_QUOTE_TAGS: Final = frozenset(("blockquote",))
_ROW_TAGS: Final = frozenset(("tr",))
_LINE_TAGS: Final = frozenset(("li", "dt", "dd"))
_MAX_QUOTE_LEVELS: Final = 4
_MAX_POST_LINES: Final = 8
_MAX_ROW_LEVELS: Final = 1_000
_MAX_LIST_SHARE: Final = 0.5

# The kind of a run's block, the run, and the list or table around it.
Item = tuple[BlockKind, TextRun, BlockElement | None]


def assemble_blocks(
    runs: list[TextRun], kept: list[int], base_url: str, captions: dict[int, str]
) -> tuple[Block, ...]:
    """Return the blocks of the story in page order.

    Args:
        runs: all runs of the page.
        kept: the orders of the story's runs, pictures and embeds.
        base_url: what the addresses of pictures and embeds are relative to.
        captions: the captions of pictures by their order.
    """
    prose = _root(runs[kept[0]].block).prose if kept else 0.0
    items = [_item(runs[order], prose) for order in kept]
    blocks: list[Block] = []
    start = 0
    while start < len(items):
        kind, run, holder = items[start]
        end = start + 1
        if holder is not None:
            while end < len(items) and items[end][2] is holder:
                end += 1
            blocks.append(Block(kind, _join_lines(kind, [item[1] for item in items[start:end]])))
        elif kind in ("image", "embed"):
            address = join_url(base_url, image_sources.source_address(run)) or None
            blocks.append(Block(kind, captions.get(run.order, ""), address))
        else:
            blocks.append(Block(kind, run.text))
            if kind == "quote" and (post := _post_around(run)) is not None:
                is_last = end == len(items) or _post_around(items[end][1]) is not post
                if is_last and (link := _last_link(runs, run.order, post)):
                    blocks.append(Block("embed", "", join_url(base_url, link) or None))
        start = end
    return tuple(blocks)


def _post_around(run: TextRun) -> BlockElement | None:
    """Return the quotation that is a post of a social network, as its class says; else None."""
    quote = closest(run.block, _QUOTE_TAGS, _MAX_QUOTE_LEVELS)
    return quote if quote is not None and quote.class_flags & class_names.EMBED else None


def _last_link(runs: list[TextRun], start: int, post: BlockElement) -> str:
    """Return the address of the last link in a post, which is the post's own; empty without one.

    `start` is the order of its last run that is kept.
    """
    address = ""
    for run in runs[start : start + _MAX_POST_LINES]:
        if not is_within(run.block, post):
            break
        for tag, node, _, _ in run.spans:
            if tag == "a":
                address = node.attributes.get("href") or address
    return address


def _item(run: TextRun, page_prose: float) -> Item:
    if run.kind == "image":
        return "image", run, None
    if run.kind == "embed":
        return "embed", run, None
    if run.block.tag in HEADINGS:
        return "heading", run, None
    holder = closest(run.block, _LIST_KINDS)
    if holder is not None and (
        holder.prose <= _MAX_LIST_SHARE * page_prose or run.block.tag in _ITEM_TAGS
    ):
        return _LIST_KINDS[holder.tag], run, holder
    quote = closest(run.block, _QUOTE_TAGS, _MAX_QUOTE_LEVELS)
    return ("quote" if quote else "paragraph"), run, None


def _root(block: BlockElement) -> BlockElement:
    while block.parent is not None:
        block = block.parent
    return block


def _join_lines(kind: BlockKind, runs: list[TextRun]) -> str:
    """Return a list with an item a line, or a table with a row a line and tabs between cells."""
    separator, row_tags = ("\t", _ROW_TAGS) if kind == "table" else (" ", _LINE_TAGS)
    lines: list[tuple[BlockElement, list[str]]] = []
    for run in runs:
        row = closest(run.block, row_tags, _MAX_ROW_LEVELS) or run.block
        text = " ".join(run.text.split())
        if lines and lines[-1][0] is row:
            lines[-1][1].append(text)
        else:
            lines.append((row, [text]))
    return "\n".join(separator.join(texts) for _, texts in lines)
