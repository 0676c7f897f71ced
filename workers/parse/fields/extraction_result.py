"""What the parse stage returns: the article, and where each field came from."""

from collections.abc import Callable

from msgspec import Struct

from schemas.article import Article


class Dropped(Struct, frozen=True):
    """A piece of the page that is not the story; `text` is its beginning."""

    reason: str
    text: str


class ExtractionResult(Struct, frozen=True):
    """An article, and how it was read, for operators.

    `origins` says for each field of the article where it was read; `explain_dropped` returns what
    was dropped, and is called only on demand, as it takes time.
    """

    article: Article
    origins: dict[str, str]
    explain_dropped: Callable[[], tuple[Dropped, ...]] = tuple

    @property
    def dropped(self) -> tuple[Dropped, ...]:
        """The pieces that are not the story, in page order, with the reasons."""
        return self.explain_dropped()
