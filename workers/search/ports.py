"""What the search library needs of the index."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from schemas.json import Json
from workers.exceptions import TryAgain


class Index(Protocol):
    """Implemented by `workers.adapters.elasticsearch.reader.SearchReader`."""

    def __hash__(self) -> int:
        """Return a number of the object's own: what is known of an index can be kept by it."""

    def search(self, request: Json) -> Json | None:
        """Return the response, or None if the point in time of `request` has expired."""

    def open_point(self) -> str:
        """Open a point in time and return its id."""

    def close_point(self, point: str) -> None:
        """Close a point in time."""

    def get(self, document_id: str) -> Json | None:
        """Return an article's fields, or None if there is no such article."""

    def collections(self) -> Mapping[str, Sequence[str]]:
        """Return the outlets of each collection by its name, in order."""

    def revisions(self, document_id: str) -> Sequence[Json]:
        """Return earlier versions of an article, oldest first."""

    def last_revisions(self, document_ids: Sequence[str]) -> Mapping[str, Json]:
        """Return by id the latest earlier version of each of these articles that has one."""


def execute(index: Index, request: Json) -> Json:
    """Return the response to a search whose point in time, if it has one, was just opened.

    Raises:
        TryAgain: the point in time expired all the same.
    """
    response = index.search(request)
    if response is None:
        raise TryAgain("a point in time ran out before it could be read")
    return response
