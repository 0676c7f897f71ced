"""The index as readers see it: searches that end in time, and points in time that may run out."""

from collections.abc import Sequence

from elasticsearch import NotFoundError

from schemas.json import Json
from workers.adapters.elasticsearch.client import SearchIndex
from workers.exceptions import TryAgain

KEEP_ALIVE = "3m"


class SearchReader:
    """Every method raises TryAgain when Elasticsearch cannot be reached or is too busy."""

    def __init__(self, search: SearchIndex) -> None:
        self._search = search

    def close(self) -> None:
        """Close the connections to Elasticsearch."""
        self._search.close()

    def search(self, request: Json) -> Json | None:
        """Return the whole answer, never one that lacks a part of the index; None if its point in
        time has expired.

        Raises:
            TryAgain: a part of the index does not answer.
            elasticsearch.ApiError: Elasticsearch refuses the request.
        """
        try:
            return self._search.search({**request, "allow_partial_search_results": False})
        except TryAgain as error:
            cause = error.__cause__
            if "pit" in request and isinstance(cause, NotFoundError):
                return None
            raise

    def collections(self) -> dict[str, tuple[str, ...]]:
        """Return the outlets of each collection by its name, in order."""
        return self._search.collections()

    def put_collection(self, name: str, outlets: Sequence[str]) -> None:
        """Write a collection in the place of the one of that name."""
        self._search.put_collection(name, outlets)

    def delete_collection(self, name: str) -> bool:
        """Delete a collection.

        Returns:
            False if there is none.
        """
        return self._search.delete_collection(name)

    def open_point(self) -> str:
        """Return a point in time: pages of one search that fit together."""
        return self._search.open_point(KEEP_ALIVE)

    def close_point(self, point: str) -> None:
        """Lets go of a point in time."""
        self._search.close_point(point)

    def get(self, document_id: str) -> Json | None:
        """Return an article's fields, in real time, or None."""
        return self._search.get(document_id)

    def revisions(self, document_id: str) -> Sequence[Json]:
        """Return earlier versions of an article, oldest first."""
        return self._search.revisions(document_id)

    def last_revisions(self, document_ids: Sequence[str]) -> dict[str, Json]:
        """Return by id the latest earlier version of each of these articles that has one."""
        return self._search.last_revisions(document_ids)
