"""Builds the tree of a page in one pass: runs of text, each with the block elements around it."""

from typing import Any, Final

from mypy_extensions import mypyc_attr
from selectolax.lexbor import LexborNode

from workers.parse.html.markup import (
    ASIDE_ROLES,
    ASIDE_TAGS,
    INLINE_ELEMENTS,
    METADATA_ELEMENTS,
    REPLACED_ELEMENTS,
    SIGNIFICANT_ATTRIBUTES,
    SKIPPED_ELEMENTS,
    Attributes,
    is_hidden,
    is_hidden_inline,
    picture_of_figure,
)

MAX_DEPTH: Final = 250
MAX_NODES: Final = 100_000
MAX_TEXT_CHARS: Final = 1_000_000
# Stands for a line break until the run ends.
_BREAK: Final = " \ue000 "
_MAX_TAG_ID: Final = 1_000
_TAGS: Final[dict[int, str]] = {}
_NO_ATTRIBUTES: Final[Attributes] = {}
# Soft hyphens and zero-width spaces are typesetting; joiners (U+200C, U+200D) are spelling.
_INVISIBLE: Final = "\u00ad\u200b\u2060\ufeff"


@mypyc_attr(acyclic=True)
class BlockElement:
    """A block-level element.

    `order` is its index in `PageTree.blocks`. `names` (class, id and the like), their categories
    `class_flags` (bits of `class_names`) and `prose` (characters of running text in it and below
    it) are set by `layout.text_density`.
    """

    prose: float = 0.0
    names: str = ""
    class_flags: int = 0

    def __init__(
        self,
        tag: str,
        attributes: Attributes,
        parent: "BlockElement | None",
        order: int,
        *,
        hidden: bool = False,
    ) -> None:
        """Make a block in `parent` (None for the root); `hidden` if it or one above is hidden."""
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.order = order
        self.is_hidden = hidden


InlineSpan = tuple[str, LexborNode, int, int]
"""An inline element of a run: tag, node, its number of characters, and the number before it."""


@mypyc_attr(acyclic=True)
class TextRun:
    """What a reader sees as one paragraph, or a picture or an embed; `kind` says which.

    `order` is its index in `PageTree.runs`. `source_chars` is the length before white space was
    collapsed; the numbers of `spans` count those characters. `attributes` and `node` are set only
    for pictures and embeds. `address` is a picture's, once `image_sources` has chosen it.
    """

    source_chars: int = 0
    node: LexborNode | None = None
    address: str | None = None

    def __init__(
        self, kind: str, text: str, block: BlockElement, order: int, spans: list[InlineSpan]
    ) -> None:
        """Make a run of `kind` "text", "image" or "embed"."""
        self.kind = kind
        self.text = text
        self.block = block
        self.order = order
        self.spans = spans
        self.attributes = _NO_ATTRIBUTES


@mypyc_attr(acyclic=True)
class PageTree:
    """A page as runs and blocks in document order.

    `metadata_nodes` are the script, meta, link and title elements of the body; `skipped` is the
    number of hidden elements, menus and noscripts that were not read; `is_truncated` is True if a
    size limit was reached.
    """

    skipped: int = 0
    is_truncated: bool = False

    def __init__(self, root: BlockElement) -> None:
        """Make a page of `root` alone."""
        self.runs: list[TextRun] = []
        self.blocks = [root]
        self.metadata_nodes: list[LexborNode] = []


def build_tree(root: LexborNode, *, include_hidden: bool = False, tag: str = "body") -> PageTree:  # noqa: C901, PLR0912, PLR0915  one loop: calls would double its time
    """Return all runs and blocks below `root`, up to `MAX_NODES` and `MAX_TEXT_CHARS`.

    Not recursive, as pages nest without limit.

    Args:
        root: the element to read.
        include_hidden: also read hidden elements, menus and noscripts.
        tag: the tag of the root block.
    """
    block = BlockElement(tag, root.attributes, None, 0)
    page = PageTree(block)
    runs, blocks = page.runs, page.blocks
    parts: list[str] = []
    spans: list[InlineSpan] = []
    open_spans: list[list[Any]] = []
    length, nodes_left, chars_read, open_articles = 0, MAX_NODES, 0, 0
    stack: list[tuple[LexborNode, BlockElement | None]] = []
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node, outer = stack.pop()
            if outer is None:
                span = open_spans.pop()
                if length > span[2]:
                    spans.append((span[0], span[1], length - span[2], span[2]))
            else:
                if parts:
                    _end_run(runs, block, parts, spans, open_spans, length)
                    chars_read += length
                    parts, spans, length = [], [], 0
                if blocks[-1] is block and not (runs and runs[-1].block is block):
                    blocks.pop()  # nothing in it
                if block.tag in {"article", "main"}:
                    open_articles -= 1
                block = outer
            node = node.next
            continue
        nodes_left -= 1
        tag = _TAGS.get(node.tag_id or 0) or _read_tag(node)
        if tag == "-text":
            text = node.text_content
            if text:
                if text.isspace():
                    if parts:
                        parts.append(" ")
                else:
                    if length > MAX_TEXT_CHARS or len(text) > MAX_TEXT_CHARS:
                        text = text[: max(0, MAX_TEXT_CHARS - length)]
                        page.is_truncated = True
                    parts.append(text)
                    length += len(text)
            if nodes_left > 0 and chars_read <= MAX_TEXT_CHARS:
                node = node.next
                continue
        elif tag in SKIPPED_ELEMENTS and not (include_hidden and tag == "noscript"):
            if tag in METADATA_ELEMENTS:
                page.metadata_nodes.append(node)
            elif tag == "noscript":
                page.skipped += 1
        elif tag in INLINE_ELEMENTS:
            child = node.first_child
            if child is None or (
                tag == "span" and not include_hidden and is_hidden_inline(node.attributes)
            ):
                pass
            elif child.is_text_node and child.next is None:  # the usual case, without the stack
                text = child.text_content
                if text and not text.isspace():
                    parts.append(text)
                    spans.append((tag, node, len(text), length))
                    length += len(text)
                elif parts:
                    parts.append(" ")
            else:
                open_spans.append([tag, node, length])
                stack.append((node, None))
                node = child
                continue
        elif tag in {"br", "hr"}:
            if parts and (tag == "hr" or _ends_in_break(parts)):
                _end_run(runs, block, parts, spans, open_spans, length)
                chars_read += length
                parts, spans, length = [], [], 0
            elif parts:
                parts.append(_BREAK)
        elif tag in REPLACED_ELEMENTS:
            open_now = [(span[0], span[1], 0, 0) for span in open_spans]
            replaced = TextRun(REPLACED_ELEMENTS[tag], "", block, len(runs), open_now)
            replaced.attributes = node.attributes
            replaced.node = node
            runs.append(replaced)
        else:
            if parts:
                _end_run(runs, block, parts, spans, open_spans, length)
                chars_read += length
                parts, spans, length = [], [], 0
            child = node.first_child
            attributes = node.attributes
            hidden = False
            is_aside = tag in ASIDE_TAGS or (tag == "footer" and not open_articles)
            if attributes and not SIGNIFICANT_ATTRIBUTES.isdisjoint(attributes):
                hidden = is_hidden(attributes)
                is_aside = is_aside or attributes.get("role") in ASIDE_ROLES
            if (hidden or is_aside) and not include_hidden:
                page.skipped += 1
            elif child is not None:
                outer = block
                if block.depth < MAX_DEPTH:
                    block = BlockElement(
                        tag, attributes, block, len(blocks), hidden=hidden or block.is_hidden
                    )
                    blocks.append(block)
                if tag in {"article", "main"}:
                    open_articles += 1
                elif tag == "figure" and (shown := picture_of_figure(node)) is not None:
                    picture = TextRun("image", "", block, len(runs), [])
                    picture.attributes = shown.attributes
                    picture.node = shown
                    runs.append(picture)
                stack.append((node, outer))
                node = child
                continue
        if nodes_left <= 0 or chars_read > MAX_TEXT_CHARS:
            page.is_truncated = True
            break
        node = node.next
    if parts:
        _end_run(runs, block, parts, spans, open_spans, length)
    return page


def _read_tag(node: LexborNode) -> str:
    """Return the tag of a node, and cache it by its id, as Lexbor makes a new string each time.

    The ids of tags that Lexbor does not know are memory addresses: those are not cached.
    """
    tag_id, tag = node.tag_id or 0, node.tag or ""
    if tag_id < _MAX_TAG_ID:
        _TAGS[tag_id] = tag
    return tag


def _ends_in_break(parts: list[str]) -> bool:
    return parts[-1] is _BREAK or (parts[-1] == " " and len(parts) > 1 and parts[-2] is _BREAK)


def _end_run(  # noqa: PLR0913, PLR0917  the hot loop's own variables
    runs: list[TextRun],
    block: BlockElement,
    parts: list[str],
    spans: list[InlineSpan],
    open_spans: list[list[Any]],
    length: int,
) -> None:
    """Append the run of `parts`; inline elements that are still open continue in the next run."""
    text = parts[0] if len(parts) == 1 else "".join(parts)
    text = " ".join(text.split())
    if not text.isascii():
        text = _clean_text(text)
    for span in open_spans:
        if length > span[2]:
            spans.append((span[0], span[1], length - span[2], span[2]))
        span[2] = 0
    if text:
        run = TextRun("text", text, block, len(runs), spans)
        run.source_chars = length
        runs.append(run)


def _clean_text(text: str) -> str:
    """Return the text without invisible characters, and with line breaks for `_BREAK`."""
    for letter in _INVISIBLE:
        if letter in text:
            text = text.replace(letter, "")
    if "\ue000" in text:
        text = "\n".join(line.strip() for line in text.split("\ue000")).strip()
    return text
