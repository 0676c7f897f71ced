"""Where on the page the story stands: the path of boxes that hold most of its running text."""

from workers.parse.tree import Box, Page

DOMINANT = 0.72


def core(page: Page) -> Box:
    """The innermost box that still holds most of the prose of every box around it."""
    heaviest: dict[int, Box] = {}
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


def steps_out(box: Box, path: dict[int, int]) -> int:
    """How many levels of the core's path one has to go up to find `box` below; 0 is inside.

    `path` gives the distance from the core by the order of each box on the way to the root.
    """
    here: Box | None = box
    while here is not None:
        if here.order in path:
            return path[here.order]
        here = here.parent
    return len(path)


def path_of(core_box: Box) -> dict[int, int]:
    """The core and the boxes around it, with their distance from it."""
    path = {}
    here: Box | None = core_box
    while here is not None:
        path[here.order] = len(path)
        here = here.parent
    return path
