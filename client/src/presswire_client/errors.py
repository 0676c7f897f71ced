"""What can go wrong, and what the site said about it (RFC 9457)."""

from collections.abc import Mapping
from typing import Any


class PresswireError(Exception):
    """`status` is HTTP's, 0 where no answer came; `detail` is what the site said."""

    def __init__(self, detail: str, status: int = 0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status


class QueryError(PresswireError):
    """The query or another parameter has a mistake, of which `at` and `length` are the place in
    the query, in characters, if it is one of the query."""

    def __init__(
        self, detail: str, status: int = 400, *, at: int | None = None, length: int | None = None
    ) -> None:
        super().__init__(detail, status)
        self.at = at
        self.length = length


class Unauthorized(PresswireError):
    """A token is needed, or this one is not valid."""


class NotFound(PresswireError):
    """There is no such article, story or outlet."""


class TooManyRequests(PresswireError):
    """More requests a minute than this caller may send; `retry_after` is in seconds."""

    def __init__(self, detail: str, status: int = 429, *, retry_after: float = 0.0) -> None:
        super().__init__(detail, status)
        self.retry_after = retry_after


class Unavailable(PresswireError):
    """The site or its search server does not answer at the moment."""


class IncompleteExport(PresswireError):
    """An export broke off before its end; what had come of it is not kept."""


def from_problem(status: int, problem: Mapping[str, Any], retry_after: float) -> PresswireError:
    """Return the error for an answer that is none of success."""
    detail = str(problem.get("detail") or problem.get("title") or f"HTTP status {status}")
    if status == 429:
        return TooManyRequests(detail, retry_after=retry_after)
    if status in {401, 403}:
        return Unauthorized(detail, status)
    if status == 404:
        return NotFound(detail, status)
    if status >= 500:
        return Unavailable(detail, status)
    if status in {400, 422}:
        return QueryError(detail, status, at=problem.get("at"), length=problem.get("length"))
    return PresswireError(detail, status)
