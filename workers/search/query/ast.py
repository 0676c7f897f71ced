"""A query as a tree."""

from __future__ import annotations

from msgspec import Struct


class Term(Struct, frozen=True, tag=True):
    """One word, or with `is_phrase` several in order (at most `distance` places off); `field` is
    None for the whole text; `is_start` stands for every word that begins so."""

    text: str
    field: str | None = None
    is_phrase: bool = False
    is_start: bool = False
    distance: int = 0
    at: int = 0


class Not(Struct, frozen=True, tag=True):
    part: Node


class And(Struct, frozen=True, tag=True):
    """Every part matches; without parts, everything does."""

    parts: tuple[Node, ...] = ()


class Or(Struct, frozen=True, tag=True):
    """At least one part matches."""

    parts: tuple[Node, ...]


Node = Term | Not | And | Or


class ParsedQuery(Struct, frozen=True):
    """A query with its syntax tree, so that it is parsed once, whoever reads it."""

    text: str
    root: Node
