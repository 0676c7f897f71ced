"""The words of what a search finds: the ones that most articles have, and the ones that they have
far more often than all coverage does. Large results are read by a sample."""

import heapq
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from typing import Final, Generic, TypeVar

from msgspec import Struct, structs

from schemas.json import Json
from workers import clock
from workers.parse.text import lexicon
from workers.search.params import SearchParams, validate
from workers.search.ports import Index, execute
from workers.search.query.lexer import UNSPACED
from workers.search.requests import (
    TIMEOUT,
    aggregations_only,
    filter_query,
    search_clauses,
    shuffled,
)

SAMPLE: Final = 200  # articles
MARGIN: Final = 0.07  # 1.96 standard errors of a share of one half in such a sample
USUAL_SAMPLE: Final = 500  # articles of all coverage
USUAL_SECONDS: Final = 600
MAX_INDEXES: Final = 4  # of which something is kept
KEPT_SECONDS: Final = 60
MAX_WAIT_SECONDS: Final = 1.0  # for a turn
SEED: Final = 1  # the same search has the same words
MAX_LANGUAGES: Final = 3
ALL_LANGUAGES: Final = 200
MAX_WORDS: Final = 50  # of each kind
MAX_CANDIDATES: Final = 80
MAX_KNOWN_WORDS: Final = 50_000  # of a period
# So many articles of the sample must have a word: two, or one in fifty.
MIN_ARTICLES: Final = 2
LEAST_OF: Final = 50
# A word that so many of all articles in its language have says nothing of any result.
USUAL_SHARE: Final = 0.25
MIN_LIFT: Final = 1.5  # of a share over that of all coverage: less may be chance
NO_LANGUAGE: Final = "und"
Known = TypeVar("Known")
_WORD: Final = re.compile(r"[^\W\d_]{2,}(?:['’‘-][^\W\d_]+)*")


# The docstrings of these classes are descriptions in the OpenAPI document.
class WordCount(Struct, frozen=True):
    """`articles` are those of the sample in this language that have the word, `share` is their
    part of the sample in this language, `coverage` the part of all articles in this language that
    have the word, as it was within the last ten minutes; both 0..1."""

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
    """`counts` says for each of the languages that most texts have in how many a word is; `sizes`
    is their number of texts."""

    articles: int
    stories: int
    texts: int
    sizes: Mapping[str, int]
    counts: Mapping[str, Counter[str]]


def find_words(index: Index, params: SearchParams) -> Words:
    """Return the words of the articles that a search finds, as they were within the last minute.

    Raises:
        InvalidSearchError: a parameter is out of range.
        QueryError: the query has a mistake.
    """
    validate(params)
    only_asked = structs.replace(
        params, sort=None, size=1, unit=None, view="full", is_zone_named=False
    )
    return _find_words(index, only_asked, _period_of(KEPT_SECONDS))


@lru_cache(maxsize=256)
def _find_words(index: Index, params: SearchParams, _period: int) -> Words:
    query = filter_query(search_clauses(params))
    sample = _draw_sample(index, query, SAMPLE, is_collapsed=params.is_collapsed)
    usual = _usual.get(index)
    rows = _count_exactly(index, sample, _candidates(sample, usual))
    top = sorted(rows, key=lambda row: (-row.articles, row.word))
    telling = (row for row in rows if row.share >= MIN_LIFT * row.coverage)
    whole = sample.stories if params.is_collapsed else sample.articles
    return Words(
        articles=sample.articles,
        stories=sample.stories,
        sampled=sample.texts,
        is_sample=sample.texts < whole,
        top=tuple(row for row in top if row.coverage < USUAL_SHARE)[:MAX_WORDS],
        significant=tuple(sorted(telling, key=_row_strength, reverse=True)[:MAX_WORDS]),
    )


def _strength(share: float, coverage: float) -> float:
    """Return the score JLH of Elasticsearch's significant terms: the absolute times the relative
    change."""
    return (share - coverage) * share / coverage


def _row_strength(row: WordCount) -> float:
    return _strength(row.share, row.coverage)


def _draw_sample(index: Index, query: Json, size: int, *, is_collapsed: bool) -> _Sample:
    """Return articles drawn at random. A story has one chance, however often it was printed."""
    stories = {"cardinality": {"field": "cluster_id", "precision_threshold": 1_000}}
    request: Json = {
        "query": shuffled(query, SEED, "cluster_id" if is_collapsed else "_seq_no"),
        "size": size,
        "source": ["body", "language"],
        "track_total_hits": True,
        "aggs": {"stories": stories},
        "timeout": TIMEOUT,
        "request_cache": True,
    }
    if is_collapsed:
        request["collapse"] = {"field": "cluster_id"}
    response = execute(index, request)
    sources = [hit["_source"] for hit in response["hits"]["hits"]]
    languages = Counter(source.get("language") or NO_LANGUAGE for source in sources)
    sizes = dict(languages.most_common(MAX_LANGUAGES))
    counts: dict[str, Counter[str]] = {language: Counter() for language in sizes}
    for source in sources:
        if (counter := counts.get(source.get("language") or NO_LANGUAGE)) is not None:
            counter.update(_words(source.get("body", "")))
    return _Sample(
        articles=response["hits"]["total"]["value"],
        stories=response["aggregations"]["stories"]["value"],
        texts=len(sources),
        sizes=sizes,
        counts={language: _without_stopwords(counts[language], language) for language in sizes},
    )


@contextmanager
def _in_turn(turns: Lock) -> Iterator[None]:
    """Let questions that come together take turns at what they share, so that each finds what the
    one before it asked; behind a server that does not answer, nobody waits long for his turn.

    Yields:
        nothing; the block runs inside.
    """
    has_turn = turns.acquire(timeout=MAX_WAIT_SECONDS)
    try:
        yield
    finally:
        if has_turn:
            turns.release()


class _Shared(Generic[Known]):
    """What all questions to an index share, found anew in each period by the first that asks;
    nobody waits for what is known."""

    def __init__(self, find: Callable[[Index], Known]) -> None:
        self._find = find
        self._turns = Lock()
        self._known: dict[tuple[Index, int], Known] = {}

    def get(self, index: Index) -> Known:
        """Return what is known in this period."""
        key = (index, _period_of(USUAL_SECONDS))
        if (known := self._known.get(key)) is not None:
            return known
        with _in_turn(self._turns):
            if (known := self._known.get(key)) is not None:
                return known
            found = self._find(index)
            kept = [each for each in self._known.items() if each[0][0] != index]
            self._known = dict([*kept[-MAX_INDEXES + 1 :], (key, found)])
            return found


def _usual_words(index: Index) -> _Sample:
    """Return a sample of all coverage: it says roughly how usual a word is, to choose those of
    which the exact number is worth a question."""
    return _draw_sample(index, {"match_all": {}}, USUAL_SAMPLE, is_collapsed=False)


def _period_of(seconds: int) -> int:
    """Return the number of the present span of so many seconds: what was found in another one is
    found anew."""
    return int(clock.now().timestamp() // seconds)


def _candidates(sample: _Sample, usual: _Sample) -> list[tuple[str, str]]:
    """Return (language, word) of the most frequent words and of those that seem most telling."""
    found: dict[tuple[str, str], None] = {}
    for language, counter in sample.counts.items():
        known, size = usual.counts.get(language, Counter[str]()), usual.sizes.get(language, 0)
        least = max(MIN_ARTICLES, sample.sizes[language] // LEAST_OF)
        strengths = {
            word: _strength(count / sample.sizes[language], (known[word] + 0.5) / (size + 1))
            for word, count in counter.items()
            if count >= least
        }
        telling = heapq.nlargest(MAX_CANDIDATES, strengths, key=lambda word: strengths[word])
        frequent = heapq.nlargest(MAX_CANDIDATES, strengths, key=lambda word: counter[word])
        found |= dict.fromkeys((language, word) for word in (*telling, *frequent))
    return list(found)


def _count_exactly(
    index: Index, sample: _Sample, candidates: Sequence[tuple[str, str]]
) -> list[WordCount]:
    """Return a row for each word, with its number among all articles in its language."""
    if not candidates:
        return []
    coverage = _coverage.get(index)
    in_language = coverage.count(index, candidates)
    return [
        WordCount(
            word=word,
            language=language,
            articles=sample.counts[language][word],
            share=round(sample.counts[language][word] / sample.sizes[language], 4),
            # the sample's own articles may have been indexed since
            coverage=round(
                min(1.0, max(1, number) / max(1, coverage.languages.get(language, 0))), 6
            ),
        )
        for (language, word), number in in_language.items()
    ]


class _Coverage:
    """How many of all articles are in each language, and how many of those have each word that was
    asked for in this period: most searches share their frequent words, which are dear to count."""

    def __init__(self, languages: Mapping[str, int]) -> None:
        self.languages = languages
        self._counts: dict[tuple[str, str], int] = {}
        self._turns = Lock()

    def count(
        self, index: Index, words: Sequence[tuple[str, str]]
    ) -> Mapping[tuple[str, str], int]:
        """Return for each (language, word) the number of articles in the language that have it."""
        known = self._known(words)
        if len(known) == len(set(words)):
            return known
        with _in_turn(self._turns):
            known = self._known(words)
            unknown = [each for each in words if each not in known]
            found = _count_words(index, unknown, self.languages) if unknown else {}
            if len(self._counts) > MAX_KNOWN_WORDS:
                self._counts = {}
            self._counts.update(found)
        return known | found

    def _known(self, words: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        counts = self._counts
        return {each: counts[each] for each in words if each in counts}


def _count_languages(index: Index) -> _Coverage:
    languages = {"field": "language", "size": ALL_LANGUAGES, "missing": NO_LANGUAGE}
    request = aggregations_only({"match_all": {}}, {"languages": {"terms": languages}})
    buckets = execute(index, request)["aggregations"]["languages"]["buckets"]
    return _Coverage({bucket["key"]: bucket["doc_count"] for bucket in buckets})


_usual: Final = _Shared(_usual_words)
_coverage: Final = _Shared(_count_languages)


def _count_words(
    index: Index, words: Sequence[tuple[str, str]], languages: Iterable[str]
) -> dict[tuple[str, str], int]:
    """Return for each (language, word) the number of articles in the language that have it."""
    is_only = len(set(languages)) == 1
    filters = {
        f"{language} {word}": _word_in_language("" if is_only else language, word)
        for language, word in words
    }
    request = aggregations_only({"match_all": {}}, {"words": {"filters": {"filters": filters}}})
    buckets = execute(index, request)["aggregations"]["words"]["buckets"]
    return {
        (language, word): buckets[f"{language} {word}"]["doc_count"] for language, word in words
    }


def _word_in_language(language: str, word: str) -> Json:
    """Return the query for the articles that have a word. Without a language, Elasticsearch reads
    their number from the index' dictionary."""
    kind = "match_phrase" if UNSPACED.search(word) else "match"
    has_word: Json = {kind: {"body.exact": word}}
    if not language:
        return has_word
    if language == NO_LANGUAGE:
        has_language = {"exists": {"field": "language"}}
        return {"bool": {"filter": [has_word], "must_not": [has_language]}}
    return {"bool": {"filter": [has_word, {"term": {"language": language}}]}}


def _words(text: str) -> set[str]:
    """Return the words of a text in lower case; of scripts without spaces, two characters each."""
    pieces = set(text.lower().split())
    words = {piece for piece in pieces if piece.isalpha() and len(piece) > 1}
    for piece in pieces - words:  # the pattern takes five times as long
        words.update(_WORD.findall(piece))
    if not UNSPACED.search(text):
        return words
    joined = {word for word in words if UNSPACED.search(word)}
    pairs = ("".join(pair) for word in joined for pair in pairwise(word))
    return {*(words - joined), *pairs}


def _without_stopwords(counter: Counter[str], language: str) -> Counter[str]:
    code = language.partition("-")[0].lower()
    if code in lexicon.table("stopwords"):
        for word in lexicon.words("stopwords", code):
            counter.pop(word, None)
    return counter
