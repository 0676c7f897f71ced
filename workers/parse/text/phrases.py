"""Recognises lines outside the story by their first words: prompts, credits, bylines.

The phrases, in many languages, are in `words/phrases.toml`.
"""

from typing import Final

from workers.parse.text import lexicon

# Final, so that mypyc compiles them to constants.
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
_LEADING_MARKS: Final = "\"'“”„«»‹›-–—•·►▶→>|*#:+[(【■◆●▼▲ "
_MAX_PHRASE_CHARS: Final = 64
_PREFIX_CHARS: Final = 2


def _build_flags() -> dict[str, int]:
    flags: dict[str, int] = {}
    for bit, kind in enumerate(KINDS):
        for phrase in lexicon.phrases("phrases", kind):
            flags[phrase] = flags.get(phrase, 0) | 1 << bit
    return flags


_FLAGS: Final = _build_flags()
_PHRASES: Final = lexicon.group_by_prefix(_FLAGS, _PREFIX_CHARS)


def flags_of(text: str) -> int:
    """Return the kinds of phrases that `text` begins with, as bits; a phrase ends with a word."""
    start = text[:_MAX_PHRASE_CHARS].lower()
    if not start[:1].isalpha():
        start = start.lstrip(_LEADING_MARKS)
    phrases = _PHRASES.get(start[:_PREFIX_CHARS])
    if phrases is None or not start.startswith(phrases):
        return 0  # the usual case
    flags = 0
    for phrase in filter(start.startswith, phrases):
        next_char = start[len(phrase) : len(phrase) + 1]
        if not (next_char.isalpha() and phrase[-1].isalpha() and _is_in_spaced_script(next_char)):
            flags |= _FLAGS[phrase]
    return flags


def _is_in_spaced_script(letter: str) -> bool:
    """Return False for scripts without spaces between words (Thai, Lao, Khmer, Chinese,
    Japanese)."""
    return letter < "\u0e00" or "\u0f00" <= letter < "\u1000" or "\uac00" <= letter < "\ud7b0"
