"""The syntax tree of a query."""

from __future__ import annotations

from msgspec import Struct


class Term(Struct, frozen=True, tag=True):
    """One word, or with `is_phrase` several in a row (`slop`: how many places they may be moved).
    `field` is None for the whole text. `is_prefix` matches every word that begins with `text`.
    `at` is the place in the query, in characters."""

    text: str
    field: str | None = None
    is_phrase: bool = False
    is_prefix: bool = False
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


class ParsedQuery(Struct, frozen=True):
    """The text of a query with its syntax tree, so that the query is parsed only once."""

    text: str
    root: Node
