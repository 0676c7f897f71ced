"""What a reader asks for: a query, filters beside it, an order and a page."""

from functools import cached_property
from typing import Final, Literal, get_args

from msgspec import Struct

from workers.search.query.ast import ParsedQuery
from workers.search.query.fields import FIELDS
from workers.search.query.parser import parse_query

Sort = Literal["relevance", "newest", "oldest"]
SORTS: Final[tuple[str, ...]] = get_args(Sort)

# Facets in the order they are shown, each named after its field of the query language.
FACETS: Final = ("outlet", "country", "lang", "section", "author", "agency", "kind", "role")
# What else may stand beside the query.
BESIDE: Final = ("on", "after", "before", "cluster")

MAX_PAGE_SIZE: Final = 100
# Elasticsearch's own window; what lies deeper is got by export.
MAX_RESULT_WINDOW: Final = 10_000
MAX_FILTERS: Final = 50


class SearchParams(Struct, frozen=True, kw_only=True, dict=True):
    """`filters` are (facet, value): values of one facet widen, facets narrow. `sort` None is
    relevance where words are searched for, else newest first. `is_collapsed` shows one article
    of each cluster."""

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: Sort | None = None
    size: int = 20
    is_collapsed: bool = True

    @cached_property
    def parsed(self) -> ParsedQuery:
        """The query with its syntax tree, parsed when it is first asked for; raises QueryError."""
        return parse_query(self.query)

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return the chosen values of one facet."""
        return tuple(value for facet, value in self.filters if facet == name)


class InvalidSearchError(ValueError):
    """Something beside the query is out of bounds; the message says what is allowed."""


def check(params: SearchParams) -> None:
    """Check that such a page and such filters exist.

    Raises:
        InvalidSearchError: they do not; the message says which.
    """
    if not 1 <= params.size <= MAX_PAGE_SIZE:
        raise InvalidSearchError(f"size: from 1 to {MAX_PAGE_SIZE}")
    if len(params.filters) > MAX_FILTERS:
        raise InvalidSearchError(f"no more than {MAX_FILTERS} filters")
    for name, value in params.filters:
        if name not in (*FACETS, *BESIDE):
            raise InvalidSearchError(f"no filter is called {name}; there are {', '.join(FACETS)}")
        if not value or len(value) > 1_000:  # noqa: PLR2004  longer than any name
            raise InvalidSearchError(f"{name}: takes 1 to 1000 characters")


def as_query(params: SearchParams) -> str:
    """Return the whole search in the query language, to save or to share it."""
    names = list(dict.fromkeys(name for name, _ in params.filters))
    parts = [_clause(name, params.chosen(name)) for name in names]
    query = params.query.strip()
    if not query:
        return " ".join(parts)
    return " ".join([f"({query})" if parts and _is_loose(query) else query, *parts])


def _clause(name: str, values: tuple[str, ...]) -> str:
    written = [_written(name, value) for value in values]
    return f"{name}:{written[0]}" if len(written) == 1 else f"{name}:({' OR '.join(written)})"


def _written(name: str, value: str) -> str:
    if FIELDS[name].how in {"on", "after", "before"}:
        return value
    return f'"{value.replace(chr(34), " ")}"' if not value.isalnum() else value


def _is_loose(query: str) -> bool:
    return " OR " in query or "||" in query
