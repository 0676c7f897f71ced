"""What the boxes around a run say, from the core of the story inwards."""

from msgspec import Struct

from workers.parse.tree import Box, Page

TAGS = {
    tag: 1 << n
    for n, tag in enumerate(
        "aside figure figcaption nav footer header list table form blockquote article p li".split()
    )
} | {"ul": 1 << 6, "ol": 1 << 6, "dl": 1 << 6, "fieldset": 1 << 8}


class Context(Struct, eq=False, gc=False):
    """Of one box, seen from the core's path: categories of its names (`near`: its own and its
    parent's, `all`: of all down from the path), tags likewise, how far up the path its branch
    leaves (`out`), how deep it lies below (`depth`), and its `branch`, the outermost of them."""

    own: int
    near: int
    all: int
    tags: int
    out: int
    depth: int
    names: str
    branch: Box | None
    article: int


def contexts(page: Page, path: dict[int, int]) -> list[Context]:
    """One for each box of the page, by its order."""
    found: list[Context] = []
    for box in page.boxes:
        text, own = box.names, box.flags
        up = found[box.parent.order] if box.parent else None
        article = box.order if box.tag == "article" else up.article if up else 0
        distance = path.get(box.order)
        if distance is not None or up is None:
            found.append(Context(own, 0, 0, 0, distance or 0, 0, text, None, article))
            continue
        near = own | up.own if up.depth else own
        tags = TAGS.get(box.tag, 0) | up.tags
        branch = up.branch or box
        found.append(
            Context(own, near, own | up.all, tags, up.out, up.depth + 1, text, branch, article)
        )
    return found
