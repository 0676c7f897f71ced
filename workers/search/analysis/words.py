"""The words of what a search finds: the ones that most articles have, and the ones that they have
far more often than all coverage does. Large results are read by a sample."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec import Struct

from schemas.json import Json
from workers.parse.text import lexicon
from workers.search.params import SearchParams, validate
from workers.search.ports import Index, execute
from workers.search.query.compiler import compile_query
from workers.search.query.lexer import UNSPACED
from workers.search.requests import TIMEOUT, all_filters, filter_query, shuffled

SAMPLE: Final = 200  # articles
MARGIN: Final = 0.07  # 1.96 standard errors of a share of one half in such a sample
SEED: Final = 1  # the same search has the same words
MAX_LANGUAGES: Final = 3
ALL_LANGUAGES: Final = 200
MAX_WORDS: Final = 50  # of each kind
MAX_CANDIDATES: Final = 80
MIN_ARTICLES: Final = 2  # of the sample, that have a word
# A word that so many of all articles in its language have says nothing of any result.
USUAL_SHARE: Final = 0.25
MIN_LIFT: Final = 1.5  # of a share over that of all coverage: less may be chance
NO_LANGUAGE: Final = "und"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’‘-][^\W\d_]+)*")


# The docstrings of these classes are descriptions in the OpenAPI document.
class WordCount(Struct, frozen=True):
    """`articles` are those of the sample in this language that have the word, `share` is their
    part of the sample in this language, `coverage` the part of all articles in this language that
    have the word; both 0..1."""

    word: str
    language: str
    articles: int
    share: float
    coverage: float


class Words(Struct, frozen=True):
    """`sampled` articles were read of `articles` that match, one of each of `stories` unless every
    reprint was asked for; where they are fewer, they were drawn at random. `significant` words are
    ordered by how much more frequent they are than in all coverage."""

    articles: int
    stories: int
    sampled: int
    is_sample: bool
    top: tuple[WordCount, ...] = ()
    significant: tuple[WordCount, ...] = ()


class _Sample(Struct, frozen=True):
    """`texts` are (language, text) by document id; `sizes` is the number of texts in each of the
    languages that most have."""

    articles: int
    stories: int
    texts: Mapping[str, tuple[str, str]]
    sizes: Mapping[str, int]


class _Candidate(NamedTuple):
    """A word with the number of articles of the sample, and of all articles, that have it."""

    language: str
    word: str
    articles: int
    in_all: int


def find_words(index: Index, params: SearchParams) -> Words:
    """Return the words of the articles that a search finds.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    sample = _draw_sample(index, params)
    frequent, coverage = _frequent_words(index, sample)
    top = [_row(each, sample, coverage) for each in frequent]
    # where words have no spaces between them, the server's words are single characters
    pieces = [row for row in top if UNSPACED.search(row.word)]
    telling = [_row(each, sample, coverage) for each in _telling_words(index, sample)]
    significant = [row for row in (*telling, *pieces) if row.share >= MIN_LIFT * row.coverage]
    whole = sample.stories if params.is_collapsed else sample.articles
    return Words(
        articles=sample.articles,
        stories=sample.stories,
        sampled=len(sample.texts),
        is_sample=len(sample.texts) < whole,
        top=tuple(row for row in top if row.coverage < USUAL_SHARE)[:MAX_WORDS],
        significant=tuple(sorted(significant, key=_strength, reverse=True)[:MAX_WORDS]),
    )


def _row(candidate: _Candidate, sample: _Sample, coverage: Mapping[str, int]) -> WordCount:
    language, word, articles, in_all = candidate
    return WordCount(
        word=word,
        language=language,
        articles=articles,
        share=round(articles / sample.sizes[language], 4),
        coverage=round(min(1.0, max(1, in_all) / coverage[language]), 6),
    )


def _strength(row: WordCount) -> float:
    """Return the score JLH of Elasticsearch's significant terms: the absolute times the relative
    change."""
    return (row.share - row.coverage) * row.share / row.coverage


def _draw_sample(index: Index, params: SearchParams) -> _Sample:
    """Return articles drawn at random. A story has one chance, however often it was printed."""
    query = filter_query([compile_query(params.parsed), *all_filters(params)])
    field = "cluster_id" if params.is_collapsed else "_seq_no"
    stories = {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}}
    request: Json = {
        "query": shuffled(query, SEED, field),
        "size": SAMPLE,
        "source": ["body", "language"],
        "track_total_hits": True,
        "aggs": {"stories": stories},
        "timeout": TIMEOUT,
        "request_cache": True,
    }
    if params.is_collapsed:
        request["collapse"] = {"field": "cluster_id"}
    response = execute(index, request)
    texts = {hit["_id"]: _text(hit["_source"]) for hit in response["hits"]["hits"]}
    sizes = Counter(language for language, _ in texts.values())
    return _Sample(
        articles=response["hits"]["total"]["value"],
        stories=response["aggregations"]["stories"]["value"],
        texts=texts,
        sizes=dict(sizes.most_common(MAX_LANGUAGES)),
    )


def _text(source: Json) -> tuple[str, str]:
    return source.get("language") or NO_LANGUAGE, source.get("body", "")


def _frequent_words(index: Index, sample: _Sample) -> tuple[list[_Candidate], dict[str, int]]:
    """Return the words that most articles of the sample have, most frequent first, and the number
    of all articles in each language."""
    counts: dict[str, Counter[str]] = {language: Counter() for language in sample.sizes}
    for language, text in sample.texts.values():
        if language in counts:
            counts[language].update(set(_words(text)))
    found = [
        (language, word, articles)
        for language, counter in counts.items()
        for word, articles in _without_stopwords(counter, language).most_common(MAX_CANDIDATES)
        if articles >= MIN_ARTICLES
    ]
    response = execute(index, _background_request([word for _, word, _ in found]))
    in_all = response["aggregations"].get("words", {"buckets": {}})["buckets"]
    coverage = {
        bucket["key"]: bucket["doc_count"]
        for bucket in response["aggregations"]["languages"]["buckets"]
    }
    rows = [_Candidate(*each, in_all[each[1]]["doc_count"]) for each in found]
    return sorted(rows, key=lambda row: (-row.articles, row.word)), coverage


def _background_request(words: Sequence[str]) -> Json:
    """Return the request for how many of all articles have each of these words. Without another
    clause beside them, Elasticsearch reads the numbers from the index' dictionary."""
    filters = {
        word: {"match_phrase" if UNSPACED.search(word) else "match": {"body.exact": word}}
        for word in words
    }
    languages = {"field": "language", "size": ALL_LANGUAGES, "missing": NO_LANGUAGE}
    return {
        "query": {"match_all": {}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {
            "languages": {"terms": languages},
            **({"words": {"filters": {"filters": filters}}} if words else {}),
        },
        "timeout": TIMEOUT,
    }


def _telling_words(index: Index, sample: _Sample) -> Iterator[_Candidate]:
    """Yield words that are more frequent in the sample than in all coverage. Elasticsearch compares
    with all languages together: those of `_row` are compared with their own."""
    words = {
        "field": "body.exact",
        "source_fields": ["body"],
        "size": MAX_CANDIDATES,
        "min_doc_count": MIN_ARTICLES,
    }
    terms = {"field": "language", "size": MAX_LANGUAGES, "missing": NO_LANGUAGE}
    request = {
        "query": {"ids": {"values": list(sample.texts)}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {"languages": {"terms": terms, "aggs": {"words": {"significant_text": words}}}},
        "timeout": TIMEOUT,
    }
    for group in execute(index, request)["aggregations"]["languages"]["buckets"]:
        buckets = {each["key"]: each for each in group["words"]["buckets"]}
        for word in _without_stopwords(Counter(dict.fromkeys(buckets, 1)), group["key"]):
            if _WORD.fullmatch(word) and len(word) > 1 and group["key"] in sample.sizes:
                bucket = buckets[word]
                yield _Candidate(group["key"], word, bucket["doc_count"], bucket["bg_count"])


def _words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case; of scripts without spaces, two characters each."""
    for word in _WORD.findall(text.lower()):
        if UNSPACED.search(word):
            yield from map("".join, pairwise(word))
        elif len(word) > 1:
            yield word


def _without_stopwords(counter: Counter[str], language: str) -> Counter[str]:
    listed = lexicon.table("stopwords")
    code = language.partition("-")[0].lower()
    stopwords = lexicon.words("stopwords", code) if code in listed else frozenset[str]()
    return Counter({word: count for word, count in counter.items() if word not in stopwords})
