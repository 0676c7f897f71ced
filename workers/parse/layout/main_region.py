"""Where on the page the story stands: the path of boxes that hold most of its running text."""

from typing import Final

from workers.parse.html.tree import BlockElement, PageTree

DOMINANT: Final = 0.72


def core(page: PageTree) -> BlockElement:
    """The innermost box that still holds most of the prose of every box around it."""
    heaviest: dict[int, BlockElement] = {}
    for box in page.boxes[1:]:
        parent = box.parent
        if parent is None:
            continue
        best = heaviest.get(parent.order)
        if best is None or box.prose > best.prose:
            heaviest[parent.order] = box
    here = page.boxes[0]
    while (child := heaviest.get(here.order)) and child.prose > DOMINANT * here.prose:
        if child.tag in ("p", "li", "td", "blockquote") and here.prose:
            break
        here = child
    return here


def path_of(core_box: BlockElement) -> dict[int, int]:
    """The core and the boxes around it, with their distance from it."""
    path: dict[int, int] = {}
    here: BlockElement | None = core_box
    while here is not None:
        path[here.order] = len(path)
        here = here.parent
    return path
