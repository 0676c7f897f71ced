"""A query's tree to Elasticsearch's own query, with what only filters kept out of the score."""

import re

from schemas.json import Json
from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.fields import FIELDS, TEXT_WEIGHTS, Field
from workers.search.query.lexer import QueryError
from workers.search.query.times import FORMS, span, spans

Query = Json

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"
_NUMBERS = re.compile(rf"({_NUMBER})?(\.\.)?({_NUMBER})?")
# All words that begin so, however many, and the beginning as the field's analyzer folds words.
_STARTS = {"type": "bool_prefix", "operator": "and"}


def compile_query(query: ParsedQuery) -> Query:
    """Return the Elasticsearch query of `query`; relative dates stay relative to the server's now.

    Raises:
        QueryError: a field's value is not valid; the error has its place.
    """
    return _node(query.root, query.text)


def is_ranked(query: ParsedQuery) -> bool:
    """Return whether `query` searches text, so that some hits are better than others."""
    return _is_scored(query.root)


def _node(node: Node, query: str) -> Query:
    if isinstance(node, Term):
        return compile_term(node, query)
    if isinstance(node, Not):
        return {"bool": {"must_not": [_node(node.part, query)]}}
    if isinstance(node, Or):
        parts = [_node(part, query) for part in node.parts]
        return {"bool": {"should": parts, "minimum_should_match": 1}}
    return _all(node, query)


def _all(node: And, query: str) -> Query:
    if not node.parts:
        return {"match_all": {}}
    sides: dict[str, list[Query]] = {"must": [], "filter": [], "must_not": []}
    for part in node.parts:
        if isinstance(part, Not):
            sides["must_not"].append(_node(part.part, query))
        else:
            sides["must" if _is_scored(part) else "filter"].append(_node(part, query))
    return {"bool": {name: parts for name, parts in sides.items() if parts}}


def _is_scored(node: Node) -> bool:
    """Return whether relevance comes from this part, that is, whether it searches text."""
    if isinstance(node, Term):
        return node.field is None or FIELDS[node.field].how == "text"
    if isinstance(node, Not):
        return False
    return any(_is_scored(part) for part in node.parts)


def compile_term(words: Term, query: str) -> Query:
    """Return the query of one word or phrase.

    Raises:
        QueryError: the term is not valid; the error has its place in `query`.
    """
    if words.field is None:
        return compile_text(words, TEXT_WEIGHTS)
    field = FIELDS[words.field]
    if field.how == "text":
        return compile_text(words, dict.fromkeys(field.paths, 1.0))
    if field.how in {"after", "before", "on"}:
        return _time(words, field, query)
    if field.how == "number":
        return _number(words, field, query)
    return _name(words, field)


def compile_text(words: Term, weights: dict[str, float]) -> Query:
    """Return the query of a text: single words match by their stem too, phrases and prefixes
    exactly."""
    exact = [f"{path}.exact^{weight}" for path, weight in weights.items()]
    if words.is_start:
        return {"multi_match": {"query": words.text, "fields": exact, **_STARTS}}
    if words.is_phrase:
        slop = {"slop": words.distance} if words.distance else {}
        return {"multi_match": {"query": words.text, "fields": exact, "type": "phrase", **slop}}
    stemmed = [f"{path}^{weight}" for path, weight in weights.items()]
    return {"multi_match": {"query": words.text, "fields": stemmed, "operator": "and"}}


def _name(words: Term, field: Field) -> Query:
    path = field.paths[0]
    if field.how == "address":
        kind = "prefix" if words.is_start else "term"
        return _either([{kind: {path: words.text}} for path in field.paths])
    if field.how == "language":
        code = words.text.lower()
        return _either([_same(path, code), {"prefix": {path: {"value": f"{code}-", **_FOLD}}}])
    if field.how == "words":
        return _name_words(words, f"{path}.words")
    if words.is_start:
        return {"prefix": {path: {"value": words.text, **_FOLD}}}
    return _same(path, words.text)


def _name_words(words: Term, path: str) -> Query:
    if words.is_start:
        return {"multi_match": {"query": words.text, "fields": [path], **_STARTS}}
    if words.is_phrase:
        return {"match_phrase": {path: {"query": words.text, "slop": words.distance}}}
    return {"match": {path: {"query": words.text, "operator": "and"}}}


_FOLD = {"case_insensitive": True}


def _same(path: str, value: str) -> Query:
    return {"term": {path: {"value": value, **_FOLD}}}


def _either(parts: list[Query]) -> Query:
    return {"bool": {"should": parts, "minimum_should_match": 1}}


def _time(words: Term, field: Field, query: str) -> Query:
    try:
        start, end = spans(words.text) if field.how == "on" else span(words.text)
    except ValueError:
        also = ", or a range like 2026-03-01..2026-03-07" if field.how == "on" else ""
        message = f"{words.field}: takes {FORMS}{also}"
        raise QueryError(message, query, words.at, len(words.text)) from None
    bounds = {
        "after": {"gte": start},
        "before": {"lt": start},
        "on": {"gte": start, "lt": end},
    }[field.how]
    return {"range": {field.paths[0]: {name: at for name, at in bounds.items() if at}}}


def _number(words: Term, field: Field, query: str) -> Query:
    text = words.text.strip()
    found = _NUMBERS.fullmatch(text)
    if found is None or text in {"", ".."}:
        message = f"{words.field}: takes a number or a range: 500, 100..500, 500.. or ..500"
        raise QueryError(message, query, words.at, len(words.text))
    first, dots, last = found.groups()
    bounds = {"gte": first, "lte": last if dots else first}
    given = {name: float(value) for name, value in bounds.items() if value}
    return {"range": {field.paths[0]: given}}
