"""Highlighting: which words of a query are marked in the texts that it found."""

from collections.abc import Iterator

from workers.search.query.ast import Node, Not, ParsedQuery, Term
from workers.search.query.compiler import Query, compile_text
from workers.search.query.fields import FIELDS


def highlight_options(query: ParsedQuery, path: str) -> Query | None:
    """Return the highlight options of the field `path`, or None if the query does not search it.
    To highlight, Elasticsearch runs a query again for each field of each hit: this one, with only
    the field's own words, takes half the time of the whole query."""
    terms = [term for term in _positive_terms(query.root) if _searches_path(path, term)]
    if not terms:
        return None
    parts = [compile_text(term, {path: 1.0}) for term in terms]
    return {
        "highlight_query": {"bool": {"should": parts}},
        "matched_fields": [f"{path}.exact"],
    }


def _positive_terms(node: Node) -> Iterator[Term]:
    """Yield the terms that are not negated."""
    if isinstance(node, Term):
        yield node
    elif not isinstance(node, Not):
        for part in node.parts:
            yield from _positive_terms(part)


def _searches_path(path: str, term: Term) -> bool:
    return term.field is None or path in FIELDS[term.field].paths
