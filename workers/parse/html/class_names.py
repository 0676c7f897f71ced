"""What an element's class, id and role say about its job."""

import re
from functools import lru_cache
from typing import Final

from workers.parse.text import lexicon

# Final, so that what is compiled has them as numbers
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


def _flags_by_word() -> dict[str, int]:
    flags: dict[str, int] = {}
    for n, category in enumerate(CATEGORIES):
        for word in lexicon.words("names", category):
            flags[word] = flags.get(word, 0) | 1 << n
    return flags


_FLAGS: Final = _flags_by_word()
_STEMS: Final = [
    (stem, 1 << CATEGORIES.index(category))
    for category, stems in lexicon.table("names")["stems"].items()
    for stem in stems.split()
]
_LONG_WORD: Final = 8


@lru_cache(maxsize=20_000)
def flags_of(names: str) -> int:
    """The categories that the words of `names` belong to, as bits; the pages of an outlet have the
    same ones.

    `"relatedStories-box"` has the words "related", "stories" and "box"; two neighbours may mean
    something together.
    """
    flags = 0
    before = ""
    for name in names.split():
        first, own, last = _of_name(name)
        flags |= own | _FLAGS.get(before + first, 0)
        before = last or before
    return flags


@lru_cache(maxsize=50_000)
def _of_name(name: str) -> tuple[str, int, str]:
    """The first word of one name, the bits of all its words, and the last word; pages have many
    combinations of few names."""
    flags = 0
    before = ""
    words = [word.lower() for word in _WORD.findall(name)]
    for word in words:
        flags |= _of_word(word) | _FLAGS.get(before + word, 0)
        before = word
    return words[0] if words else "", flags, before


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> int:
    """A word's bits; those of its stems if it is long and none of ours."""
    flags = _FLAGS.get(word, 0)
    if not flags and len(word) >= _LONG_WORD:
        for stem, flag in _STEMS:
            if stem in word:
                flags |= flag
    return flags
