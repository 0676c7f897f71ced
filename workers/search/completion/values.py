"""Values of a facet that begin as somebody types, among all articles or those of a search."""

from collections.abc import Iterable
from typing import Final

import msgspec

from schemas.json import Json
from workers.search.params import SearchParams
from workers.search.ports import Index, execute
from workers.search.requests import (
    NAME_PATHS,
    aggregations_only,
    facet_terms,
    field_path,
    filter_query,
    search_clauses,
)
from workers.search.response import parse_facet_values
from workers.search.results import FacetValue

MAX_START: Final = 80  # characters
MAX_VALUES: Final = 200
# Fields of which an article has several values: those that were not asked for are left out.
_SEVERAL: Final = frozenset({"author", "name", "place", "tag"})
_WORD_START: Final = "(.*[^0-9A-Za-z])?"
EVERYTHING: Final = SearchParams()


def find_values(
    index: Index, name: str, start: str, size: int, params: SearchParams = EVERYTHING
) -> tuple[FacetValue, ...]:
    """Return values of the field `name` of which a word begins so, whatever the case, with their
    numbers among the articles that a search finds under its other filters; most articles first.

    Raises:
        QueryError: the query has a mistake.
    """
    others = tuple(each for each in params.filters if each[0] != name)
    own = msgspec.structs.replace(params, filters=others)
    only: Json = {}
    clauses = search_clauses(own)
    if start := start.strip()[:MAX_START]:
        paths = (field_path(name), *([NAME_PATHS[name]] if name in NAME_PATHS else []))
        clauses.append(_begins_so(paths, start))
        if name in _SEVERAL:
            only["include"] = f"{_WORD_START}{''.join(map(_in_either_case, start))}.*"
    values = {"values": facet_terms(name, size, **only)}
    request = aggregations_only(filter_query(clauses), values)
    aggregation = execute(index, request)["aggregations"]["values"]
    return parse_facet_values(aggregation, params.chosen(name))


def _begins_so(paths: Iterable[str], start: str) -> Json:
    pattern = f"{_WORD_START}{''.join(map(_literal, start))}.*"
    either = [{"regexp": {path: {"value": pattern, "case_insensitive": True}}} for path in paths]
    return {"bool": {"should": either, "minimum_should_match": 1}}


def _literal(char: str) -> str:
    return char if char.isalnum() else f"\\{char}"


def _in_either_case(char: str) -> str:
    """Return the character as a regular expression of Lucene, which has no flag for case in an
    aggregation."""
    lower, upper = char.lower(), char.upper()
    is_pair = char.isalpha() and lower != upper and len(lower) == len(upper) == 1
    return f"[{lower}{upper}]" if is_pair else _literal(char)
