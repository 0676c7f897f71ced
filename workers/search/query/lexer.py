"""The lexer of the query language: from text to tokens, and errors that show their place."""

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

MAX_QUERY_LENGTH = 4_000
MAX_WORD_LENGTH = 300
EXCERPT_LENGTH = 120
EXCERPT_BEFORE = 60

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
_SLOP = re.compile(r"~(\d{1,3})")


class QueryError(ValueError):
    """A mistake in a query; `at` and `length` are its place, in characters."""

    def __init__(self, message: str, query: str, at: int, length: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.query = query
        self.at = at
        self.length = max(1, length)

    def pointing(self) -> str:
        """Return three lines: the message, the query around the mistake, and carets below it."""
        start = max(0, self.at - EXCERPT_BEFORE)
        excerpt = self.query[start : start + EXCERPT_LENGTH]
        shown = "".join(char if char.isprintable() else " " for char in excerpt)
        indent = self.at - start
        carets = "^" * min(self.length, EXCERPT_LENGTH - indent)
        return f"{self.message}\n  {shown}\n  {' ' * indent}{carets}"


class QueryToken(Struct, frozen=True):
    """A token with its place in the query; `slop` is the number after a phrase's `~`."""

    kind: TokenKind
    text: str
    at: int
    slop: int = 0


def tokenize(query: str) -> list[QueryToken]:
    """Return the tokens of `query`; the last one is "end".

    Raises:
        QueryError: the query or one of its words is too long, or a quotation mark is not closed.
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
        token, at = _next_token(query, at)
        yield token


def _next_token(query: str, at: int) -> tuple[QueryToken, int]:
    char = query[at]
    if char == "(":
        return QueryToken("(", char, at), at + 1
    if char == ")":
        return QueryToken(")", char, at), at + 1
    if char == ":":
        return QueryToken(":", char, at), at + 1
    if char in _QUOTES:
        return _phrase_token(query, at)
    if char in "-!" and _is_negation(query, at):
        return QueryToken("-", char, at), at + 1
    return _word_token(query, at)


def _is_negation(query: str, at: int) -> bool:
    """Return whether the character at `at` negates what follows, as in `-word`; a dash between
    spaces or within a word does not."""
    before, after = query[at - 1 : at], query[at + 1 : at + 2]
    return bool(after) and not after.isspace() and (not before or before.isspace() or before == "(")


def _phrase_token(query: str, at: int) -> tuple[QueryToken, int]:
    closing = {_QUOTES[query[at]], '"'}
    end = next((i for i in range(at + 1, len(query)) if query[i] in closing), -1)
    if end < 0:
        raise QueryError("this quotation mark is never closed", query, at)
    slop = _SLOP.match(query, end + 1)
    after = slop.end() if slop else end + 1
    places = int(slop[1]) if slop else 0
    return QueryToken("phrase", query[at + 1 : end], at, places), after


def _word_token(query: str, at: int) -> tuple[QueryToken, int]:
    match = _WORD.match(query, at)
    text = match[0] if match else query[at]
    if len(text) > MAX_WORD_LENGTH:
        message = f"a word of more than {MAX_WORD_LENGTH} characters"
        raise QueryError(message, query, at, len(text))
    return QueryToken(_OPERATORS.get(text, "word"), text, at), at + len(text)
