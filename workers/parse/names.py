"""What an element's class, id and role say about its job."""

import re
from functools import lru_cache

from workers.parse import lexicon

RELATED, SHARE, NEWSLETTER, COMMENTS, ADVERT, CAPTION, BYLINE, BIO, DATE, NAV = (
    1 << n for n in range(10)
)
FOOTER, SIDEBAR, TAGS, PAYWALL, CONSENT, TITLE, LEAD, BODY, QUOTE, EMBED, PICTURE = (
    1 << n for n in range(10, 21)
)
CATEGORIES = (
    "related share newsletter comments advert caption byline bio date nav "
    "footer sidebar tags paywall consent title lead body quote embed picture"
).split()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _flags_by_word() -> dict[str, int]:
    flags: dict[str, int] = {}
    for n, category in enumerate(CATEGORIES):
        for word in lexicon.words("names", category):
            flags[word] = flags.get(word, 0) | 1 << n
    return flags


_FLAGS = _flags_by_word()
_STEMS = [
    (stem, 1 << CATEGORIES.index(category))
    for category, stems in lexicon.table("names")["stems"].items()
    for stem in stems.split()
]
_LONG_WORD = 8


@lru_cache(maxsize=50_000)
def flags_of(names: str) -> int:
    """The categories that the words of `names` belong to, as bits.

    `"relatedStories-box"` has the words "related", "stories" and "box"; two neighbours may mean
    something together.
    """
    flags = 0
    before = ""
    for name in names.split():
        own, first, last = _of_name(name)
        flags |= own
        if before and first:
            flags |= _FLAGS.get(before + first, 0)
        before = last or before
    return flags


@lru_cache(maxsize=100_000)
def _of_name(name: str) -> tuple[int, str, str]:
    """Bits of one class name, its first and its last word: names recur, their strings less so."""
    found = _WORD.findall(name)
    if not found:
        return 0, "", ""
    flags = 0
    before = ""
    for word in map(str.lower, found):
        own = _FLAGS.get(word)
        if own is not None:
            flags |= own
        elif len(word) >= _LONG_WORD:
            flags |= _of_stems(word)
        if before:
            flags |= _FLAGS.get(before + word, 0)
        before = word
    return flags, found[0].lower(), before


@lru_cache(maxsize=50_000)
def _of_stems(word: str) -> int:
    """Of the stems in a long word that is none of ours."""
    flags = 0
    for stem, flag in _STEMS:
        if stem in word:
            flags |= flag
    return flags


def categories(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [category for n, category in enumerate(CATEGORIES) if flags & 1 << n]
