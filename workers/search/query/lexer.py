"""The words of the query language: text to tokens, and mistakes that point at their place."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

MAX_QUERY_LENGTH = 4_000
MAX_WORD_LENGTH = 300

TokenKind = Literal["(", ")", ":", "-", "and", "or", "not", "phrase", "word", "end"]
_OPERATORS: dict[str, TokenKind] = {
    "AND": "and",
    "&&": "and",
    "OR": "or",
    "||": "or",
    "NOT": "not",
}
_QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»"}
_WORD = re.compile(r"[^\s():\"“„«]+")
_DISTANCE = re.compile(r"~(\d{1,3})")


class QueryError(ValueError):
    """A query that cannot be read; `at` and `length` are where, in characters."""

    def __init__(self, message: str, query: str, at: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.query = query
        self.at = at
        self.length = max(1, length)

    def pointing(self) -> str:
        """Return three lines: the message, the query, and a mark under the mistake."""
        start = max(0, self.at - 60)
        near = self.query[start : start + 120]
        shown = "".join(sign if sign.isprintable() else " " for sign in near)
        mark = " " * (self.at - start) + "^" * min(self.length, 120 - (self.at - start))
        return f"{self.message}\n  {shown}\n  {mark}"


class QueryToken(Struct, frozen=True):
    """A word with its place; `distance` is a phrase's number after `~`."""

    kind: TokenKind
    text: str
    at: int
    distance: int = 0


def tokenize(query: str) -> list[QueryToken]:
    """Return the tokens of `query`; the last one is "end".

    Raises:
        QueryError: the query is too long or has a word that is.
    """
    if len(query) > MAX_QUERY_LENGTH:
        message = f"the query is longer than {MAX_QUERY_LENGTH} characters"
        raise QueryError(message, query, MAX_QUERY_LENGTH)
    return [*_tokens(query), QueryToken("end", "", len(query))]


def _tokens(query: str) -> Iterator[QueryToken]:
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        token, at = _next(query, at)
        yield token


def _next(query: str, at: int) -> tuple[QueryToken, int]:
    sign = query[at]
    if sign == "(":
        return QueryToken("(", sign, at), at + 1
    if sign == ")":
        return QueryToken(")", sign, at), at + 1
    if sign == ":":
        return QueryToken(":", sign, at), at + 1
    if sign in _QUOTES:
        return _phrase(query, at)
    if sign in "-!" and _begins_word(query, at):
        return QueryToken("-", sign, at), at + 1
    return _word(query, at)


def _begins_word(query: str, at: int) -> bool:
    """Return whether the sign at `at` is a "not", as in `-word`, and not a dash or a part of a
    word."""
    before, after = query[at - 1 : at], query[at + 1 : at + 2]
    return bool(after) and not after.isspace() and (not before or before.isspace() or before == "(")


def _phrase(query: str, at: int) -> tuple[QueryToken, int]:
    closing = {_QUOTES[query[at]], '"'}
    end = next((i for i in range(at + 1, len(query)) if query[i] in closing), -1)
    if end < 0:
        raise QueryError("this quotation mark is never closed", query, at)
    distance = _DISTANCE.match(query, end + 1)
    after = distance.end() if distance else end + 1
    apart = int(distance[1]) if distance else 0
    return QueryToken("phrase", query[at + 1 : end], at, apart), after


def _word(query: str, at: int) -> tuple[QueryToken, int]:
    found = _WORD.match(query, at)
    text = found[0] if found else query[at]
    if len(text) > MAX_WORD_LENGTH:
        message = f"a word of more than {MAX_WORD_LENGTH} characters"
        raise QueryError(message, query, at, len(text))
    return QueryToken(_OPERATORS.get(text, "word"), text, at), at + len(text)
