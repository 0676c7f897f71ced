"""The terms of a text that tell which event it is about: words, names, figures, pairs of names.

Two tellings of one event share few sentences, but who, where and how many. In a script without
capitals every two words side by side are a pair, as any of them may be a name.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from zlib import crc32

from workers.annotate.capitals import FIRST_UNSPACED, TOKEN, fold, parts_of_names

# Words and figures beyond these, from the top of the text, are not looked at: an event is told
# at the beginning, and background and other stories follow.
MAX_TOKENS, MAX_CHARACTERS = 300, 4_000
# How much more often a term counts at the very top, and after how many words that has worn off.
LEAD_BOOST, LEAD_WORDS = 4.0, 60.0
STEM_LENGTH = 7
MIN_WORD_LENGTH = 3

_WEIGHTS = [1 + LEAD_BOOST * math.exp(-at / LEAD_WORDS) for at in range(MAX_TOKENS)]


class TermKind(IntEnum):
    """What a term is; the four kinds have equal shares in a signature."""

    WORD = 0
    NAME = 1
    FIGURE = 2
    NAME_PAIR = 3


Terms = Mapping[TermKind, Mapping[str, float]]


def collect_terms(title: str, body: str, language: str | None = None) -> Terms:
    """Return by kind how often each term occurs, where terms at the top count several times."""
    tokens = TOKEN.findall(f"{title}\n{body[:MAX_CHARACTERS]}")[:MAX_TOKENS]
    folded = [fold(token) for token in tokens]
    parts = parts_of_names(tokens, folded, language)
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
        elif len(word) >= MIN_WORD_LENGTH or word[:1] >= FIRST_UNSPACED:
            words[word[:STEM_LENGTH]] += weight
    return words, figures


def hash_all(kind: TermKind, terms: Iterable[str]) -> list[int]:
    """Return each term as 32 bits, the same in every process; those of words are odd.

    An article has some 200 terms, so that a call for each would cost more than the hash.
    """
    seed, is_word = int(kind), kind is TermKind.WORD
    hashed = [crc32(term.encode(), seed) for term in terms]
    return [each | 1 for each in hashed] if is_word else [each & ~1 for each in hashed]
