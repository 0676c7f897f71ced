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


def _wanted(given: Annotated[Parameters, Query()]) -> SearchParams:
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


TheWanted = Annotated[SearchParams, Depends(_wanted)]


def pairs(wanted: SearchParams) -> list[tuple[str, str]]:
    """Return the search as parameters of an address, without defaults."""
    found = [("q", wanted.query)] if wanted.query else []
    found += wanted.filters
    if wanted.sort:
        found.append(("sort", wanted.sort))
    if wanted.size != SearchParams().size:
        found.append(("size", str(wanted.size)))
    return found if wanted.is_collapsed else [*found, ("reprints", "true")]


def address(wanted: SearchParams, path: str = "/", more: Iterable[tuple[str, str]] = ()) -> str:
    """Return the address of a search."""
    written = urlencode([*pairs(wanted), *more])
    return f"{path}?{written}" if written else path


def toggled(wanted: SearchParams, name: str, value: str) -> SearchParams:
    """Return the search with a filter added or, if it has it, removed."""
    one = (name, value)
    if one in wanted.filters:
        left = tuple(each for each in wanted.filters if each != one)
        return msgspec.structs.replace(wanted, filters=left)
    return msgspec.structs.replace(wanted, filters=(*wanted.filters, one))


def during(wanted: SearchParams, start: str, end: str) -> SearchParams:
    """Return the search narrowed to a bar of the timeline."""
    kept = tuple(each for each in wanted.filters if each[0] != "on")
    span = start if start == end else f"{start}..{end}"
    return msgspec.structs.replace(wanted, filters=(*kept, ("on", span)))
