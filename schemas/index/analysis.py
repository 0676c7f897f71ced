"""Analyzers of an index: how a text becomes the words that are searched. The same chain reads the
articles and the queries."""

from collections.abc import Collection
from typing import Final

from schemas.index import naming
from schemas.index.languages import LANGUAGE_ANALYZERS
from schemas.json import Json

# Filters beyond `lowercase` that a server may lack, in the names of Elasticsearch's own module
# analysis-common; `mapping` is one of characters, the others are of words.
OPTIONAL_FILTERS: Final = (
    *("mapping", "asciifolding", "cjk_width", "elision", "german_normalization", "stemmer"),
)
# Signs that are typed in several ways, and the colon, which would join `EU:s` to one word.
_SIGNS: Final = (
    *(f"{apostrophe} => '" for apostrophe in ("\u2019", "\u2018", "\u02bc", "\uff07", "\u00b4")),
    *(": => \\u0020", "ё => е", "Ё => Е"),
)
_SHORT_ARTICLES: Final[dict[str, str]] = {
    "french": "l m t qu n s j d c jusqu quoiqu lorsqu puisqu",
    "italian": "c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d",
    "catalan": "d l m n s t",
    "irish": "d m b",
}


def analyzer_groups(analyzers: Collection[str]) -> tuple[str, ...]:
    """Return one analyzer group for each language analyzer that the server has, and one for the
    rest."""
    return (naming.GENERAL, *(name for name in LANGUAGE_ANALYZERS if name in analyzers))


def analysis(group: str, filters: Collection[str]) -> Json:
    """Return the analyzers `stemmed` and `exact` of a group, for a server that has these of
    OPTIONAL_FILTERS.

    `exact` keeps every word and folds what people type in more than one way: case and, where the
    server can, accents, apostrophes, `ё`, full width, and articles that an apostrophe joins to
    their noun. The general group is not stemmed, as its languages are unknown."""
    signs = {"char_filter": ["signs"]} if "mapping" in filters else {}
    chain = {"type": "custom", **signs, "tokenizer": "standard"}
    exact = {**chain, "filter": ["lowercase", *_folding(group, filters)]}
    stemmed = exact if group == naming.GENERAL else {"type": group}
    if group == "russian" and {"mapping", "stemmer"} <= {*filters}:
        # as Elasticsearch describes its own analyzer, with `ё` read as `е`
        stemmed = {**chain, "filter": ["lowercase", "russian_stop", "russian_stemmer"]}
    parts = {"analyzer": {"exact": exact, "stemmed": stemmed}, **_definitions(group, filters)}
    return {"analysis": parts}


def _folding(group: str, filters: Collection[str]) -> list[str]:
    wanted = {
        "short_articles": "elision" in filters and group in _SHORT_ARTICLES,
        "cjk_width": "cjk_width" in filters,
        "german_normalization": "german_normalization" in filters and group == "german",
        "asciifolding": "asciifolding" in filters,
    }
    return [name for name, is_there in wanted.items() if is_there]


def _definitions(group: str, filters: Collection[str]) -> Json:
    """Return the char filters and token filters that the analyzers of a group name."""
    words: Json = {}
    if "elision" in filters and group in _SHORT_ARTICLES:
        articles = _SHORT_ARTICLES[group].split()
        words["short_articles"] = {"type": "elision", "articles": articles}
    if group == "russian" and {"mapping", "stemmer"} <= {*filters}:
        words["russian_stop"] = {"type": "stop", "stopwords": "_russian_"}
        words["russian_stemmer"] = {"type": "stemmer", "language": "russian"}
    signs = {"signs": {"type": "mapping", "mappings": list(_SIGNS)}}
    return {
        **({"char_filter": signs} if "mapping" in filters else {}),
        **({"filter": words} if words else {}),
    }
