"""The parser of the query language, by recursive descent. OR binds weaker than AND; between two
words without an operator, AND is meant."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.fields import FIELDS
from workers.search.query.lexer import QUOTES, UNSPACED, QueryError, QueryToken
from workers.search.query.reading import canonical_field, read_tokens
from workers.search.query.zones import UTC_ZONE

MAX_DEPTH = 30
MAX_WORDS = 200
MIN_PREFIX_LENGTH = 2
MAX_WILDCARDS = 10
MIN_HEADLINE_WORDS: Final = 2
CHARACTERS_OF_A_WORD: Final = 2  # in scripts without spaces
# A shorter text with a `-` before a word was typed to leave that word out.
MIN_HEADLINE_WORDS_WITH_DASH: Final = 5
MIN_PASTED_WORDS: Final = 3  # with a star in it
MIN_WORDS_BESIDE_FIELDS: Final = 3
VALUE_TOKENS = frozenset({"word", "phrase"})
OPERAND_TOKENS = frozenset({"(", "-", "not", "word", "phrase", "field"})
LANGUAGE_TOKENS = frozenset({"and", "or", "not", "field"})
_LISTED_KINDS: Final = frozenset({"name", "language"})  # of fields whose values hold no comma
_PREFIX: Final = re.compile(r"\w{2,}\*")
_BEFORE_FIELD: Final = re.compile(r"(?:[\s(!-]|(?<!\S)(?:AND|NOT|&&))+$")
_UNREADABLE: Final = re.compile(rf"[(){QUOTES}*]|(?<!\S)[-!](?=\S)")


class UnreadableError(QueryError):
    """A sign of the language makes no sense where it stands: a mistake or, in a text that was
    pasted, typography."""


def parse_query(text: str, zone: ZoneInfo = UTC_ZONE) -> ParsedQuery:
    """Return `text` with its syntax tree; days in it are days in `zone`. A text that uses nothing
    of the language but has a bracket, quotation mark or star where it makes no sense is read as
    plain words.

    Raises:
        QueryError: the query has a mistake; `at` is its place.
        UnreadableError: the same, in a query with operators or fields.
    """
    return msgspec.structs.replace(_parse(text), zone=zone)


@lru_cache(maxsize=256)
def _parse(text: str) -> ParsedQuery:
    """Return the same with days in UTC. What answers a request asks more than once what its query
    means, in one zone and another: it is parsed once.

    Raises:
        QueryError: the query has a mistake.
        UnreadableError: the same, in a query with operators or fields.
    """
    reading = read_tokens(text)
    tokens, hints = reading.tokens, reading.hints
    try:
        root = _parse_tokens(text, tokens)
    except UnreadableError as error:
        if _uses_language(tokens) or ("*" in text and len(text.split()) < MIN_PASTED_WORDS):
            raise
        plain = _UNREADABLE.sub(" ", text)
        hint = f"{error.message}; all of it is read as plain words"
        parsed = _parse(plain)
        hints = (hint, *parsed.hints)
        return ParsedQuery(text, parsed.root, parsed.headline, text.strip(), plain, hints)
    return ParsedQuery(text, root, *_headlines(text, tokens), None, hints)


def _uses_language(tokens: Sequence[QueryToken]) -> bool:
    """Return whether somebody wrote these for this search, and did not paste them."""
    has_prefix = any(_PREFIX.fullmatch(token.text) for token in tokens)
    is_emphasis = any(token.text.startswith("*") for token in tokens)  # *like this*
    has_operators = any(token.kind in LANGUAGE_TOKENS or token.slop for token in tokens)
    return has_operators or (has_prefix and not is_emphasis)


def _parse_tokens(text: str, tokens: list[QueryToken]) -> Node:
    stream = _TokenStream(text, tokens)
    if stream.current.kind == "end":
        if text.strip():
            raise QueryError("there is no word in this to search for", text, 0, len(text))
        return And()
    root = _parse_or(stream, None, 0)
    if stream.current.kind == ")":
        raise stream.unreadable("this bracket was never opened")
    if stream.current.kind == "unclosed":
        raise stream.unreadable("this quotation mark is never closed")
    return root


def _headlines(text: str, tokens: Sequence[QueryToken]) -> tuple[str, str]:
    """Return `headline` and `whole` of ParsedQuery, empty where they cannot be a headline."""
    fields = [token for token in tokens if token.kind == "field"]
    first = fields[0].at if fields else len(text)
    start = _BEFORE_FIELD.sub("", text[:first]) if fields else text
    before = [token for token in tokens if token.at < len(start)]
    has_dash = any(token.kind == "-" for token in before)
    fewest = MIN_HEADLINE_WORDS_WITH_DASH if has_dash else MIN_HEADLINE_WORDS
    words = len(start.split())
    if has_dash:
        words += len(UNSPACED.findall(start)) // CHARACTERS_OF_A_WORD
    headline = start.strip() if words >= fewest else ""
    if not fields:
        return headline, headline
    other_words = sum(token.kind in VALUE_TOKENS for token in tokens) - len(fields)
    return headline, text.strip() if other_words >= MIN_WORDS_BESIDE_FIELDS else ""


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

    def advance(self) -> QueryToken:
        """Return the current token and go to the next; the last token, "end", stays current."""
        token = self.current
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def error(self, message: str, token: QueryToken | None = None) -> QueryError:
        """Return an error at `token`, or at the current one."""
        where = token or self.current
        return QueryError(message, self.query, where.at, len(where.text))

    def unreadable(self, message: str, token: QueryToken | None = None) -> UnreadableError:
        """Return an error that is none in a text that was pasted."""
        where = token or self.current
        return UnreadableError(message, self.query, where.at, len(where.text))


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
    if kind == "field":
        return _parse_field(stream, depth)
    if kind in VALUE_TOKENS:
        return _parse_value(stream, field)
    if kind == "unclosed":
        raise stream.unreadable("this quotation mark is never closed")
    raise _missing_word(stream)


def _missing_word(stream: _TokenStream) -> QueryError:
    names = {"and": "AND", "or": "OR", "end": "the end", ")": "the bracket"}
    kind = stream.current.kind
    message = f"a word is missing before {names.get(kind, stream.current.text)}"
    return stream.unreadable(message) if kind in {")", "end"} else stream.error(message)


def _parse_group(stream: _TokenStream, field: str | None, depth: int) -> Node:
    opening = stream.advance()
    node = _parse_or(stream, field, depth)
    if stream.current.kind == "unclosed":
        raise stream.unreadable("this quotation mark is never closed")
    if stream.current.kind != ")":
        raise stream.unreadable("this bracket is never closed", opening)
    stream.advance()
    return node


def _parse_field(stream: _TokenStream, depth: int) -> Node:
    name = stream.advance()
    field = canonical_field(name.text)
    if stream.current.kind == "(":
        return _parse_group(stream, field, depth + 1)
    if stream.current.kind not in VALUE_TOKENS:
        raise stream.error(f"a value is missing after {name.text}:", name)
    return _parse_value(stream, field)


def _parse_value(stream: _TokenStream, field: str | None) -> Node:
    token = stream.advance()
    if token.kind == "phrase":
        if not token.text.strip():
            raise stream.error("there is nothing between these quotation marks", token)
        return Term(
            token.text,
            field,
            is_phrase=True,
            is_exact=token.is_exact,
            slop=token.slop,
            at=token.at,
        )
    if field and FIELDS[field].kind in _LISTED_KINDS and "," in token.text:
        return _parse_list(token, field)
    if "*" not in token.text:
        return Term(token.text, field, is_exact=token.is_exact, at=token.at)
    return _prefix_term(stream, token, field)


def _parse_list(token: QueryToken, field: str) -> Node:
    """Return what `outlet:courier,post` means: one of these."""
    names = [name for name in token.text.split(",") if name]
    terms = tuple(Term(name, field, is_exact=token.is_exact, at=token.at) for name in names)
    return terms[0] if len(terms) == 1 else Or(terms)


def _prefix_term(stream: _TokenStream, token: QueryToken, field: str | None) -> Term:
    text = token.text
    if "*" in text[:-1]:
        raise stream.unreadable("a * may stand only at the end of a word", token)
    if len(text) <= MIN_PREFIX_LENGTH:
        raise stream.unreadable(f"a * needs {MIN_PREFIX_LENGTH} letters before it", token)
    stream.wildcards += 1
    if stream.wildcards > MAX_WILDCARDS:
        raise stream.error(f"more than {MAX_WILDCARDS} words with a *", token)
    return Term(text[:-1], field, is_prefix=True, at=token.at)
