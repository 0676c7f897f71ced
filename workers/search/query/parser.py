"""The parser of the query language, by recursive descent. OR binds weaker than AND; between two
words without an operator, AND is meant."""

import difflib

from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.fields import ALIASES, FIELDS
from workers.search.query.lexer import QueryError, QueryToken, tokenize

MAX_DEPTH = 30
MAX_WORDS = 200
MIN_PREFIX_LENGTH = 2
MAX_WILDCARDS = 10
VALUE_TOKENS = frozenset({"word", "phrase"})
OPERAND_TOKENS = frozenset({"(", "-", "not", "word", "phrase"})
_UNEXPECTED = {
    ")": "this bracket was never opened",
    ":": "a colon stands after a field's name, as in outlet:post; put quotation marks around "
    "words that hold one",
}


def parse_query(text: str) -> ParsedQuery:
    """Return `text` with its syntax tree.

    Raises:
        QueryError: the query has a mistake; `at` is its place.
    """
    stream = _TokenStream(text, tokenize(text))
    if stream.current.kind == "end":
        return ParsedQuery(text, And())
    root = _parse_or(stream, None, 0)
    if stream.current.kind in _UNEXPECTED:
        raise stream.error(_UNEXPECTED[stream.current.kind])
    return ParsedQuery(text, root)


class _TokenStream:
    """The tokens of a query, and how far they are read."""

    def __init__(self, query: str, tokens: list[QueryToken]) -> None:
        self.query = query
        self._tokens = tokens
        self._index = 0
        self.wildcards = 0
        if len(tokens) > MAX_WORDS:
            raise self.error(f"more than {MAX_WORDS} words", tokens[MAX_WORDS])

    @property
    def current(self) -> QueryToken:
        return self._tokens[self._index]

    @property
    def next(self) -> QueryToken:
        return self._tokens[min(self._index + 1, len(self._tokens) - 1)]

    def advance(self) -> QueryToken:
        """Return the current token and go to the next; the last token, "end", stays current."""
        token = self.current
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def error(self, message: str, token: QueryToken | None = None) -> QueryError:
        """Return an error at `token`, or at the current one."""
        where = token or self.current
        return QueryError(message, self.query, where.at, len(where.text))


def _parse_or(stream: _TokenStream, field: str | None, depth: int) -> Node:
    parts = [_parse_and(stream, field, depth)]
    while stream.current.kind == "or":
        stream.advance()
        parts.append(_parse_and(stream, field, depth))
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def _parse_and(stream: _TokenStream, field: str | None, depth: int) -> Node:
    parts = [_parse_operand(stream, field, depth)]
    while True:
        if stream.current.kind == "and":
            stream.advance()
        elif stream.current.kind not in OPERAND_TOKENS:
            break
        parts.append(_parse_operand(stream, field, depth))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _parse_operand(stream: _TokenStream, field: str | None, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise stream.error(f"brackets and NOTs more than {MAX_DEPTH} deep")
    kind = stream.current.kind
    if kind in {"not", "-"}:
        stream.advance()
        return Not(_parse_operand(stream, field, depth + 1))
    if kind == "(":
        return _parse_group(stream, field, depth + 1)
    if kind == "word" and stream.next.kind == ":":
        return _parse_field(stream, depth)
    if kind in VALUE_TOKENS:
        return _parse_value(stream, field)
    raise stream.error(_missing_word(stream))


def _missing_word(stream: _TokenStream) -> str:
    names = {"and": "AND", "or": "OR", "end": "the end", ":": "the colon", ")": "the bracket"}
    return f"a word is missing before {names.get(stream.current.kind, stream.current.text)}"


def _parse_group(stream: _TokenStream, field: str | None, depth: int) -> Node:
    opening = stream.advance()
    node = _parse_or(stream, field, depth)
    if stream.current.kind != ")":
        raise stream.error("this bracket is never closed", opening)
    stream.advance()
    return node


def _parse_field(stream: _TokenStream, depth: int) -> Node:
    name = stream.advance()
    field = ALIASES.get(name.text.lower(), name.text.lower())
    if field not in FIELDS:
        near = difflib.get_close_matches(field, [*FIELDS, *ALIASES], 1)
        hint = f"; did you mean {near[0]}:?" if near else f"; there are {', '.join(FIELDS)}"
        raise stream.error(f"no field is called {name.text}{hint}", name)
    stream.advance()
    if stream.current.kind == "(":
        return _parse_group(stream, field, depth + 1)
    if stream.current.kind not in VALUE_TOKENS:
        raise stream.error(f"a value is missing after {name.text}:", name)
    return _parse_value(stream, field)


def _parse_value(stream: _TokenStream, field: str | None) -> Term:
    token = stream.advance()
    text = token.text
    if field in {"url", "after", "before", "on"}:
        text += _take_address_rest(stream, token)
    if token.kind == "phrase":
        if not text.strip():
            raise stream.error("there is nothing between these quotation marks", token)
        return Term(text, field, is_phrase=True, slop=token.slop, at=token.at)
    if "*" not in text:
        return Term(text, field, at=token.at)
    return _prefix_term(stream, token, text, field)


def _take_address_rest(stream: _TokenStream, token: QueryToken) -> str:
    """Return what follows a colon inside an address or a time: `https://…`, `12:30`."""
    rest = ""
    while token.kind == "word" and _is_adjacent(stream, token, rest):
        rest += stream.advance().text
    return rest


def _is_adjacent(stream: _TokenStream, token: QueryToken, rest: str) -> bool:
    end = token.at + len(token.text) + len(rest)
    return stream.current.kind in {":", "word"} and stream.current.at == end


def _prefix_term(stream: _TokenStream, token: QueryToken, text: str, field: str | None) -> Term:
    if "*" in text[:-1]:
        raise stream.error("a * may stand only at the end of a word", token)
    if len(text) <= MIN_PREFIX_LENGTH:
        raise stream.error(f"a * needs {MIN_PREFIX_LENGTH} letters before it", token)
    stream.wildcards += 1
    if stream.wildcards > MAX_WILDCARDS:
        raise stream.error(f"more than {MAX_WILDCARDS} words with a *", token)
    return Term(text[:-1], field, is_prefix=True, at=token.at)
