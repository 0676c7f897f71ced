"""The chosen runs as blocks: paragraphs, headings, lists, quotes, tables, pictures, embeds."""

from typing import Final

from schemas.article import Block, BlockKind
from workers.parse.fields import images
from workers.parse.html.markup import join_url
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import nearest

# The tags of items; tables and lists that hold whole pages, as old layouts do, are none.
_ITEMS: Final = frozenset(("li", "dt", "dd", "th"))
_GROUPED: Final[dict[str, BlockKind]] = {"ul": "list", "ol": "list", "dl": "list", "table": "table"}
_QUOTES: Final = frozenset(("blockquote",))
_ROWS: Final = frozenset(("tr",))
_LINES: Final = frozenset(("li", "dt", "dd"))
_DEEP: Final = 1_000

Item = tuple[BlockKind, TextRun, BlockElement | None]


def blocks(
    runs: list[TextRun], kept: list[int], base: str, captions: dict[int, str]
) -> tuple[Block, ...]:
    """`kept` are the orders of the story's runs, pictures and embeds; `captions` the texts of
    pictures by their order."""
    whole = _root(runs[kept[0]].box).prose if kept else 0.0
    items = [_item(runs[order], whole) for order in kept]
    found: list[Block] = []
    n = 0
    while n < len(items):
        kind, run, holder = items[n]
        end = n + 1
        if holder is not None:
            while end < len(items) and items[end][2] is holder:
                end += 1
            found.append(Block(kind, _lines(kind, [item[1] for item in items[n:end]])))
        elif kind in ("image", "embed"):
            address = join_url(base, images.address(run.attributes)) or None
            found.append(Block(kind, captions.get(run.order, ""), address))
        else:
            found.append(Block(kind, run.text))
        n = end
    return tuple(found)


def _item(run: TextRun, whole: float) -> Item:
    if run.kind == "image":
        return "image", run, None
    if run.kind == "embed":
        return "embed", run, None
    if run.box.tag in HEADINGS:
        return "heading", run, None
    holder = nearest(run.box, _GROUPED)
    if holder is not None and (holder.prose <= 0.5 * whole or run.box.tag in _ITEMS):
        return _GROUPED[holder.tag], run, holder
    quoted = nearest(run.box, _QUOTES, 4)
    return ("quote" if quoted else "paragraph"), run, None


def _root(box: BlockElement) -> BlockElement:
    while box.parent is not None:
        box = box.parent
    return box


def _lines(kind: BlockKind, runs: list[TextRun]) -> str:
    """A list has an item a line; a table has a row a line, cells parted by tabs."""
    part, row_tags = ("\t", _ROWS) if kind == "table" else (" ", _LINES)
    lines: list[tuple[BlockElement, list[str]]] = []
    for run in runs:
        row = nearest(run.box, row_tags, _DEEP) or run.box
        text = " ".join(run.text.split())
        if lines and lines[-1][0] is row:
            lines[-1][1].append(text)
        else:
            lines.append((row, [text]))
    return "\n".join(part.join(texts) for _, texts in lines)
