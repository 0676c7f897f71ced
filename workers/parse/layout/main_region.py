"""Finds the main content of a page: the innermost block with most of its running text."""

from typing import Final

from workers.parse.html.tree import BlockElement, PageTree

MIN_CHILD_SHARE: Final = 0.72
_PARAGRAPH_TAGS: Final = ("p", "li", "td", "blockquote")


def find_core(page: PageTree) -> BlockElement:
    """Return the innermost block that still has most of the prose of every block around it."""
    best_children: dict[int, BlockElement] = {}
    for block in page.blocks[1:]:
        parent = block.parent
        if parent is None:
            continue
        best = best_children.get(parent.order)
        if best is None or block.prose > best.prose:
            best_children[parent.order] = block
    core = page.blocks[0]
    while (child := best_children.get(core.order)) and child.prose > MIN_CHILD_SHARE * core.prose:
        if child.tag in _PARAGRAPH_TAGS and core.prose:
            break
        core = child
    return core


def distances_from_core(core: BlockElement) -> dict[int, int]:
    """Return how many levels above the core it and each block around it are, by their orders."""
    distances: dict[int, int] = {}
    block: BlockElement | None = core
    while block is not None:
        distances[block.order] = len(distances)
        block = block.parent
    return distances
