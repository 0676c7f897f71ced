"""The numbers that say where on the page a run stands."""

from typing import Final

from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.ancestry import Ancestry
from workers.parse.layout.page_analysis import PageAnalysis

_SMALL: Final = frozenset(("p", "li"))


class Positions:
    """What the boxes around a run say; shares of what many runs have in common are kept."""

    def __init__(self, scene: PageAnalysis) -> None:
        self._scene = scene
        self._core = scene.core.prose or 1.0
        self._page = scene.page.boxes[0].prose or 1.0
        title_box = scene.page.runs[scene.title_at].box
        self._own_articles = (0, scene.contexts[title_box.order].article)
        self._whole = (scene.core.prose / self._page, scene.core.depth)
        self._branches: dict[int, tuple[float, ...]] = {}
        self._blocks: dict[int, tuple[float, ...]] = {}

    def of(self, run: TextRun, seen: Ancestry) -> tuple[float, ...]:
        """The boxes around the run, and how much of the story is in them."""
        box, scene = run.box, self._scene
        up = box.parent or box
        look = scene.by_class.get((box.tag, seen.names), 0)
        branch = seen.branch or box
        block = up if seen.branch is None or box.tag in _SMALL else box
        return (
            seen.out,
            seen.depth,
            scene.by_parent.get(up.order, 0) / scene.total,
            look / scene.total,
            look / self._core,
            box.prose / self._page,
            scene.siblings.get(up.order, 0),
            *(self._branches.get(branch.order) or self._of_branch(branch)),
            *(self._blocks.get(block.order) or self._of_block(block)),
            seen.article not in self._own_articles,
            *self._whole,
        )

    def _of_branch(self, box: BlockElement) -> tuple[float, ...]:
        group = self._scene.groups[box.order]
        runs = group.runs or 1
        found = self._branches[box.order] = (
            box.prose / self._core,
            group.linked / (group.chars or 1),
            runs,
            group.words / runs,
            group.pictures,
            group.said / runs,
            group.teasers / runs,
            group.chars / self._page,
        )
        return found

    def _of_block(self, box: BlockElement) -> tuple[float, ...]:
        group = self._scene.groups[box.order]
        found = self._blocks[box.order] = (
            box.prose / self._core,
            group.linked / (group.chars or 1),
            group.words / (group.runs or 1),
            group.pictures,
            group.teasers,
        )
        return found
