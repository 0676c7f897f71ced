"""What the boxes around a run say, from the core of the story inwards."""

from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html.tree import BlockElement, PageTree

TAGS: Final = {
    tag: 1 << n
    for n, tag in enumerate(
        "aside figure figcaption nav footer header list table form blockquote article p li".split()
    )
} | {"ul": 1 << 6, "ol": 1 << 6, "dl": 1 << 6, "fieldset": 1 << 8}


@mypyc_attr(acyclic=True)
class Ancestry:
    """Of one box, seen from the core's path: categories of its names (`near`: its own and its
    parent's, `all`: of all down from the path), tags likewise, how far up the path its branch
    leaves (`out`), how deep it lies below (`depth`), and its `branch`, the outermost of them."""

    near: int = 0
    all: int = 0
    tags: int = 0
    out: int = 0
    depth: int = 0
    branch: BlockElement | None = None

    def __init__(self, own: int, names: str, article: int) -> None:
        self.own = own
        self.names = names
        self.article = article


def ancestries(page: PageTree, path: dict[int, int]) -> list[Ancestry]:
    """One for each box of the page, by its order."""
    found: list[Ancestry] = []
    for box in page.boxes:
        up = found[box.parent.order] if box.parent else None
        article = box.order if box.tag == "article" else up.article if up else 0
        here = Ancestry(box.flags, box.names, article)
        found.append(here)
        distance = path.get(box.order)
        if distance is not None or up is None:
            here.out = distance or 0
            continue
        here.near = here.own | up.own if up.depth else here.own
        here.all = here.own | up.all
        here.tags = TAGS.get(box.tag, 0) | up.tags
        here.out = up.out
        here.depth = up.depth + 1
        here.branch = up.branch or box
    return found
