"""Query text to its tree, by recursive descent: OR binds weaker than AND, AND may be left out."""

import difflib

from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.fields import ALIASES, FIELDS
from workers.search.query.lexer import QueryError, QueryToken, tokenize

MAX_DEPTH = 30
MAX_WORDS = 200
MIN_PREFIX_LENGTH = 2
MAX_WILDCARDS = 10
VALUES = frozenset({"word", "phrase"})
STARTS = frozenset({"(", "-", "not", "word", "phrase"})
_WHAT_IS_TOO_MUCH = {
    ")": "this bracket was never opened",
    ":": "a colon stands after a field's name, as in outlet:post; put quotation marks around "
    "words that hold one",
}


def parse_query(text: str) -> ParsedQuery:
    """Return `text` with its syntax tree.

    Raises:
        QueryError: the query has a mistake; the error has its place.
    """
    return ParsedQuery(text, parse(text))


def parse(query: str) -> Node:
    """Return the syntax tree of `query`.

    Raises:
        QueryError: the query has a mistake; the error has its place.
    """
    reader = _Reader(query, tokenize(query))
    if reader.now.kind == "end":
        return And()
    node = _any(reader, None, 0)
    rest = reader.now
    if rest.kind in _WHAT_IS_TOO_MUCH:
        raise reader.error(_WHAT_IS_TOO_MUCH[rest.kind])
    return node


class _Reader:
    def __init__(self, query: str, given: list[QueryToken]) -> None:
        self.query = query
        self._tokens = given
        self._row = 0
        self.stars = 0
        if len(given) > MAX_WORDS:
            raise self.error(f"more than {MAX_WORDS} words", given[MAX_WORDS])

    @property
    def now(self) -> QueryToken:
        return self._tokens[self._row]

    @property
    def following(self) -> QueryToken:
        return self._tokens[min(self._row + 1, len(self._tokens) - 1)]

    def take(self) -> QueryToken:
        token = self.now
        self._row = min(self._row + 1, len(self._tokens) - 1)
        return token

    def error(self, message: str, token: QueryToken | None = None) -> QueryError:
        where = token or self.now
        return QueryError(message, self.query, where.at, len(where.text))


def _any(reader: _Reader, field: str | None, depth: int) -> Node:
    parts = [_all(reader, field, depth)]
    while reader.now.kind == "or":
        reader.take()
        parts.append(_all(reader, field, depth))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _all(reader: _Reader, field: str | None, depth: int) -> Node:
    parts = [_one(reader, field, depth)]
    while True:
        if reader.now.kind == "and":
            reader.take()
        elif reader.now.kind not in STARTS:
            break
        parts.append(_one(reader, field, depth))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _one(reader: _Reader, field: str | None, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise reader.error(f"brackets and NOTs more than {MAX_DEPTH} deep")
    kind = reader.now.kind
    if kind in {"not", "-"}:
        reader.take()
        return Not(_one(reader, field, depth + 1))
    if kind == "(":
        return _group(reader, field, depth + 1)
    if kind == "word" and reader.following.kind == ":":
        return _fielded(reader, depth)
    if kind in VALUES:
        return _value(reader, field)
    raise reader.error(_what_is_missing(reader))


def _what_is_missing(reader: _Reader) -> str:
    names = {"and": "AND", "or": "OR", "end": "the end", ":": "the colon", ")": "the bracket"}
    return f"a word is missing before {names.get(reader.now.kind, reader.now.text)}"


def _group(reader: _Reader, field: str | None, depth: int) -> Node:
    opening = reader.take()
    node = _any(reader, field, depth)
    if reader.now.kind != ")":
        raise reader.error("this bracket is never closed", opening)
    reader.take()
    return node


def _fielded(reader: _Reader, depth: int) -> Node:
    name = reader.take()
    field = ALIASES.get(name.text.lower(), name.text.lower())
    if field not in FIELDS:
        near = difflib.get_close_matches(field, [*FIELDS, *ALIASES], 1)
        hint = f"; did you mean {near[0]}:?" if near else f"; there are {', '.join(FIELDS)}"
        raise reader.error(f"no field is called {name.text}{hint}", name)
    reader.take()
    if reader.now.kind == "(":
        return _group(reader, field, depth + 1)
    if reader.now.kind not in VALUES:
        raise reader.error(f"a value is missing after {name.text}:", name)
    return _value(reader, field)


def _value(reader: _Reader, field: str | None) -> Term:
    token = reader.take()
    text = token.text
    if field in {"url", "after", "before", "on"}:
        text += _rest_of_address(reader, token)
    if token.kind == "phrase":
        if not text.strip():
            raise reader.error("there is nothing between these quotation marks", token)
        return Term(text, field, is_phrase=True, distance=token.distance, at=token.at)
    if "*" not in text:
        return Term(text, field, at=token.at)
    return _start(reader, token, text, field)


def _rest_of_address(reader: _Reader, token: QueryToken) -> str:
    """Return what follows a colon inside an address or a time: `https://…`, `12:30`."""
    rest = ""
    while token.kind == "word" and _is_glued(reader, token, rest):
        rest += reader.take().text
    return rest


def _is_glued(reader: _Reader, token: QueryToken, rest: str) -> bool:
    ends = token.at + len(token.text) + len(rest)
    return reader.now.kind in {":", "word"} and reader.now.at == ends


def _start(reader: _Reader, token: QueryToken, text: str, field: str | None) -> Term:
    if "*" in text[:-1]:
        raise reader.error("a * may stand only at the end of a word", token)
    if len(text) <= MIN_PREFIX_LENGTH:
        raise reader.error(f"a * needs {MIN_PREFIX_LENGTH} letters before it", token)
    reader.stars += 1
    if reader.stars > MAX_WILDCARDS:
        raise reader.error(f"more than {MAX_WILDCARDS} words with a *", token)
    return Term(text[:-1], field, is_start=True, at=token.at)
