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
    for part in _WORD.findall(names):
        word, own = _of_word(part)
        flags |= own | _FLAGS.get(before + word, 0)
        before = word
    return flags


@lru_cache(maxsize=50_000)
def _of_word(part: str) -> tuple[str, int]:
    """A word in lower case and its bits; those of its stems if it is long and none of ours."""
    word = part.lower()
    if word in _FLAGS:
        return word, _FLAGS[word]
    flags = 0
    if len(word) >= _LONG_WORD:
        for stem, flag in _STEMS:
            if stem in word:
                flags |= flag
    return word, flags


def categories(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [category for n, category in enumerate(CATEGORIES) if flags & 1 << n]
