"""The parameters of a search: query, filters, order and page size."""

from functools import cached_property
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from msgspec import Struct

from workers.search.query.ast import Or, ParsedQuery, all_terms
from workers.search.query.fields import FIELDS, TIME_KINDS
from workers.search.query.parser import parse_query
from workers.search.query.zones import UTC_ZONE, ZONE_ADVICE, find_zone

Sort = Literal["relevance", "newest", "oldest", "changed", "copies"]
SORTS: Final[tuple[str, ...]] = get_args(Sort)
Unit = Literal["day", "week", "month", "year"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)

View = Literal["full", "compact", "table"]
VIEWS: Final[tuple[View, ...]] = get_args(View)

# Facets in the order they are shown, each named after its field of the query language.
FACETS: Final = (
    "outlet",
    "country",
    "place",
    "name",
    "lang",
    "section",
    "author",
    "agency",
    "kind",
    "role",
)
# Filters that are not facets.
EXTRA_FILTERS: Final = ("collection", "on", "after", "before", "cluster", "changed", "changes")

MAX_PAGE_SIZE: Final = 100
# Elasticsearch's own limit for pages of collapsed hits; an export has no limit.
MAX_RESULT_WINDOW: Final = 10_000
MAX_FILTERS: Final = 50
MAX_FILTER_CHARACTERS: Final = 1_000  # longer than any name


class SearchParams(Struct, frozen=True, kw_only=True, dict=True):
    """`filters` are (name, value): an article matches one value of each name. `sort` None is
    relevance where the query searches text, else newest first. `is_collapsed` shows one article
    of each cluster. `unit` is the time of a bar in the chart, None one that fits. `view` is how a
    page shows the hits. Days, in query, filters and answer, are days in `zone`, which
    links name if this search `is_zone_named`: without one they mean the reader's."""

    query: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    sort: Sort | None = None
    size: int = 20
    is_collapsed: bool = True
    unit: Unit | None = None
    view: View = "full"
    zone: ZoneInfo = UTC_ZONE
    is_zone_named: bool = False

    @cached_property
    def parsed(self) -> ParsedQuery:
        """The query with its syntax tree, parsed at the first use and kept.

        Raises:
            QueryError: the query has a mistake.
        """
        return parse_query(self.query, self.zone)

    @property
    def names_times(self) -> bool:
        """Whether the query or a filter names a time, such as a day.

        Raises:
            QueryError: the query has a mistake.
        """
        names = [
            *(term.field for term in all_terms(self.parsed.root)),
            *(n for n, _ in self.filters),
        ]
        return any(name and FIELDS[name].kind in TIME_KINDS for name in names)

    def chosen(self, name: str) -> tuple[str, ...]:
        """Return the values of the filter `name`."""
        return tuple(value for each, value in self.filters if each == name)


class InvalidSearchError(ValueError):
    """A parameter other than the query is not valid; the message says what is allowed."""


def parse_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name.

    Raises:
        InvalidSearchError: there is none.
    """
    zone = find_zone(name)
    if zone is None:
        raise InvalidSearchError(f"zone: there is no time zone {name[:60]!r}; {ZONE_ADVICE}")
    return zone


def validate(params: SearchParams) -> None:
    """Check page size and filters; the query is checked when it is parsed.

    Raises:
        InvalidSearchError: the size is out of range, or a filter is unknown, empty or too long.
    """
    if not 1 <= params.size <= MAX_PAGE_SIZE:
        raise InvalidSearchError(f"size: from 1 to {MAX_PAGE_SIZE}")
    if len(params.filters) > MAX_FILTERS:
        raise InvalidSearchError(f"no more than {MAX_FILTERS} filters")
    for name, value in params.filters:
        if name not in (*FACETS, *EXTRA_FILTERS):
            raise InvalidSearchError(f"no filter is called {name}; there are {', '.join(FACETS)}")
        if not value or len(value) > MAX_FILTER_CHARACTERS:
            raise InvalidSearchError(f"{name}: takes 1 to {MAX_FILTER_CHARACTERS} characters")


def to_query(params: SearchParams) -> str:
    """Return query and filters as one query of the query language, to save or to share it: it finds
    what the search with its filters finds.

    Raises:
        QueryError: the query has a mistake.
    """
    names = list(dict.fromkeys(name for name, _ in params.filters))
    parts = [_clause(name, params.chosen(name)) for name in names]
    parsed = params.parsed
    query = params.query if parsed.plain is None else parsed.plain
    query = " ".join(query.split())
    if not query:
        return " ".join(parts)
    return " ".join([f"({query})" if parts and isinstance(parsed.root, Or) else query, *parts])


def _clause(name: str, values: tuple[str, ...]) -> str:
    quoted = [_quote_value(name, value) for value in values]
    return f"{name}:{quoted[0]}" if len(quoted) == 1 else f"{name}:({' OR '.join(quoted)})"


def _quote_value(name: str, value: str) -> str:
    """Return a filter's value as the query language writes it; `=` is the whole name and no other,
    as a facet counts it."""
    kind = FIELDS[name].kind
    if kind in {*TIME_KINDS, "number"}:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    is_plain = value.isalnum() and value not in {"AND", "OR", "NOT"}
    return f'="{escaped}"' if kind in {"words", "language", "place"} or not is_plain else value
