"""What an element's class, id and role say about its job."""

import itertools
import re
from functools import lru_cache

from workers.parse import lexicon

RELATED, SHARE, NEWSLETTER, COMMENTS, ADVERT, CAPTION, BYLINE, BIO, DATE, NAV = (
    1 << n for n in range(10)
)
FOOTER, SIDEBAR, TAGS, PAYWALL, CONSENT, TITLE, LEAD, BODY, QUOTE, EMBED = (
    1 << n for n in range(10, 20)
)
CATEGORIES = (
    "related share newsletter comments advert caption byline bio date nav "
    "footer sidebar tags paywall consent title lead body quote embed"
).split()
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def _flags_by_word() -> dict[str, int]:
    flags: dict[str, int] = {}
    for n, category in enumerate(CATEGORIES):
        for word in lexicon.words("names", category):
            flags[word] = flags.get(word, 0) | 1 << n
    return flags


_FLAGS = _flags_by_word()


@lru_cache(maxsize=50_000)
def words_of(names: str) -> tuple[str, ...]:
    """`"relatedStories-box"` → `("related", "stories", "box")`."""
    return tuple(word.lower() for word in _WORD.findall(names))


@lru_cache(maxsize=50_000)
def flags_of(names: str) -> int:
    """The categories that the words of `names` belong to, as bits."""
    flags = 0
    found = words_of(names)
    for word in found:
        flags |= _FLAGS.get(word, 0)
    for first, second in itertools.pairwise(found):
        flags |= _FLAGS.get(first + second, 0)
    return flags


def categories(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [category for n, category in enumerate(CATEGORIES) if flags & 1 << n]
