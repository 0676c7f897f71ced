"""Sorts elements into categories by the words in their class, id and role."""

import re
from functools import lru_cache
from typing import Final

from workers.parse.text import lexicon

# Final, so that mypyc compiles them to constants.
RELATED: Final = 1 << 0
SHARE: Final = 1 << 1
NEWSLETTER: Final = 1 << 2
COMMENTS: Final = 1 << 3
ADVERT: Final = 1 << 4
CAPTION: Final = 1 << 5
BYLINE: Final = 1 << 6
BIO: Final = 1 << 7
DATE: Final = 1 << 8
NAV: Final = 1 << 9
FOOTER: Final = 1 << 10
SIDEBAR: Final = 1 << 11
TAGS: Final = 1 << 12
PAYWALL: Final = 1 << 13
CONSENT: Final = 1 << 14
TITLE: Final = 1 << 15
LEAD: Final = 1 << 16
BODY: Final = 1 << 17
QUOTE: Final = 1 << 18
EMBED: Final = 1 << 19
PICTURE: Final = 1 << 20
CATEGORIES: Final = (
    "related share newsletter comments advert caption byline bio date nav "
    "footer sidebar tags paywall consent title lead body quote embed picture"
).split()
_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MIN_STEMMED_CHARS: Final = 8
# Dictionaries of compiled code are faster than `lru_cache`.
_MAX_CACHED: Final = 20_000
_FLAGS_OF_NAMES: Final[dict[str, int]] = {}
_PARTS_OF_NAME: Final[dict[str, tuple[str, int, str]]] = {}


def _build_word_flags() -> dict[str, int]:
    flags: dict[str, int] = {}
    for bit, category in enumerate(CATEGORIES):
        for word in lexicon.words("names", category):
            flags[word] = flags.get(word, 0) | 1 << bit
    return flags


_WORD_FLAGS: Final = _build_word_flags()
_STEM_FLAGS: Final = [
    (stem, 1 << CATEGORIES.index(category))
    for category, stems in lexicon.table("names")["stems"].items()
    for stem in stems.split()
]


def flags_of(names: str) -> int:
    """Return the categories of the words in `names`, as bits.

    `"relatedStories-box"` has the words "related", "stories" and "box"; two adjacent words are also
    looked up as one. Cached, because the pages of an outlet share their names.
    """
    known = _FLAGS_OF_NAMES.get(names)
    if known is not None:
        return known
    flags = 0
    previous = ""
    for name in names.split():
        first, name_flags, last = _split_name(name)
        flags |= name_flags
        if previous and first:
            flags |= _WORD_FLAGS.get(previous + first, 0)
        previous = last or previous
    if len(_FLAGS_OF_NAMES) >= _MAX_CACHED:
        _FLAGS_OF_NAMES.clear()
    _FLAGS_OF_NAMES[names] = flags
    return flags


def _split_name(name: str) -> tuple[str, int, str]:
    """Return the first word of one name, the bits of all its words, and the last word.

    Cached, because pages combine few names in many ways.
    """
    parts = _PARTS_OF_NAME.get(name)
    if parts is None:
        if len(_PARTS_OF_NAME) >= _MAX_CACHED:
            _PARTS_OF_NAME.clear()
        parts = _PARTS_OF_NAME[name] = _split_new_name(name)
    return parts


def _split_new_name(name: str) -> tuple[str, int, str]:
    flags = 0
    previous = ""
    words = [word.lower() for word in _WORD.findall(name)]
    for word in words:
        flags |= _flags_of_word(word)
        if previous:
            flags |= _WORD_FLAGS.get(previous + word, 0)
        previous = word
    return words[0] if words else "", flags, previous


@lru_cache(maxsize=50_000)
def _flags_of_word(word: str) -> int:
    """Return a word's bits; for a long word that is in no list, those of the stems in it."""
    flags = _WORD_FLAGS.get(word, 0)
    if not flags and len(word) >= _MIN_STEMMED_CHARS:
        for stem, flag in _STEM_FLAGS:
            if stem in word:
                flags |= flag
    return flags
