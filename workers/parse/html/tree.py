"""One pass over the document: runs of text, each with the boxes that it stands in."""

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
)

MAX_DEPTH: Final = 250
MAX_NODES: Final = 100_000
MAX_TEXT: Final = 1_000_000
_BREAK: Final = " \ue000 "
_NUMBERED: Final = 1_000
_TAGS: Final[dict[int, str]] = {}
_NO_ATTRIBUTES: Final[Attributes] = {}
# Soft hyphens and zero-width spaces are the printer's; joiners (U+200C, U+200D) are spelling.
_INVISIBLE: Final = "\u00ad\u200b\u2060\ufeff"


@mypyc_attr(acyclic=True)
class BlockElement:
    """A block-level element; `prose` is the running text in it, `names` and `flags` say what its
    class and id speak of."""

    prose: float = 0.0
    names: str = ""
    flags: int = 0

    def __init__(
        self,
        tag: str,
        attributes: Attributes,
        parent: "BlockElement | None",
        order: int,
        *,
        hidden: bool = False,
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.order = order
        self.hidden = hidden


InlineSpan = tuple[str, LexborNode, int, int]
"""An inline element of a run: tag, node, how many characters of the run it holds, and how many
stand before it."""


@mypyc_attr(acyclic=True)
class TextRun:
    """Text that a reader sees as one paragraph; or a picture or an embed (`kind`).

    `length` counts the characters as they stood in the source, the measure of `marks`.
    """

    length: int = 0

    def __init__(
        self, kind: str, text: str, box: BlockElement, order: int, marks: list[InlineSpan]
    ) -> None:
        self.kind = kind
        self.text = text
        self.box = box
        self.order = order
        self.marks = marks
        self.attributes = _NO_ATTRIBUTES


@mypyc_attr(acyclic=True)
class PageTree:
    """Everything below `root` in document order; `loose` are the scripts, meta and link tags of
    the body; `left_out` counts hidden elements, menus and noscripts; `cut` says that a limit ended
    the walk."""

    left_out: int = 0
    cut: bool = False

    def __init__(self, root: BlockElement) -> None:
        self.runs: list[TextRun] = []
        self.boxes = [root]
        self.loose: list[LexborNode] = []


def walk(root: LexborNode, *, everything: bool = False, tag: str = "body") -> PageTree:  # noqa: C901, PLR0912, PLR0915  one loop: calls would double its time
    """All runs below `root`, hidden ones and menus only if `everything` is asked for.

    Never recursive; at most `MOST_NODES` nodes and `MOST_TEXT` characters.
    """
    box = BlockElement(tag, root.attributes, None, 0)
    page = PageTree(box)
    runs, boxes = page.runs, page.boxes
    pieces: list[str] = []
    marks: list[InlineSpan] = []
    open_marks: list[list[Any]] = []
    length, left, spent, articles = 0, MAX_NODES, 0, 0
    stack: list[tuple[LexborNode, BlockElement | None]] = []
    node = root.first_child
    while True:
        if node is None:
            if not stack:
                break
            node, outer = stack.pop()
            if outer is None:
                mark = open_marks.pop()
                if length > mark[2]:
                    marks.append((mark[0], mark[1], length - mark[2], mark[2]))
            else:
                if pieces:
                    _flush(runs, box, pieces, marks, open_marks, length)
                    spent += length
                    pieces, marks, length = [], [], 0
                if boxes[-1] is box and not (runs and runs[-1].box is box):
                    boxes.pop()  # nothing in it
                if box.tag in {"article", "main"}:
                    articles -= 1
                box = outer
            node = node.next
            continue
        left -= 1
        tag = _TAGS.get(node.tag_id or 0) or _tag_of(node)
        if tag == "-text":
            text = node.text_content
            if text:
                if text.isspace():
                    if pieces:
                        pieces.append(" ")
                else:
                    if length > MAX_TEXT or len(text) > MAX_TEXT:
                        text = text[: max(0, MAX_TEXT - length)]
                        page.cut = True
                    pieces.append(text)
                    length += len(text)
            if left > 0 and spent <= MAX_TEXT:
                node = node.next
                continue
        elif tag in SKIPPED_ELEMENTS and not (everything and tag == "noscript"):
            if tag in METADATA_ELEMENTS:
                page.loose.append(node)
            elif tag == "noscript":
                page.left_out += 1
        elif tag in INLINE_ELEMENTS:
            child = node.first_child
            if child is None:
                pass
            elif child.is_text_node and child.next is None:  # the usual case, without the stack
                text = child.text_content
                if text and not text.isspace():
                    pieces.append(text)
                    marks.append((tag, node, len(text), length))
                    length += len(text)
                elif pieces:
                    pieces.append(" ")
            else:
                open_marks.append([tag, node, length])
                stack.append((node, None))
                node = child
                continue
        elif tag in {"br", "hr"}:
            if pieces and (tag == "hr" or _ends_in_break(pieces)):
                _flush(runs, box, pieces, marks, open_marks, length)
                spent += length
                pieces, marks, length = [], [], 0
            elif pieces:
                pieces.append(_BREAK)
        elif tag in REPLACED_ELEMENTS:
            held = [(mark[0], mark[1], 0, 0) for mark in open_marks]
            thing = TextRun(REPLACED_ELEMENTS[tag], "", box, len(runs), held)
            thing.attributes = node.attributes
            runs.append(thing)
        else:
            if pieces:
                _flush(runs, box, pieces, marks, open_marks, length)
                spent += length
                pieces, marks, length = [], [], 0
            child = node.first_child
            attributes = node.attributes
            hidden = False
            aside = tag in ASIDE_TAGS or (tag == "footer" and not articles)
            if attributes and not SIGNIFICANT_ATTRIBUTES.isdisjoint(attributes):
                hidden = is_hidden(attributes)
                aside = aside or attributes.get("role") in ASIDE_ROLES
            if (hidden or aside) and not everything:
                page.left_out += 1
            elif child is not None:
                outer = box
                if box.depth < MAX_DEPTH:
                    box = BlockElement(
                        tag, attributes, box, len(boxes), hidden=hidden or box.hidden
                    )
                    boxes.append(box)
                if tag in {"article", "main"}:
                    articles += 1
                stack.append((node, outer))
                node = child
                continue
        if left <= 0 or spent > MAX_TEXT:
            page.cut = True
            break
        node = node.next
    if pieces:
        _flush(runs, box, pieces, marks, open_marks, length)
    return page


def _tag_of(node: LexborNode) -> str:
    """The tag of a node. Lexbor makes a new string whenever it is asked, so those that it has
    numbers for are kept; what others have in place of a number is an address."""
    number, tag = node.tag_id or 0, node.tag or ""
    if number < _NUMBERED:
        _TAGS[number] = tag
    return tag


def _ends_in_break(pieces: list[str]) -> bool:
    return pieces[-1] is _BREAK or (pieces[-1] == " " and len(pieces) > 1 and pieces[-2] is _BREAK)


def _flush(  # noqa: PLR0913, PLR0917  the hot loop's own variables
    runs: list[TextRun],
    box: BlockElement,
    pieces: list[str],
    marks: list[InlineSpan],
    open_marks: list[list[Any]],
    length: int,
) -> None:
    """Ends a run; elements that stay open go on in the next one."""
    text = pieces[0] if len(pieces) == 1 else "".join(pieces)
    text = " ".join(text.split())
    if not text.isascii():
        text = _readable(text)
    for mark in open_marks:
        if length > mark[2]:
            marks.append((mark[0], mark[1], length - mark[2], mark[2]))
        mark[2] = 0
    if text:
        run = TextRun("text", text, box, len(runs), marks)
        run.length = length
        runs.append(run)


def _readable(text: str) -> str:
    """Without the printer's marks, and with line breaks for `_BREAK`."""
    for letter in _INVISIBLE:
        if letter in text:
            text = text.replace(letter, "")
    if "\ue000" in text:
        text = "\n".join(line.strip() for line in text.split("\ue000")).strip()
    return text
