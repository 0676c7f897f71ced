"""From a query's syntax tree to an Elasticsearch query. Parts that do not search text become
filters, which have no influence on the score."""

import math
import re
from collections.abc import Iterable
from itertools import groupby, takewhile
from typing import Final

from schemas.index.mapping import COLLECTION_LOOKUP
from schemas.json import Json
from workers.annotate.gazetteer import city_name, country_code
from workers.search.query.ast import And, Node, Not, Or, ParsedQuery, Term
from workers.search.query.fields import ALIASES, FIELDS, MISSING, TEXT_WEIGHTS, TIME_KINDS, Field
from workers.search.query.lexer import UNSPACED, QueryError, is_word
from workers.search.query.spellings import spellings
from workers.search.query.times import TIME_FORMS, ReversedRangeError, time_bounds
from workers.search.query.zones import UTC_ZONE

Query = Json

_NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,4})?"
SPEAKER_PATH: Final = "statements.speaker"
HEADLINE_PATH: Final = "title.exact^20"  # before all that only has the words
_NUMBERS = re.compile(rf"({_NUMBER})?(\.\.)?({_NUMBER})?")
# Matches any number of words with this prefix; the field's analyzer folds the prefix as well.
_PREFIX_MATCH = {"type": "bool_prefix", "operator": "and"}


def compile_query(query: ParsedQuery) -> Query:
    """Return the Elasticsearch query of `query`; the server resolves relative dates.

    An article whose title is the query's headline matches in any case, and comes first: in a
    headline that was pasted, a dash or a word in capitals is no operator.

    Raises:
        QueryError: a field's value is not valid; `at` is its place.
    """
    compiled = _compile_root(query)
    return _any_of([compiled, _title_query(query.whole)]) if query.whole else compiled


def _compile_root(query: ParsedQuery) -> Query:
    parts = query.root.parts if isinstance(query.root, And) else (query.root,)
    words = tuple(takewhile(_searches_words, parts))
    rest = parts[len(words) :]
    if not (query.headline and words and rest):
        return _compile_node(query.root, query)
    either = _any_of([_compile_and(And(words), query), _title_query(query.headline)])
    clauses = _compile_and(And(rest), query)["bool"]
    return {"bool": {**clauses, "must": [either, *clauses.get("must", ())]}}


def _title_query(headline: str) -> Query:
    return _any_of_spellings(headline, {"fields": [HEADLINE_PATH], "type": "phrase"})


def _searches_words(node: Node) -> bool:
    """Return whether this part has no field."""
    if isinstance(node, Term):
        return node.field is None
    return (
        _searches_words(node.operand)
        if isinstance(node, Not)
        else all(map(_searches_words, node.parts))
    )


def is_ranked(query: ParsedQuery) -> bool:
    """Return whether `query` searches text, so that hits have a relevance."""
    return _is_scored(query.root)


def _compile_node(node: Node, query: ParsedQuery) -> Query:
    if isinstance(node, Term):
        return compile_term(node, query)
    if isinstance(node, Not):
        return {"bool": {"must_not": [_compile_node(node.operand, query)]}}
    if isinstance(node, Or):
        parts = [_compile_node(part, query) for part in node.parts]
        return {"bool": {"should": parts, "minimum_should_match": 1}}
    return _compile_and(node, query)


def _compile_and(node: And, query: ParsedQuery) -> Query:
    if not node.parts:
        return {"match_all": {}}
    clauses: dict[str, list[Query]] = {"must": [], "filter": [], "must_not": []}
    # what is refused stands between no two parts that are of one quotation
    _add_clauses(clauses, [each for each in node.parts if isinstance(each, Not)], query)
    others = (each for each in node.parts if not isinstance(each, Not))
    for are_statements, parts in groupby(others, _asks_statements):
        if are_statements:
            clauses["filter"].append(_nested({"bool": {"must": [*map(_in_statement, parts)]}}))
        else:
            _add_clauses(clauses, parts, query)
    return {"bool": {name: parts for name, parts in clauses.items() if parts}}


def _add_clauses(
    clauses: dict[str, list[Query]], parts: Iterable[Node], query: ParsedQuery
) -> None:
    for part in parts:
        if isinstance(part, Not):
            clauses["must_not"].append(_compile_node(part.operand, query))
        else:
            clauses["must" if _is_scored(part) else "filter"].append(_compile_node(part, query))


def _asks_statements(node: Node) -> bool:
    """Return whether all of this part asks who said what; neighbours of the kind ask it of one
    statement: `said:flood by:quill`."""
    if isinstance(node, Term):
        return node.field is not None and FIELDS[node.field].kind == "statement"
    return not isinstance(node, Not) and bool(node.parts) and all(map(_asks_statements, node.parts))


def _in_statement(node: Node) -> Query:
    """Return what a part asks of one statement."""
    if isinstance(node, Term):
        return _statement_term(node)
    if isinstance(node, Or):
        return _any_of([_in_statement(part) for part in node.parts])
    parts = node.parts if isinstance(node, And) else ()
    return {"bool": {"must": [_in_statement(part) for part in parts]}}


def _statement_term(term: Term) -> Query:
    (path,) = FIELDS[term.field or ""].paths
    if path == SPEAKER_PATH:
        is_whole = {"term": {path: term.text}}
        return is_whole if term.is_exact else _compile_name_words(term, f"{path}.words")
    return compile_text(term, {path: 1.0})


def _nested(query: Query) -> Query:
    """Return the query of articles of which one statement matches; an index of before has none."""
    return {"nested": {"path": "statements", "query": query, "ignore_unmapped": True}}


def _is_scored(node: Node) -> bool:
    """Return whether this part searches text, and so has an influence on the score."""
    if isinstance(node, Term):
        return node.field is None or FIELDS[node.field].kind == "text"
    if isinstance(node, Not):
        return False
    return any(_is_scored(part) for part in node.parts)


def compile_term(term: Term, query: ParsedQuery) -> Query:
    """Return the Elasticsearch query of one term of `query`.

    Raises:
        QueryError: the field's value is not valid; `at` is its place.
    """
    if term.field is None:
        return compile_text(term, TEXT_WEIGHTS)
    field = FIELDS[term.field]
    if field.kind == "text":
        return compile_text(term, dict.fromkeys(field.paths, 1.0))
    if field.kind in TIME_KINDS:
        return _compile_time(term, field, query)
    if field.kind == "missing":
        return _compile_missing(term, query)
    if field.kind == "number":
        return _compile_number(term, field, query)
    return _compile_name(term, field)


def compile_text(term: Term, weights: dict[str, float]) -> Query:
    """Return the Elasticsearch query of words in a text (path → weight). A word matches as it is
    written or by its stem: stems leave out words such as `the`, so those match as written. Phrases
    and prefixes match as they are written, and so does what is written without spaces."""
    exact = [f"{path}.exact^{weight}" for path, weight in weights.items()]
    if term.is_prefix:
        return _any_of_spellings(term.text, {"fields": exact, **_PREFIX_MATCH})
    if term.is_phrase or UNSPACED.search(term.text):
        return _any_of_spellings(term.text, {"fields": exact, "type": "phrase", **_slop(term)})
    if not is_word(term.text):
        # a sign that the index may keep or not: where it does not, it cannot be asked for
        return {"multi_match": {"query": term.text, "fields": exact, "zero_terms_query": "all"}}
    stemmed = [f"{path}^{weight}" for path, weight in weights.items()]
    return _any_of_spellings(term.text, {"fields": [*stemmed, *exact], "operator": "and"})


def _slop(term: Term) -> Query:
    return {"slop": term.slop} if term.slop else {}


def _any_of_spellings(text: str, options: Query) -> Query:
    """Return the query of a text in each of its spellings. A server with all filters folds them by
    itself; a smaller one keeps words apart that differ in an apostrophe or in width."""
    queries: list[Query] = [{"multi_match": {"query": each, **options}} for each in spellings(text)]
    return queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}


def _compile_name(term: Term, field: Field) -> Query:
    if field.kind == "place":
        return _compile_place(term, field)
    if field.kind == "statement":
        return _nested(_statement_term(term))
    return _compile_plain_name(term, field)


def _compile_plain_name(term: Term, field: Field) -> Query:
    path = field.paths[0]
    if field.kind == "collection":
        members = {"index": COLLECTION_LOOKUP, "id": term.text.lower(), "path": "outlets"}
        return {"terms": {path: members}}
    if term.is_exact:
        return {"term": {path: term.text}}
    if field.kind == "address":
        kind = "prefix" if term.is_prefix else "term"
        return _any_of([{kind: {path: term.text}} for path in field.paths])
    if field.kind == "language":
        code = term.text.lower()
        return _any_of(
            [_term_query(path, code), {"prefix": {path: {"value": f"{code}-", **_IGNORE_CASE}}}]
        )
    if field.kind == "words":
        return _compile_name_words(term, f"{path}.words")
    queries = [_one_name(term, path) for path in field.paths]
    if " " in term.text:
        queries.append(_term_query(path, term.text.replace(" ", "-")))
    return queries[0] if len(queries) == 1 else _any_of(queries)


def _compile_place(term: Term, field: Field) -> Query:
    """Return the query of a place: a country by its code or a name, a city by any of its names, or
    words of a city's name or dateline."""
    countries, cities, dateline = field.paths
    if term.is_exact:
        return {"term": {countries: term.text.lower()}}
    code = None if term.is_prefix else country_code(term.text)
    if code == term.text.lower():  # not "Rio de Janeiro" for Germany
        return {"term": {countries: code}}
    queries = [_compile_name_words(term, f"{path}.words") for path in (cities, dateline)]
    if code:
        queries.append({"term": {countries: code}})
    if not term.is_prefix and (city := city_name(term.text)):
        queries.append({"term": {cities: city}})
    return _any_of(queries)


def _one_name(term: Term, path: str) -> Query:
    if term.is_prefix:
        return {"prefix": {path: {"value": term.text, **_IGNORE_CASE}}}
    return _term_query(path, term.text)


def _compile_name_words(term: Term, path: str) -> Query:
    if term.is_prefix:
        return _any_of_spellings(term.text, {"fields": [path], **_PREFIX_MATCH})
    if term.is_phrase or UNSPACED.search(term.text):
        return _any_of_spellings(term.text, {"fields": [path], "type": "phrase", **_slop(term)})
    return _any_of_spellings(term.text, {"fields": [path], "operator": "and"})


_IGNORE_CASE = {"case_insensitive": True}


def _term_query(path: str, value: str) -> Query:
    return {"term": {path: {"value": value, **_IGNORE_CASE}}}


def _any_of(parts: list[Query]) -> Query:
    return {"bool": {"should": parts, "minimum_should_match": 1}}


def _compile_time(term: Term, field: Field, query: ParsedQuery) -> Query:
    try:
        start, end = time_bounds(field.kind, term.text, query.zone)
    except ReversedRangeError as error:
        raise QueryError(f"{term.field}: {error}", query.text, term.at, len(term.text)) from None
    except ValueError:
        range_advice = ", or a range like 2026-03-01..2026-03-07" if field.kind == "on" else ""
        message = f"{term.field}: takes {TIME_FORMS}{range_advice}"
        raise QueryError(message, query.text, term.at, len(term.text)) from None
    bounds = {name: at for name, at in (("gte", start), ("lt", end)) if at}
    if query.zone != UTC_ZONE and any("/d" in at for at in bounds.values()):
        bounds["time_zone"] = query.zone.key  # whose midnight a relative time is rounded to
    return {"range": {field.paths[0]: bounds}}


def _compile_missing(term: Term, query: ParsedQuery) -> Query:
    name = ALIASES.get(term.text.lower(), term.text.lower())
    if name not in MISSING:
        message = f"missing: takes one of {', '.join(MISSING)}"
        raise QueryError(message, query.text, term.at, len(term.text))
    return {"bool": {"must_not": [{"exists": {"field": MISSING[name]}}]}}


def _compile_number(term: Term, field: Field, query: ParsedQuery) -> Query:
    text = term.text.strip()
    match = _NUMBERS.fullmatch(text)
    if match is None or text in {"", ".."}:
        message = f"{term.field}: takes a number or a range: 500, 100..500, 500.. or ..500"
        raise QueryError(message, query.text, term.at, len(term.text))
    first, dots, last = match.groups()
    bounds = {"gte": first, "lte": last if dots else first}
    numbers = {name: float(value) for name, value in bounds.items() if value}
    if numbers.get("gte", 0.0) > numbers.get("lte", math.inf):
        message = f"{term.field}: the range ends before it begins"
        raise QueryError(message, query.text, term.at, len(term.text))
    return {"range": {field.paths[0]: numbers}}
