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


def collect_terms(title: str, body: str, language: str | None = None) -> Terms:
    """Return by kind how often each term occurs, where terms at the top count several times."""
    tokens = _TOKEN.findall(f"{title}\n{body[:MAX_CHARACTERS]}")[:MAX_TOKENS]
    lower = {token for token in tokens if token[0].islower()}
    counts: dict[TermKind, dict[str, float]] = {kind: defaultdict(float) for kind in TermKind}
    words, names, figures, pairs = counts.values()
    parts = [_part_of_name(token, lower) for token in tokens]
    parts = _without_first_words(tokens, parts, is_followed_enough=language not in NOUN_CAPITALS)
    if prepositions := NOUN_CAPITALS.get(language or ""):
        parts = _without_nouns(tokens, parts, prepositions)
    before = ""
    for token, part, weight in zip(tokens, parts, _WEIGHTS, strict=False):
        word = _fold(token)
        if token[0].isdigit():
            figures[word] += weight
        elif len(word) >= MIN_WORD_LENGTH or word[:1] >= _FIRST_UNSPACED:
            words[word[:STEM_LENGTH]] += weight
        if part and token[0] != word[0]:
            names[word] += weight
        if part and before:
            pairs[f"{before} {word}"] += weight
        before = part
    return counts


def _without_first_words(
    tokens: Sequence[str], parts: Sequence[str], *, is_followed_enough: bool
) -> list[str]:
    """Return the parts of names without words that have a capital only as a sentence begins with
    them: they are not written so within one and, where nouns have none, no name follows."""
    is_first = [at == 0 or tokens[at - 1] in _BREAKS for at in range(len(tokens))]
    within = {part for part, first in zip(parts, is_first, strict=True) if not first}
    followed = [is_followed_enough and bool(part) for part in (*parts[1:], "")]
    return [
        part if not first or part in within or next_is_name else ""
        for part, first, next_is_name in zip(parts, is_first, followed, strict=True)
    ]


def _without_nouns(
    tokens: Sequence[str], parts: Sequence[str], prepositions: Container[str]
) -> list[str]:
    """Return the parts of names where every noun has a capital: two side by side, or one right
    after a preposition. What follows a figure is counted, and no name."""
    kept: list[str] = []
    is_counted = False
    for at, part in enumerate(parts):
        last = tokens[at - 1] if at else ""
        is_counted = bool(part) and (last[:1].isdigit() or is_counted)
        has_neighbour = any(parts[max(0, at - 1) : at]) or any(parts[at + 1 : at + 2])
        is_name = has_neighbour or last.lower() in prepositions
        kept.append(part if is_name and not is_counted else "")
    return kept


def _fold(token: str) -> str:
    """Return the token in lower case without a possessive; empty for punctuation."""
    if token in _BREAKS:
        return ""
    word = token.lower()
    return word[:-2] if word[-1] == "s" and word[-2:-1] in _APOSTROPHES else word


def _part_of_name(token: str, lower: Container[str]) -> str:
    """Return the word if it may be part of a name, else nothing."""
    word = _fold(token)
    is_written_small = token[0].islower() or (token[0] != word[:1] and word in lower)
    return "" if is_written_small or token[0].isdigit() else word


def hash_term(kind: TermKind, term: str) -> int:
    """Return the term as 32 bits, the same in every process; those of words are odd."""
    hashed = crc32(term.encode(), kind)
    return hashed | 1 if kind is TermKind.WORD else hashed & ~1
