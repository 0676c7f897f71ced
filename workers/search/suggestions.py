"""What the search box offers while one types: fields of the language, and names of the index."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from workers.search.ports import Index, answer_of
from workers.search.query.fields import FIELDS
from workers.search.related import suggest_request

MIN_LENGTH: Final = 2
MAX_SUGGESTIONS: Final = 8


class Suggestion(Struct, frozen=True):
    """`query` is the whole query if this one is taken."""

    text: str
    query: str
    kind: Literal["field", "phrase"]
    help: str = ""


def suggestions(index: Index, typed: str) -> tuple[Suggestion, ...]:
    """Return what the last word, or the whole input, may be completed to."""
    typed = typed[-400:]
    fields = tuple(_fields(typed))
    start = typed.strip().lstrip('"')
    if len(start) < MIN_LENGTH or typed.rstrip() != typed or ":" in start:
        return fields
    answer: Mapping[str, Any] = answer_of(index, suggest_request(start))
    options = answer["suggest"]["box"][0]["options"]
    texts = dict.fromkeys(option["text"] for option in options)
    return (*fields, *(_phrase(text) for text in texts))[:MAX_SUGGESTIONS]


def _fields(typed: str) -> list[Suggestion]:
    before, space, last = typed.rpartition(" ")
    negated = "-" if last.startswith("-") else ""
    start = last.removeprefix("-").lower()
    if not start:
        return []
    return [
        Suggestion(f"{name}:", f"{before}{space}{negated}{name}:", "field", field.help)
        for name, field in FIELDS.items()
        if name.startswith(start)
    ][:3]


def _phrase(text: str) -> Suggestion:
    return Suggestion(text, f'"{text.replace(chr(34), " ")}"', "phrase")
