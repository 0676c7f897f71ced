"""The lexer of the query language: from text to tokens, and errors that show their place."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

MAX_QUERY_LENGTH = 4_000
MAX_WORD_LENGTH = 300
EXCERPT_LENGTH = 120
EXCERPT_BEFORE = 60

TokenKind = Literal[
    "(", ")", ":", "-", "and", "or", "not", "phrase", "word", "field", "unclosed", "end"
]
_OPERATORS: dict[str, TokenKind] = {
    "AND": "and",
    "&&": "and",
    "OR": "or",
    "||": "or",
    "NOT": "not",
}
# Each mark of a family may open a phrase, and each may close it: people, and outlets, mix them.
_QUOTE_FAMILIES: Final = ('"“”„‟＂', "«»", "‹›")
_CLOSING: Final = {mark: family for family in _QUOTE_FAMILIES for mark in family}
QUOTES: Final = "".join(_QUOTE_FAMILIES)
# Scripts without spaces between words: their characters are found in a row.
UNSPACED: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0002ffff]"
)
_WORD = re.compile(rf"[^\s():{QUOTES}]+")
_SLOP = re.compile(r"~(\d{1,3})")
_ESCAPED = re.compile(r'\\(["\\])')


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
    """A token with its place in the query, from `at` to `end`; `slop` is the number after a
    phrase's `~`. `is_exact` if a `=` stands before it."""

    kind: TokenKind
    text: str
    at: int
    end: int
    slop: int = 0
    is_exact: bool = False


def tokenize(query: str) -> list[QueryToken]:
    """Return the tokens of `query`; the last one is "end".

    Raises:
        QueryError: the query or one of its words is too long.
    """
    if len(query) > MAX_QUERY_LENGTH:
        message = f"the query is longer than {MAX_QUERY_LENGTH} characters"
        raise QueryError(message, query, MAX_QUERY_LENGTH)
    return [*_tokens(query), QueryToken("end", "", len(query), len(query))]


def is_searchable(text: str) -> bool:
    """Return whether a text has a letter, a number or a sign such as an emoji: an index keeps
    nothing else of a text."""
    categories = {unicodedata.category(char) for char in text}
    return "So" in categories or any(each[0] in "LN" for each in categories)


def is_word(text: str) -> bool:
    """Return whether a text has a letter or a digit, which every index keeps."""
    return any(unicodedata.category(char)[0] == "L" or char.isdecimal() for char in text)


def _tokens(query: str) -> Iterator[QueryToken]:
    at = 0
    while at < len(query):
        if query[at].isspace():
            at += 1
            continue
        token = _next_token(query, at)
        yield token
        at = token.end


def _next_token(query: str, at: int) -> QueryToken:
    char = query[at]
    if char == "(":
        return QueryToken("(", char, at, at + 1)
    if char == ")":
        return QueryToken(")", char, at, at + 1)
    if char == ":":
        return QueryToken(":", char, at, at + 1)
    if char in _CLOSING:
        return _phrase_token(query, at)
    if char in "-!" and _is_negation(query, at):
        return QueryToken("-", char, at, at + 1)
    return _word_token(query, at)


def _is_negation(query: str, at: int) -> bool:
    """Return whether the character at `at` negates what follows, as in `-word`; a dash between
    spaces, within a word or before another one does not."""
    before, after = query[at - 1 : at], query[at + 1 : at + 2]
    begins = not before or before.isspace() or before == "("
    return begins and bool(after) and not after.isspace() and after not in "-!"


def _phrase_token(query: str, at: int) -> QueryToken:
    """Return the phrase that begins at `at`. A mark right after a letter or number (`6"`) opens
    none, and one that nothing closes is a token of its own."""
    if query[at - 1 : at].isalnum():
        return QueryToken("word", query[at], at, at + 1)
    end = _closing_place(query, at)
    if end < 0:
        return QueryToken("unclosed", query[at], at, at + 1)
    text = _ESCAPED.sub(r"\1", query[at + 1 : end])
    slop = _SLOP.match(query, end + 1)
    after = slop.end() if slop else end + 1
    return QueryToken("phrase", text, at, after, int(slop[1]) if slop else 0)


def _closing_place(query: str, at: int) -> int:
    """Return where the phrase that begins at `at` ends, or -1."""
    is_exact = query[at - 1 : at] == "="  # of a name, in which other marks may stand
    closing = query[at] if is_exact else _CLOSING[query[at]]
    place = at + 1
    while place < len(query):
        if query[place] == "\\" and query[place + 1 : place + 2] in {'"', "\\"}:
            place += 2
            continue
        if query[place] in closing:
            return place
        place += 1
    return -1


def _word_token(query: str, at: int) -> QueryToken:
    match = _WORD.match(query, at)
    text = match[0] if match else query[at]
    if len(text) > MAX_WORD_LENGTH:
        message = f"a word of more than {MAX_WORD_LENGTH} characters"
        raise QueryError(message, query, at, len(text))
    return QueryToken(_OPERATORS.get(text, "word"), text, at, at + len(text))
