"""What an element's class, id and role say about its job."""

import itertools
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
def words_of(names: str) -> tuple[str, ...]:
    """`"relatedStories-box"` → `("related", "stories", "box")`."""
    return tuple(word.lower() for word in _WORD.findall(names))


@lru_cache(maxsize=50_000)
def _flags_of_word(word: str) -> int:
    """Of the word itself, or of the stems in a long word that is none of ours."""
    flags = _FLAGS.get(word)
    if flags is None:
        flags = 0
        if len(word) >= _LONG_WORD:
            for stem, flag in _STEMS:
                if stem in word:
                    flags |= flag
    return flags


@lru_cache(maxsize=50_000)
def flags_of(names: str) -> int:
    """The categories that the words of `names` belong to, as bits."""
    flags = 0
    before = ""
    for name in names.split():
        own, first, last = _of_name(name)
        flags |= own
        if before and first:
            flags |= _FLAGS.get(before + first, 0)
        before = last or before
    return flags


@lru_cache(maxsize=50_000)
def _of_name(name: str) -> tuple[int, str, str]:
    """Bits of one class name, its first and its last word: names recur, their strings less so."""
    flags = 0
    found = words_of(name)
    for word in found:
        flags |= _flags_of_word(word)
    for first, second in itertools.pairwise(found):
        flags |= _FLAGS.get(first + second, 0)
    return (flags, found[0], found[-1]) if found else (0, "", "")


def categories(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [category for n, category in enumerate(CATEGORIES) if flags & 1 << n]
