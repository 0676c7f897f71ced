"""Suggestions of the search box: fields of the query language and their values, and titles, names
and tags."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from msgspec import Struct

from workers.search.completion.values import find_values
from workers.search.ports import Index, execute
from workers.search.query.fields import FIELDS, MISSING, Field
from workers.search.query.reading import canonical_field
from workers.search.related import suggest_request

MIN_LENGTH: Final = 2  # characters
MAX_TYPED_CHARACTERS: Final = 400
MAX_FIELDS: Final = 3
MAX_SUGGESTIONS: Final = 8
_FIELD_BEFORE: Final = re.compile(r'(?P<field>[A-Za-z_]+):(?P<start>"[^"]*|[^\s":()]*)$')
_TIMES: Final = ("today", "yesterday", "7d", "30d", "12m")
_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "missing": tuple(MISSING),
    "changed_in": ("title", "subtitle", "body", "authors"),
    "changed": _TIMES,
    **dict.fromkeys(("on", "after", "before"), _TIMES),
}
_COUNTED: Final = frozenset(
    {"name", "words", "language", "place"}
)  # kinds whose values are counted


class Suggestion(Struct, frozen=True):
    """`query` is the whole query if this one is taken."""

    text: str
    query: str
    kind: Literal["field", "phrase", "value"]
    help: str = ""


def find_suggestions(index: Index, typed: str) -> tuple[Suggestion, ...]:
    """Return completions of what was typed: after a field's colon its values, else fields, and
    titles and names that begin as the whole input or its last words do."""
    typed = typed[-MAX_TYPED_CHARACTERS:]
    value = _FIELD_BEFORE.search(typed)
    name = canonical_field(value["field"]) if value else ""
    if value and name in FIELDS:
        return tuple(_suggest_values(index, name, typed, value["start"]))[:MAX_SUGGESTIONS]
    fields = tuple(_suggest_fields(typed))
    if typed.rstrip() != typed:
        return fields
    phrases = tuple(_suggest_phrases(index, _starts(typed)))
    return (*fields, *phrases)[:MAX_SUGGESTIONS]


def _starts(typed: str) -> dict[str, str]:
    """Return what a title or name may begin with, by the part of the query before it: the whole
    input, its last two words, its last word."""
    words = [0, *(found.start() + 1 for found in re.finditer(" ", typed))]
    places = dict.fromkeys((0, *words[-2:]))
    return {typed[:place]: typed[place:].strip().lstrip('"-(') for place in places}


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


def _suggest_phrases(index: Index, starts: Mapping[str, str]) -> Iterator[Suggestion]:
    """Yield phrases that begin as one of `starts`, which are by the part of the query before it."""
    seen: set[str] = set()
    for before, start in starts.items():
        if len(start) < MIN_LENGTH or ":" in start:
            continue
        response: Mapping[str, Any] = execute(index, suggest_request(start))
        for option in response["suggest"]["box"][0]["options"]:
            text = option["text"]
            if text not in seen:
                seen.add(text)
                yield Suggestion(text, f'{before}"{text.replace(chr(34), " ")}"', "phrase")


def _suggest_values(index: Index, name: str, typed: str, start: str) -> Iterator[Suggestion]:
    before, wanted = typed.removesuffix(start), start.lstrip('"')
    for value, told in _values(index, name, FIELDS[name], wanted):
        quoted = value if re.fullmatch(r"[\w.-]+", value) else f'"{value.replace(chr(34), " ")}"'
        yield Suggestion(value, f"{before}{quoted}", "value", told)


def _values(index: Index, name: str, field: Field, start: str) -> Iterator[tuple[str, str]]:
    """Yield values of a field that begin so, each with what there is to tell of it."""
    if field.kind == "collection":
        for collection, outlets in index.collections().items():
            if collection.startswith(start.lower()):
                yield collection, f"{len(outlets)} outlets"
    elif name in _VALUES:
        yield from ((value, "") for value in _VALUES[name] if value.startswith(start.lower()))
    elif field.kind in _COUNTED and name not in {"id", "cluster"}:
        for found in find_values(index, name, start, MAX_SUGGESTIONS):
            told = f"{found.count:,} articles"
            yield found.value, f"{found.name}, {told}" if found.name else told
