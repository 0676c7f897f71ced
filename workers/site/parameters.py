"""Addresses to searches and back: a search is shared by its address."""

from collections.abc import Iterable
from typing import Annotated, Literal
from urllib.parse import urlencode

import msgspec
from fastapi import Depends, Query
from pydantic import BaseModel, Field

from workers.search.params import BESIDE, FACETS, MAX_PAGE_SIZE, SearchParams

Values = Annotated[list[str], Field(default_factory=list, max_length=50)]


class Parameters(BaseModel):
    """Values of one filter widen the search, filters narrow it."""

    q: str = Field("", description="The query; see /help for its language.")
    outlet: Values
    country: Values
    lang: Values
    section: Values
    author: Values
    agency: Values
    kind: Values
    role: Values
    on: Annotated[Values, Field(description="A time, or a range such as 2026-03-01..2026-03-07.")]
    after: Values
    before: Values
    cluster: Values
    sort: Literal["relevance", "newest", "oldest", ""] = ""
    size: int = Field(20, ge=1, le=MAX_PAGE_SIZE)
    reprints: bool = Field(default=False, description="Every article, not one of each cluster.")


def _search_params(given: Annotated[Parameters, Query()]) -> SearchParams:
    filters = [
        (name, value) for name in (*FACETS, *BESIDE) for value in getattr(given, name) if value
    ]
    return SearchParams(
        query=given.q,
        filters=tuple(dict.fromkeys(filters)),
        sort=given.sort or None,
        size=given.size,
        is_collapsed=not given.reprints,
    )


RequestedSearch = Annotated[SearchParams, Depends(_search_params)]


def pairs(params: SearchParams) -> list[tuple[str, str]]:
    """Return the search as parameters of an address, without defaults."""
    found = [("q", params.query)] if params.query else []
    found += params.filters
    if params.sort:
        found.append(("sort", params.sort))
    if params.size != SearchParams().size:
        found.append(("size", str(params.size)))
    return found if params.is_collapsed else [*found, ("reprints", "true")]


def address(params: SearchParams, path: str = "/", more: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of a search."""
    written = urlencode([*pairs(params), *more])
    return f"{path}?{written}" if written else path


def toggled(params: SearchParams, name: str, value: str) -> SearchParams:
    """Return the search with a filter added or, if it has it, removed."""
    one = (name, value)
    if one in params.filters:
        left = tuple(each for each in params.filters if each != one)
        return msgspec.structs.replace(params, filters=left)
    return msgspec.structs.replace(params, filters=(*params.filters, one))


def during(params: SearchParams, start: str, end: str) -> SearchParams:
    """Return the search narrowed to a bar of the timeline."""
    kept = tuple(each for each in params.filters if each[0] != "on")
    span = start if start == end else f"{start}..{end}"
    return msgspec.structs.replace(params, filters=(*kept, ("on", span)))
