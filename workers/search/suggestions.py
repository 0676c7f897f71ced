"""Suggestions of the search box: fields of the query language, and titles, names and tags."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from workers.search.ports import Index, execute
from workers.search.query.fields import FIELDS
from workers.search.related import suggest_request

MIN_LENGTH: Final = 2  # characters
MAX_TYPED_CHARACTERS: Final = 400
MAX_FIELDS: Final = 3
MAX_SUGGESTIONS: Final = 8


class Suggestion(Struct, frozen=True):
    """`query` is the whole query if this one is taken."""

    text: str
    query: str
    kind: Literal["field", "phrase"]
    help: str = ""


def find_suggestions(index: Index, typed: str) -> tuple[Suggestion, ...]:
    """Return completions of the last word or of the whole input, fields first."""
    typed = typed[-MAX_TYPED_CHARACTERS:]
    fields = tuple(_suggest_fields(typed))
    start = typed.strip().lstrip('"')
    if len(start) < MIN_LENGTH or typed.rstrip() != typed or ":" in start:
        return fields
    response: Mapping[str, Any] = execute(index, suggest_request(start))
    options = response["suggest"]["box"][0]["options"]
    texts = dict.fromkeys(option["text"] for option in options)
    return (*fields, *(_suggest_phrase(text) for text in texts))[:MAX_SUGGESTIONS]


def _suggest_fields(typed: str) -> list[Suggestion]:
    before, space, last = typed.rpartition(" ")
    negated = "-" if last.startswith("-") else ""
    start = last.removeprefix("-").lower()
    if not start:
        return []
    return [
        Suggestion(f"{name}:", f"{before}{space}{negated}{name}:", "field", field.help)
        for name, field in FIELDS.items()
        if name.startswith(start)
    ][:MAX_FIELDS]


def _suggest_phrase(text: str) -> Suggestion:
    return Suggestion(text, f'"{text.replace(chr(34), " ")}"', "phrase")
