"""How a line begins that is not the story: prompts, credits, bylines, in many languages."""

from typing import Final

from workers.parse.text import lexicon

# Final, so that what is compiled has them as numbers
MORE: Final = 1 << 0
PROMPT: Final = 1 << 1
ADVERT: Final = 1 << 2
CREDIT: Final = 1 << 3
BYLINE: Final = 1 << 4
DATED: Final = 1 << 5
TAGS: Final = 1 << 6
SHARE: Final = 1 << 7
RIGHTS: Final = 1 << 8
BIO: Final = 1 << 9
KINDS: Final = "more prompt advert credit byline dated tags share rights bio".split()
_LEADING: Final = "\"'“”„«»‹›-–—•·►▶→>|*#:+[(【■◆●▼▲ "
_OPENING: Final = 64
_BEGINNING: Final = 2


def _flags() -> dict[str, int]:
    found: dict[str, int] = {}
    for n, kind in enumerate(KINDS):
        for phrase in lexicon.phrases("phrases", kind):
            found[phrase] = found.get(phrase, 0) | 1 << n
    return found


_FLAGS: Final = _flags()
_PHRASES: Final = lexicon.by_beginning(_FLAGS, _BEGINNING)


def flags_of(text: str) -> int:
    """The kinds whose phrases `text` begins with, as bits; a phrase ends where a word ends."""
    start = text[:_OPENING].lower()
    if not start[:1].isalpha():
        start = start.lstrip(_LEADING)
    phrases = _PHRASES.get(start[:_BEGINNING])
    if phrases is None or not start.startswith(phrases):
        return 0  # most lines
    flags = 0
    for phrase in filter(start.startswith, phrases):
        rest = start[len(phrase) : len(phrase) + 1]
        if not (rest.isalpha() and phrase[-1].isalpha() and _is_spaced(rest)):
            flags |= _FLAGS[phrase]
    return flags


def _is_spaced(letter: str) -> bool:
    """True for scripts that put spaces between words (not Thai, Lao, Khmer, Chinese, Japanese)."""
    return letter < "\u0e00" or "\u0f00" <= letter < "\u1000" or "\uac00" <= letter < "\ud7b0"
