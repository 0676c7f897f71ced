"""What the search library asks of the index."""

from collections.abc import Sequence
from typing import Protocol

from schemas.json import Json
from workers.exceptions import TryAgain


class Index(Protocol):
    """Fitted by `workers.adapters.elasticsearch.reader.SearchReader`."""

    def ask(self, request: Json) -> Json | None:
        """The answer to a search; None if its point in time has run out."""

    def open_point(self) -> str:
        """Begins a point in time."""

    def close_point(self, point: str) -> None:
        """Ends a point in time."""

    def get(self, document_id: str) -> Json | None:
        """An article's fields."""

    def revisions(self, document_id: str) -> Sequence[Json]:
        """Earlier versions of an article, oldest first."""


def answer_of(index: Index, request: Json) -> Json:
    """Return the answer to a search.

    Raises:
        TryAgain: its point in time expired at once.
    """
    answer = index.ask(request)
    if answer is None:
        raise TryAgain("a point in time ran out before it could be read")
    return answer
