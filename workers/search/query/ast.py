"""The syntax tree of a query."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from msgspec import Struct

from workers.search.query.zones import UTC_ZONE


class Term(Struct, frozen=True, tag=True):
    """One word, or with `is_phrase` several in a row (`slop`: how many places they may be moved).
    `field` is None for the whole text. `is_prefix` matches every word that begins with `text`.
    `is_exact` means the whole name as the index has it. `at` is the place in the query, in
    characters."""

    text: str
    field: str | None = None
    is_phrase: bool = False
    is_prefix: bool = False
    is_exact: bool = False
    slop: int = 0
    at: int = 0


class Not(Struct, frozen=True, tag=True):
    """`operand` does not match."""

    operand: Node


class And(Struct, frozen=True, tag=True):
    """Every part matches; without parts, every article matches."""

    parts: tuple[Node, ...] = ()


class Or(Struct, frozen=True, tag=True):
    """At least one part matches."""

    parts: tuple[Node, ...]


Node = Term | Not | And | Or


def all_terms(node: Node) -> Iterator[Term]:
    """Yield every term of a tree, those that must not match among them."""
    if isinstance(node, Term):
        yield node
    elif isinstance(node, Not):
        yield from all_terms(node.operand)
    else:
        for part in node.parts:
            yield from all_terms(part)


class ParsedQuery(Struct, frozen=True):
    """The text of a query with its syntax tree, so that the query is parsed only once.

    `headline` is the part before the first field, and `whole` all of it, where they may be a
    headline that was pasted: an article with that very title is found first. `plain` is the query
    without the signs that made no sense in it, if there were any. `hints` say what was read
    otherwise than other search languages do. Its days are days in `zone`."""

    text: str
    root: Node
    headline: str = ""
    whole: str = ""
    plain: str | None = None
    hints: tuple[str, ...] = ()
    zone: ZoneInfo = UTC_ZONE
