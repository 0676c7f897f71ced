"""Collects what the elements around a block say, from the core of the story inwards."""

from typing import Final

from mypy_extensions import mypyc_attr

from workers.parse.html.tree import BlockElement, PageTree

TAG_FLAGS: Final = {
    tag: 1 << bit
    for bit, tag in enumerate(
        "aside figure figcaption nav footer header list table form blockquote article p li".split()
    )
} | {"ul": 1 << 6, "ol": 1 << 6, "dl": 1 << 6, "fieldset": 1 << 8}


@mypyc_attr(acyclic=True)
class Ancestry:
    """What is around a block; flags are bits of `class_names` and `TAG_FLAGS`.

    The path leads from the root of the page to the core of the story. A block outside the path
    belongs to a `branch`, which is the outermost block outside it. `distance` is the number of
    levels from the core up to where the branch begins (0 within the core), `depth` the number of
    levels below the path. `own_flags` are those of the block's class names, `near_flags` also those
    of its parent, `all_flags` those of all blocks of the branch around it, `tag_flags` likewise
    their tags; all are 0 on the path. `article` is the order of the innermost <article>, or 0.
    """

    near_flags: int = 0
    all_flags: int = 0
    tag_flags: int = 0
    distance: int = 0
    depth: int = 0
    branch: BlockElement | None = None

    def __init__(self, own_flags: int, names: str, article: int) -> None:
        """Make that of a block on the path within the core."""
        self.own_flags = own_flags
        self.names = names
        self.article = article


def compute_ancestries(page: PageTree, distances: dict[int, int]) -> list[Ancestry]:
    """Return the ancestries of all blocks of the page, by their order.

    `distances` are those of `main_region.distances_from_core`.
    """
    ancestries: list[Ancestry] = []
    for block in page.blocks:
        outer = ancestries[block.parent.order] if block.parent else None
        article = block.order if block.tag == "article" else outer.article if outer else 0
        ancestry = Ancestry(block.class_flags, block.names, article)
        ancestries.append(ancestry)
        distance = distances.get(block.order)
        if distance is not None or outer is None:
            ancestry.distance = distance or 0
            continue
        own_flags = ancestry.own_flags
        ancestry.near_flags = own_flags | outer.own_flags if outer.depth else own_flags
        ancestry.all_flags = own_flags | outer.all_flags
        ancestry.tag_flags = TAG_FLAGS.get(block.tag, 0) | outer.tag_flags
        ancestry.distance = outer.distance
        ancestry.depth = outer.depth + 1
        ancestry.branch = outer.branch or block
    return ancestries
