"""What of a query is marked in a text that it found."""

from collections.abc import Iterator

from workers.search.query.ast import Node, Not, ParsedQuery, Term
from workers.search.query.compiler import Query, compile_text
from workers.search.query.fields import FIELDS


def highlight_query(query: ParsedQuery, path: str) -> Query | None:
    """Return highlight options that mark the words searched for in `path`, or None if there are
    none. Elasticsearch runs the query again for each field of each hit to find what to mark: a
    query of these few clauses costs half of the whole one with its filters and other fields."""
    sought = [words for words in _terms(query.root) if _is_looked_for_in(path, words)]
    if not sought:
        return None
    parts = [compile_text(words, {path: 1.0}) for words in sought]
    options: Query = {"highlight_query": {"bool": {"should": parts}}}
    if any(words.is_phrase or words.is_start for words in sought):
        options["matched_fields"] = [f"{path}.exact"]
    return options


def _terms(node: Node) -> Iterator[Term]:
    if isinstance(node, Term):
        yield node
    elif not isinstance(node, Not):
        for part in node.parts:
            yield from _terms(part)


def _is_looked_for_in(path: str, words: Term) -> bool:
    return words.field is None or path in FIELDS[words.field].paths
