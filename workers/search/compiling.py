"""A query's tree to Elasticsearch's own query, with what only filters kept out of the score."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any as Json

from workers.search.fields import FIELDS, TEXT_WEIGHTS, Field
from workers.search.parser import parse
from workers.search.tree import All, Any, Node, Not, Words
from workers.search.words import QueryError

Query = dict[str, Json]

_AGO = re.compile(r"(\d{1,5})([hdwmy])")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
MOST_STARTS = 500


def compiled(query: str) -> Query:
    """The Elasticsearch query of `query`; relative dates stay relative to the server's now.

    Raises QueryError for a mistake, with its place.
    """
    return _node(parse(query), query)


def _node(node: Node, query: str) -> Query:
    if isinstance(node, Words):
        return _words(node, query)
    if isinstance(node, Not):
        return {"bool": {"must_not": [_node(node.part, query)]}}
    if isinstance(node, Any):
        parts = [_node(part, query) for part in node.parts]
        return {"bool": {"should": parts, "minimum_should_match": 1}}
    return _all(node, query)


def _all(node: All, query: str) -> Query:
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
    """Does relevance come from this part, that is, from text somewhere in it?"""
    if isinstance(node, Words):
        return node.field is None or FIELDS[node.field].how == "text"
    if isinstance(node, Not):
        return False
    return any(_is_scored(part) for part in node.parts)


def _words(words: Words, query: str) -> Query:
    if words.field is None:
        return _text(words, TEXT_WEIGHTS)
    field = FIELDS[words.field]
    if field.how == "text":
        return _text(words, dict.fromkeys(field.paths, 1.0))
    if field.how in {"after", "before", "on"}:
        return _time(words, field, query)
    return _name(words, field)


def _text(words: Words, weights: dict[str, float]) -> Query:
    """Single words are looked up by their stem as well, phrases and beginnings as they stand."""
    exact = [f"{path}.exact^{weight}" for path, weight in weights.items()]
    if words.is_start:
        return _starts(words.text.lower(), weights)
    if words.is_phrase:
        slop = {"slop": words.distance} if words.distance else {}
        return {"multi_match": {"query": words.text, "fields": exact, "type": "phrase", **slop}}
    stemmed = [f"{path}^{weight}" for path, weight in weights.items()]
    return {"multi_match": {"query": words.text, "fields": stemmed, "operator": "and"}}


def _starts(start: str, weights: dict[str, float]) -> Query:
    """At most MOST_STARTS words are tried, the most frequent first, whatever the index holds."""
    parts = [
        {
            "prefix": {
                f"{path}.exact": {
                    "value": start,
                    "boost": weight,
                    "rewrite": f"top_terms_blended_freqs_{MOST_STARTS}",
                }
            }
        }
        for path, weight in weights.items()
    ]
    return {"bool": {"should": parts, "minimum_should_match": 1}}


def _name(words: Words, field: Field) -> Query:
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


def _name_words(words: Words, path: str) -> Query:
    if words.is_start:
        return {"prefix": {path: words.text.lower()}}
    if words.is_phrase:
        return {"match_phrase": {path: {"query": words.text, "slop": words.distance}}}
    return {"match": {path: {"query": words.text, "operator": "and"}}}


_FOLD = {"case_insensitive": True}


def _same(path: str, value: str) -> Query:
    return {"term": {path: {"value": value, **_FOLD}}}


def _either(parts: list[Query]) -> Query:
    return {"bool": {"should": parts, "minimum_should_match": 1}}


def _time(words: Words, field: Field, query: str) -> Query:
    start, end = _span(words, query)
    bounds = {
        "after": {"gte": start},
        "before": {"lt": start},
        "on": {"gte": start, "lt": end},
    }[field.how]
    return {"range": {field.paths[0]: bounds}}


def _span(words: Words, query: str) -> tuple[str, str]:
    """First moment of the time that is named, and the first after it."""
    text = words.text.strip()
    if ago := _AGO.fullmatch(text.lower()):
        unit = "M" if ago[2] == "m" else ago[2]
        return f"now-{ago[1]}{unit}", "now"
    if text.lower() in {"today", "yesterday"}:
        back = 0 if text.lower() == "today" else 1
        return f"now-{back}d/d", f"now-{back}d+1d/d"
    try:
        return _moments(text)
    except ValueError:
        message = f"{words.field}: takes 2026, 2026-03, 2026-03-02, 2026-03-02T12:30, or 7d"
        raise QueryError(message, query, words.at, len(text)) from None


def _moments(text: str) -> tuple[str, str]:
    date = _DATE.fullmatch(text)
    if date is None:
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.isoformat(), (aware + timedelta(minutes=1)).isoformat()
    year, month, day = int(date[1]), int(date[2] or 1), int(date[3] or 1)
    start = datetime(year, month, day, tzinfo=UTC)
    if date[3]:
        end = start + timedelta(days=1)
    elif date[2]:
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    else:
        end = datetime(year + 1, 1, 1, tzinfo=UTC)
    return start.isoformat(), end.isoformat()
