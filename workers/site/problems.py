"""Every error as a page for people or, under /api, as application/problem+json (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import msgspec
import redis.exceptions
from elasticsearch import ApiError
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from msgspec import Struct
from starlette.exceptions import HTTPException

from workers.adapters.redis.saved_searches import TooManySearchesError
from workers.exceptions import TryAgain
from workers.search.cursors import CursorError
from workers.search.export import ExportBrokenError
from workers.search.params import InvalidSearchError
from workers.search.query.lexer import QueryError
from workers.site.rendering import page

AWAY = "The search server does not answer at the moment; try again in a few seconds."


class Problem(Struct, frozen=True, omit_defaults=True):
    """`at` and `length` are the place of a mistake in the query, in characters."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    at: int | None = None
    length: int | None = None


def problem(status: int, detail: str, **more: Any) -> Problem:  # noqa: ANN401  fields of Problem
    """Return a problem with HTTP's own title."""
    return Problem(HTTPStatus(status).phrase, status, detail, **more)


def _of_query(error: QueryError) -> Problem:
    return problem(400, error.message, at=error.at, length=error.length)


def _of_request(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return problem(400, f"{where}: {first['msg']}"[:300])


def _of_http(error: HTTPException) -> Problem:
    return problem(error.status_code, str(error.detail))


def _of_refusal(error: ApiError) -> Problem:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return problem(400, "The search server refuses this search: it is too large.")
    return problem(503, AWAY)


_READ: dict[type[Exception], Callable[[Any], Problem]] = {
    QueryError: _of_query,
    InvalidSearchError: lambda error: problem(400, str(error)),
    CursorError: lambda error: problem(400, str(error)),
    TooManySearchesError: lambda error: problem(409, str(error)),
    RequestValidationError: _of_request,
    HTTPException: _of_http,
    ApiError: _of_refusal,
    TryAgain: lambda _: problem(503, AWAY),
    ExportBrokenError: lambda error: problem(503, str(error)),
    redis.exceptions.RedisError: lambda _: problem(503, AWAY),
    Exception: lambda _: problem(500, "This should not happen. It was noted."),
}


def answer(request: Request, found: Problem, headers: dict[str, str] | None = None) -> Response:
    """Return the problem in the form that this address speaks: a page or JSON."""
    more = {**(headers or {}), **({"Retry-After": "5"} if found.status == 503 else {})}  # noqa: PLR2004
    if request.url.path.startswith("/api"):
        raw = msgspec.json.encode(found)
        return Response(raw, found.status, more, media_type="application/problem+json")
    shown = page(request, "problem.html", status=found.status, problem=found)
    shown.headers.update(more)
    return shown


def install(app: FastAPI) -> None:
    """Makes `app` answer every error so."""
    for kind, read in _READ.items():
        app.add_exception_handler(kind, _handler(read))


def _handler(read: Callable[[Any], Problem]) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        headers = getattr(error, "headers", None)
        return answer(request, read(error), dict(headers) if headers else None)

    return handle
