"""Which part of a query that finds nothing would find something by itself."""

from collections.abc import Iterator
from typing import Final

from workers.search.params import SearchParams
from workers.search.ports import Index, execute
from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.compiler import compile_query
from workers.search.query.fields import FIELDS, TIME_KINDS
from workers.search.requests import aggregations_only
from workers.search.results import PartCount

MAX_PARTS: Final = 12


def count_parts(index: Index, params: SearchParams) -> tuple[PartCount, ...]:
    """Return how many articles each part of the query finds by itself, and the whole query without
    the filters beside it; nothing for a query of one part without filters."""
    root = params.parsed.root
    nodes = list(_positive(root.parts if isinstance(root, And) else (root,)))[:MAX_PARTS]
    asked = {
        write_node(node): compile_query(ParsedQuery("", node, zone=params.zone)) for node in nodes
    }
    if params.filters and params.query.strip():
        asked = {params.query: compile_query(params.parsed), **asked}
    if not asked or (len(asked) == 1 and not params.filters):
        return ()
    parts = {"parts": {"filters": {"filters": list(asked.values())}}}
    request = aggregations_only({"match_all": {}}, parts)
    buckets = execute(index, request)["aggregations"]["parts"]["buckets"]
    return tuple(
        PartCount(query, bucket["doc_count"]) for query, bucket in zip(asked, buckets, strict=True)
    )


def _positive(nodes: tuple[Node, ...]) -> Iterator[Node]:
    yield from (node for node in nodes if node != And() and not isinstance(node, Not))


def write_node(node: Node) -> str:
    """Return a part of a syntax tree in the query language."""
    if isinstance(node, Not):
        return f"-{write_node(node.operand)}"
    if isinstance(node, Term):
        return _write_term(node)
    joined = (" OR " if isinstance(node, Or) else " ").join(map(write_node, node.parts))
    return f"({joined})"


def _write_term(term: Term) -> str:
    is_text = term.field is None or FIELDS[term.field].kind not in TIME_KINDS
    is_word = term.is_prefix or (
        term.text.replace("..", "").replace("'", "").isalnum() and not term.is_phrase
    )
    escaped = term.text.replace("\\", "\\\\").replace('"', '\\"')
    text = f'"{escaped}"' if is_text and not is_word else term.text
    text = f"{text}~{term.slop}" if term.slop else text
    sign = "=" if term.is_exact else ""
    name = f"{term.field}:" if term.field else ""
    return f"{name}{sign}{text}{'*' if term.is_prefix else ''}"
