"""What an element's class, id and role say about its job."""

import re
from functools import lru_cache, reduce
from operator import or_

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
    words = _WORD.findall(name)
    for word in map(str.lower, words):
        flags |= _of_word(word) | _FLAGS.get(before + word, 0)
        before = word
    return words[0].lower() if words else "", flags, before


@lru_cache(maxsize=50_000)
def _of_word(word: str) -> int:
    """A word's bits; those of its stems if it is long and none of ours."""
    if word in _FLAGS or len(word) < _LONG_WORD:
        return _FLAGS.get(word, 0)
    return reduce(or_, (flag for stem, flag in _STEMS if stem in word), 0)


def categories(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [category for n, category in enumerate(CATEGORIES) if flags & 1 << n]
