"""Errors as a page or, under /api, as application/problem+json (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

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
from workers.site.rendering import render_page

UNAVAILABLE = "The search server does not answer at the moment; try again in a few seconds."
RETRY_AFTER_SECONDS = 5
FoundT = TypeVar("FoundT")


class Problem(Struct, frozen=True, omit_defaults=True):
    """`at` and `length` are the place of a mistake in the query, in characters."""

    title: str
    status: int
    detail: str
    type: str = "about:blank"
    at: int | None = None
    length: int | None = None


def make_problem(status: int, detail: str, **more: Any) -> Problem:  # noqa: ANN401  fields of Problem
    """Return a problem whose title is the phrase of its status."""
    return Problem(HTTPStatus(status).phrase, status, detail, **more)


def _from_query_error(error: QueryError) -> Problem:
    return make_problem(HTTPStatus.BAD_REQUEST, error.message, at=error.at, length=error.length)


def _from_validation_error(error: RequestValidationError) -> Problem:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    return make_problem(HTTPStatus.BAD_REQUEST, f"{where}: {first['msg']}"[:300])


def _from_http_exception(error: HTTPException) -> Problem:
    return make_problem(error.status_code, str(error.detail))


def _from_api_error(error: ApiError) -> Problem:
    if error.status_code == HTTPStatus.BAD_REQUEST:
        return make_problem(
            HTTPStatus.BAD_REQUEST, "The search server refuses this search: it is too large."
        )
    return make_problem(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE)


_CONVERTERS: dict[type[Exception], Callable[[Any], Problem]] = {
    QueryError: _from_query_error,
    InvalidSearchError: lambda error: make_problem(HTTPStatus.BAD_REQUEST, str(error)),
    CursorError: lambda error: make_problem(HTTPStatus.BAD_REQUEST, str(error)),
    TooManySearchesError: lambda error: make_problem(HTTPStatus.CONFLICT, str(error)),
    RequestValidationError: _from_validation_error,
    HTTPException: _from_http_exception,
    ApiError: _from_api_error,
    TryAgain: lambda _: make_problem(HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE),
    ExportBrokenError: lambda error: make_problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error)),
    redis.exceptions.RedisError: lambda _: make_problem(
        HTTPStatus.SERVICE_UNAVAILABLE, UNAVAILABLE
    ),
    Exception: lambda _: make_problem(
        HTTPStatus.INTERNAL_SERVER_ERROR, "This should not happen. It was noted."
    ),
}


def answer_or_mistake(
    search: Callable[[], FoundT],
) -> tuple[FoundT | None, QueryError | InvalidSearchError | None]:
    """Return what `search` finds, or the mistake in what was asked, which a page shows beside its
    form."""
    try:
        return search(), None
    except (QueryError, InvalidSearchError) as mistake:
        return None, mistake


def problem_response(
    request: Request, problem: Problem, headers: dict[str, str] | None = None
) -> Response:
    """Return the problem as JSON under /api, as a page elsewhere."""
    all_headers = dict(headers or {})
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        all_headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if request.url.path.startswith("/api"):
        content = msgspec.json.encode(problem)
        return Response(content, problem.status, all_headers, media_type="application/problem+json")
    asked = [(name, value) for name, value in request.query_params.multi_items() if value]
    page = render_page(
        request,
        "problem.html",
        status=problem.status,
        problem=problem,
        query=request.query_params.get("q", ""),
        others=[(name, value) for name, value in asked if name not in {"q", "cursor"}],
    )
    page.headers.update(all_headers)
    return page


def install_handlers(app: FastAPI) -> None:
    """Make `app` respond with a problem to every exception."""
    for exception, convert in _CONVERTERS.items():
        app.add_exception_handler(exception, _handler(convert))


def _handler(convert: Callable[[Any], Problem]) -> Callable[[Request, Exception], Response]:
    def handle(request: Request, error: Exception) -> Response:
        headers = getattr(error, "headers", None)
        return problem_response(request, convert(error), dict(headers) if headers else None)

    return handle
