"""Which words of a text may be parts of names: capitalised ones that it nowhere writes small."""

import re
from collections.abc import Container, Mapping, Sequence

# Place of a token in the text → the word in small letters, in their order.
Parts = Mapping[int, str]

# Languages that capitalise every noun → prepositions that stand right before names: "in Merrow".
NOUN_CAPITALS: Mapping[str, frozenset[str]] = {
    "de": frozenset("in von aus".split()),
    "lb": frozenset("zu vun aus".split()),
}
FIRST_UNSPACED = "\u0e00"
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
# A name does not go on beyond these.
_BREAK_CHARACTERS = '.!?:\n"“”„«»。！？'
TOKEN = re.compile(
    f"[{_UNSPACED}]{{1,2}}|[^\\W_{_UNSPACED}]+(?:[.,'’\\-][^\\W_{_UNSPACED}]+)*"
    f"|[{_BREAK_CHARACTERS}]"
)
_BREAKS = frozenset(_BREAK_CHARACTERS)
_APOSTROPHES = frozenset("'’")


def parts_of_names(tokens: Sequence[str], folded: Sequence[str], language: str | None) -> Parts:
    """Return the words among `tokens` that may be parts of names; `folded` are the same (of
    `fold`). In a script without capitals any word may be one."""
    parts = _capitalised(tokens, folded)
    parts = _without_first_words(tokens, parts, is_followed_enough=language not in NOUN_CAPITALS)
    prepositions = NOUN_CAPITALS.get(language or "")
    return _without_nouns(tokens, parts, prepositions) if prepositions else parts


def fold(token: str) -> str:
    """Return the token in lower case without a possessive; empty for punctuation."""
    word = token.lower()
    if word[-1] == "s" and word[-2:-1] in _APOSTROPHES:
        return word[:-2]
    return "" if word in _BREAKS else word


def _capitalised(tokens: Sequence[str], folded: Sequence[str]) -> Parts:
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
