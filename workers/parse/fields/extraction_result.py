"""What reading a page gives: the article, and where each field came from."""

from collections.abc import Callable

from msgspec import Struct

from schemas.article import Article


class Dropped(Struct, frozen=True):
    """A piece of the page that is not the story; `text` is its beginning."""

    reason: str
    text: str


class ExtractionResult(Struct, frozen=True):
    """`origins` says for each field of the article where it was read, for an operator's eyes;
    `tell` names what was dropped, which costs time and few ask for."""

    article: Article
    origins: dict[str, str]
    explain_dropped: Callable[[], tuple[Dropped, ...]] = tuple

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """What is not the story, in page order, with the reasons."""
        return self.explain_dropped()
