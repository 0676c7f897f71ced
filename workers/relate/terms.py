"""The terms of a text that tell which event it is about: words, names, figures, pairs of names.

Two tellings of one event share few sentences, but who, where and how many. Names are capitalised
words that the text nowhere writes small. In a script without capitals every two words side by side
are a pair, as any of them may be a name.
"""

import math
import re
from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from enum import IntEnum
from zlib import crc32

# Words and figures beyond these, from the top of the text, are not looked at: an event is told
# at the beginning, and background and other stories follow.
MAX_TOKENS, MAX_CHARACTERS = 300, 4_000
# How much more often a term counts at the very top, and after how many words that has worn off.
LEAD_BOOST, LEAD_WORDS = 4.0, 60.0
STEM_LENGTH = 7
MIN_WORD_LENGTH = 3

# Languages that capitalise every noun → prepositions that stand right before names: "in Merrow".
NOUN_CAPITALS: Mapping[str, frozenset[str]] = {
    "de": frozenset("in von aus".split()),
    "lb": frozenset("zu vun aus".split()),
}
_FIRST_UNSPACED = "\u0e00"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# A name does not go on beyond these.
_BREAK_CHARACTERS = '.!?:\n"“”„«»。！？'
_TOKEN = re.compile(
    f"[{_UNSPACED}]{{1,2}}|[^\\W_{_UNSPACED}]+(?:[.,'’\\-][^\\W_{_UNSPACED}]+)*"
    f"|[{_BREAK_CHARACTERS}]"
)
_BREAKS = frozenset(_BREAK_CHARACTERS)
_APOSTROPHES = frozenset("'’")
_WEIGHTS = [1 + LEAD_BOOST * math.exp(-at / LEAD_WORDS) for at in range(MAX_TOKENS)]


class TermKind(IntEnum):
    """What a term is; the four kinds have equal shares in a signature."""

    WORD = 0
    NAME = 1
    FIGURE = 2
    NAME_PAIR = 3


Terms = Mapping[TermKind, Mapping[str, float]]
# Place of a token in the text → the word, in their order.
Parts = Mapping[int, str]


def collect_terms(title: str, body: str, language: str | None = None) -> Terms:
    """Return by kind how often each term occurs, where terms at the top count several times."""
    tokens = _TOKEN.findall(f"{title}\n{body[:MAX_CHARACTERS]}")[:MAX_TOKENS]
    folded = [_fold(token) for token in tokens]
    parts = _parts_of_names(tokens, folded)
    parts = _without_first_words(tokens, parts, is_followed_enough=language not in NOUN_CAPITALS)
    if prepositions := NOUN_CAPITALS.get(language or ""):
        parts = _without_nouns(tokens, parts, prepositions)
    words, figures = _count_words(tokens, folded)
    names: dict[str, float] = defaultdict(float)
    pairs: dict[str, float] = defaultdict(float)
    for at, part in parts.items():
        if tokens[at][0] != part[0]:
            names[part] += _WEIGHTS[at]
        if at - 1 in parts:
            pairs[f"{parts[at - 1]} {part}"] += _WEIGHTS[at]
    return {
        TermKind.WORD: words,
        TermKind.NAME: names,
        TermKind.FIGURE: figures,
        TermKind.NAME_PAIR: pairs,
    }


def _count_words(
    tokens: Sequence[str], folded: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return how often each word (its stem) and each figure occurs."""
    words: dict[str, float] = defaultdict(float)
    figures: dict[str, float] = defaultdict(float)
    for token, word, weight in zip(tokens, folded, _WEIGHTS, strict=False):
        if token[0].isdigit():
            figures[word] += weight
        elif len(word) >= MIN_WORD_LENGTH or word[:1] >= _FIRST_UNSPACED:
            words[word[:STEM_LENGTH]] += weight
    return words, figures


def _fold(token: str) -> str:
    """Return the token in lower case without a possessive; empty for punctuation."""
    word = token.lower()
    if word[-1] == "s" and word[-2:-1] in _APOSTROPHES:
        return word[:-2]
    return "" if word in _BREAKS else word


def _parts_of_names(tokens: Sequence[str], folded: Sequence[str]) -> Parts:
    """Return the words that may be parts of names: those that are not written small."""
    large = [at for at, token in enumerate(tokens) if not token[0].islower()]
    small = set(tokens).difference([tokens[at] for at in large])
    return {
        at: word
        for at in large
        if (word := folded[at])
        and not (first := tokens[at][0]).isdigit()
        and (first == word[0] or word not in small)
    }


def _without_first_words(tokens: Sequence[str], parts: Parts, *, is_followed_enough: bool) -> Parts:
    """Return the parts of names without words that have a capital only as a sentence begins with
    them: they are not written so within one and, where nouns have none, no name follows."""
    within = {part for at, part in parts.items() if at and tokens[at - 1] not in _BREAKS}
    return {
        at: part
        for at, part in parts.items()
        if part in within or (is_followed_enough and at + 1 in parts)
    }


def _without_nouns(tokens: Sequence[str], parts: Parts, prepositions: Container[str]) -> Parts:
    """Return the parts of names where every noun has a capital: two side by side, or one right
    after a preposition. What follows a figure is counted, and no name."""
    kept: dict[int, str] = {}
    counted = -1
    for at, part in parts.items():
        last = tokens[at - 1] if at else ""
        if last[:1].isdigit() or (at and counted == at - 1):
            counted = at
        elif at - 1 in parts or at + 1 in parts or last.lower() in prepositions:
            kept[at] = part
    return kept


def hash_term(kind: TermKind, term: str) -> int:
    """Return the term as 32 bits, the same in every process; those of words are odd."""
    hashed = crc32(term.encode(), kind)
    return hashed | 1 if kind is TermKind.WORD else hashed & ~1
