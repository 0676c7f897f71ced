"""From tokens to what a person meant by them: which colons name a field, which signs are only
typography, which operators belong to other search languages."""

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from msgspec import Struct, structs

from workers.search.query.fields import ALIASES, FIELDS
from workers.search.query.lexer import QueryError, QueryToken, is_searchable, tokenize

MIN_PASTED_WORDS: Final = 4
MIN_LIKENESS: Final = 0.75  # of a mistyped field to a field's name
_FIELD_NAME: Final = re.compile(r"[a-z_]{2,20}")
_RANGE_KINDS: Final = frozenset({"on", "number"})
_WHOLE_KINDS: Final = frozenset({"address", "after", "before", "on"})  # values that hold colons
_TIME_OR_NUMBER: Final = re.compile(r"[0-9]\S*|today|yesterday")
_NEAR: Final = re.compile(r"(?i:near|w)/[0-9]+|NEAR|ADJ[0-9]*")
MAX_WORDS_WITH_OPERATORS: Final = 8  # a longer text without operators of ours was pasted

_FOREIGN: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"or"), "“or” is a word here; OR finds articles with one of both"),
    (re.compile(r"not"), "“not” is a word here; NOT leaves articles out"),
    (_NEAR, '“{}” is a word here; "flood dam"~5 finds both words with at most five between them'),
    (re.compile(r"\w+\?\w+"), "“{}”: ? stands for no letter; a * at the end stands for any ending"),
    (re.compile(r"\S+\^[0-9.]+"), "“{}”: words have no weights here, so ^ means nothing"),
    (
        re.compile(r"\w+~[0-9.]*"),
        "“{}”: words are found as written; ~ goes after a phrase",
    ),
)


class Reading(Struct, frozen=True):
    """Tokens for the parser, and what readers should know of how their query was read."""

    tokens: list[QueryToken]
    hints: tuple[str, ...] = ()


def read_tokens(query: str) -> Reading:
    """Return the tokens of `query`: a field's name is one token with its colon, and signs that no
    index keeps are left out.

    Raises:
        QueryError: the query is too long, or a field's name is mistyped.
    """
    reader = _Reader(query)
    tokens = _without_outer_operators(list(reader.read()))
    return Reading(tokens, (*reader.hints, *_foreign_operators(tokens)))


def _without_outer_operators(tokens: list[QueryToken]) -> list[QueryToken]:
    """Return the tokens with an AND or OR that begins or ends a longer text as a word: there it
    joins nothing, as in `Fire in Portland, OR`."""
    if len(tokens) <= MIN_PASTED_WORDS:
        return tokens
    outer = {0: {"and", "or"}, len(tokens) - 2: {"and", "or", "not"}}
    return [
        structs.replace(token, kind="word") if token.kind in outer.get(place, ()) else token
        for place, token in enumerate(tokens)
    ]


def canonical_field(name: str) -> str:
    """Return the name of the field that `name` means, whether or not there is one."""
    return ALIASES.get(name.lower(), name.lower())


class _Reader:
    """The tokens of a query, how far they are read, and the hints so far."""

    def __init__(self, query: str) -> None:
        self.query = query
        self.hints: list[str] = []
        self._tokens = tokenize(query)
        self._index = 0

    def read(self) -> Iterator[QueryToken]:
        while self._token().kind != "end":
            token = self._take()
            if token.kind == "word" and self._colon_follows(token):
                yield from self._before_colon(token)
            elif token.kind == ":" or self._is_typography(token):
                continue
            else:
                yield self._whole_value(token, "")
        yield self._token()

    def _token(self) -> QueryToken:
        return self._tokens[self._index]

    def _take(self) -> QueryToken:
        token = self._token()
        self._index = min(self._index + 1, len(self._tokens) - 1)
        return token

    def _colon_follows(self, token: QueryToken) -> bool:
        return self._token().kind == ":" and self._token().at == token.end

    def _is_typography(self, token: QueryToken) -> bool:
        return token.kind in {"word", "phrase"} and not (
            is_searchable(token.text) or "*" in token.text or self._begins_exact_phrase(token)
        )

    def _before_colon(self, token: QueryToken) -> Iterator[QueryToken]:
        """Yield what a word before a colon means: an address, a field with its value, or a word of
        a text in which a colon stands."""
        value = self._tokens[min(self._index + 1, len(self._tokens) - 1)]
        is_adjacent = value.at == token.end + 1 and value.kind != "end"
        name = canonical_field(token.text)
        if name in {"http", "https"} and is_adjacent and value.text.startswith("//"):
            address = self._joined(token)
            if address.text == self.query.strip():
                yield QueryToken("field", "url", token.at, token.at)
            yield address
        elif name in FIELDS and (is_adjacent or self._is_typed_apart(token, name)):
            self._take()
            yield QueryToken("field", token.text, token.at, token.end + 1)
            if self._token().kind in {"word", "phrase", ":"}:
                yield self._whole_value(self._take(), FIELDS[name].kind)
        else:
            if is_adjacent and value.kind in {"word", "phrase", "("}:
                self._check_name(token)
            yield token

    def _is_typed_apart(self, token: QueryToken, name: str) -> bool:
        """Return whether a field may have a space before its value; in a text that was pasted
        somebody "said: …" something."""
        return token.text.islower() and FIELDS[name].kind != "statement"

    def _check_name(self, token: QueryToken) -> None:
        """Refuse a mistyped name of a field; any other word before a colon is a word.

        Raises:
            QueryError: the name is close to that of a field.
        """
        if not _FIELD_NAME.fullmatch(token.text):
            return
        near = difflib.get_close_matches(token.text, [*FIELDS, *ALIASES], 1, MIN_LIKENESS)
        if near:
            message = f"no field is called {token.text}; did you mean {near[0]}:?"
            raise QueryError(message, self.query, token.at, len(token.text))
        self.hints.append(
            f"no field is called “{token.text}”, so it is a word here; "
            f"there are {', '.join(FIELDS)}"
        )

    def _whole_value(self, token: QueryToken, kind: str) -> QueryToken:
        """Return the value that begins with `token`: an address or a time with its colons, a range
        with spaces around its dots, an exact value with its `=`."""
        if self._begins_exact_phrase(token):
            phrase = self._take()
            return structs.replace(phrase, at=token.at, is_exact=True)
        if token.kind != "word":
            return token
        if kind in _WHOLE_KINDS:
            token = self._joined(token)
        if kind in _RANGE_KINDS:
            token = self._whole_range(token, kind)
        if token.text.startswith("=") and is_searchable(token.text):
            return structs.replace(token, text=token.text[1:], is_exact=True)
        return token

    def _begins_exact_phrase(self, token: QueryToken) -> bool:
        follows = self._token()
        return token.text == "=" and follows.kind == "phrase" and follows.at == token.end

    def _joined(self, token: QueryToken) -> QueryToken:
        """Return the token with the words and colons that stand directly after it."""
        text, end = token.text, token.end
        while self._token().kind in {":", "word"} and self._token().at == end:
            follows = self._take()
            text, end = text + follows.text, follows.end
        return QueryToken("word", text, token.at, end)

    def _whole_range(self, token: QueryToken, kind: str) -> QueryToken:
        """Return `A..B` for `A .. B`, `A ..B` and, of times, `A.. B`."""
        if kind == "number" and token.text.endswith("..") and token.text != "..":
            return token  # `words:500.. 2026` are long texts with the word 2026
        parts = [token]
        if self._token().kind == "word" and self._token().text.startswith(".."):
            parts.append(self._joined(self._take()))
        if ".." in "".join(part.text for part in parts) and parts[-1].text.endswith(".."):
            parts += self._range_end()
        return QueryToken("word", "".join(part.text for part in parts), token.at, parts[-1].end)

    def _range_end(self) -> list[QueryToken]:
        is_bound = self._token().kind == "word" and _TIME_OR_NUMBER.fullmatch(self._token().text)
        return [self._joined(self._take())] if is_bound else []


def _foreign_operators(tokens: list[QueryToken]) -> Iterator[str]:
    if len(tokens) > MAX_WORDS_WITH_OPERATORS:
        return
    for before, token in pairwise([QueryToken("end", "", 0, 0), *tokens]):
        if token.kind == "word" and before.kind != "field":
            yield from (
                hint.format(token.text) for sign, hint in _FOREIGN if sign.fullmatch(token.text)
            )
