"""The terms of a text that tell which event it is about: words, names, figures, pairs of names.

Two tellings of one event share few sentences, but who, where and how many. Names are capitalised
words that the text nowhere writes small. In a script without capitals every two words side by side
are a pair, as any of them may be a name.
"""

import math
import re
from collections import defaultdict
from collections.abc import Container, Mapping
from enum import IntEnum
from zlib import crc32

# Words and figures beyond these, from the top of the text, are not looked at: an event is told
# at the beginning, and background and other stories follow.
MAX_TOKENS, MAX_CHARACTERS = 300, 4_000
# How much more often a term counts at the very top, and after how many words that has worn off.
LEAD_BOOST, LEAD_WORDS = 4.0, 60.0
STEM_LENGTH = 7
MIN_WORD_LENGTH = 3

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


def collect_terms(title: str, body: str) -> Terms:
    """Return by kind how often each term occurs, where terms at the top count several times."""
    tokens = _TOKEN.findall(f"{title}\n{body[:MAX_CHARACTERS]}")[:MAX_TOKENS]
    lower = {token for token in tokens if token[0].islower()}
    counts: dict[TermKind, dict[str, float]] = {kind: defaultdict(float) for kind in TermKind}
    words, names, figures, pairs = counts.values()
    before = ""
    for token, weight in zip(tokens, _WEIGHTS, strict=False):
        word, part = _fold(token), ""
        if token[0].isdigit():
            figures[word] += weight
        elif word:
            if len(word) >= MIN_WORD_LENGTH or word[0] >= _FIRST_UNSPACED:
                words[word[:STEM_LENGTH]] += weight
            part = _part_of_name(token[0], word, lower)
            if part and token[0] != word[0]:
                names[word] += weight
            if part and before:
                pairs[f"{before} {word}"] += weight
        before = part
    return counts


def _fold(token: str) -> str:
    """Return the token in lower case without a possessive; empty for punctuation."""
    if token in _BREAKS:
        return ""
    word = token.lower()
    return word[:-2] if word[-1] == "s" and word[-2:-1] in _APOSTROPHES else word


def _part_of_name(initial: str, word: str, lower: Container[str]) -> str:
    """Return the word if it may be part of a name, else nothing."""
    is_written_small = initial.islower() or (initial != word[0] and word in lower)
    return "" if is_written_small else word


def hash_term(kind: TermKind, term: str) -> int:
    """Return the term as 32 bits, the same in every process; those of words are odd."""
    hashed = crc32(term.encode(), kind)
    return hashed | 1 if kind is TermKind.WORD else hashed & ~1
