"""Collections of outlets as people name them: which a search asks for, and what one may hold."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from workers.search.params import InvalidSearchError, SearchParams
from workers.search.ports import Index
from workers.search.query.ast import ParsedQuery, Term, all_terms
from workers.search.query.lexer import QueryError

MAX_OUTLETS: Final = 1_000
NAME_ADVICE: Final = "name: takes 1 to 40 of the signs a–z, 0–9 and -, as in local-papers"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_OUTLET: Final = re.compile(r"[^\s\x00-\x1f,]{1,200}")


# The docstrings of these classes are descriptions in the OpenAPI document.
class Collection(Struct, frozen=True):
    """A named set of outlets, which `collection:name` searches."""

    name: str
    outlets: tuple[str, ...]


def new_collection(name: str, outlets: Iterable[str]) -> Collection:
    """Return a collection to keep: each outlet once, in order.

    Raises:
        InvalidSearchError: the name or an outlet's id cannot be one, or there are too many.
    """
    if not _NAME.fullmatch(name):
        raise InvalidSearchError(NAME_ADVICE)
    ids = tuple(sorted({outlet.strip() for outlet in outlets} - {""}))
    wrong = next((outlet for outlet in ids if not _OUTLET.fullmatch(outlet)), None)
    if wrong is not None:
        raise InvalidSearchError(f"outlets: {wrong[:60]!r} is no outlet's id")
    if not 1 <= len(ids) <= MAX_OUTLETS:
        raise InvalidSearchError(f"outlets: takes 1 to {MAX_OUTLETS} ids")
    return Collection(name, ids)


def check_collections(index: Index, params: SearchParams) -> None:
    """Check that each collection that a search names is there; the server would find nothing in
    one that is not.

    Raises:
        QueryError: the query names a collection that is not there.
        InvalidSearchError: a filter names one.
    """
    chosen = params.chosen("collection")
    if not chosen and "collection" not in params.query.lower():
        return
    try:
        terms = list(named_in(params.parsed))
    except QueryError:  # the search itself says so, where its page can show it
        return
    if not chosen and not terms:
        return
    names = index.collections()
    told = f"there are {', '.join(names)}" if names else "there is none yet"
    for term in terms:
        if term.text.lower() not in names:
            message = f"no collection is called {term.text}; {told}"
            raise QueryError(message, params.query, term.at, len(term.text))
    for name in chosen:
        if name.lower() not in names:
            raise InvalidSearchError(f"collection: none is called {name}; {told}")


def named_in(parsed: ParsedQuery) -> Iterator[Term]:
    """Return the terms of a query that name a collection."""
    return (term for term in all_terms(parsed.root) if term.field == "collection")
