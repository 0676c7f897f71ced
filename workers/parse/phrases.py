"""How a line begins that is not the story: prompts, credits, bylines, in many languages."""

from workers.parse import lexicon

MORE, PROMPT, ADVERT, CREDIT, BYLINE, DATED, TAGS, SHARE, RIGHTS, BIO = (1 << n for n in range(10))
KINDS = "more prompt advert credit byline dated tags share rights bio".split()
_LEADING = "\"'“”„«»‹›-–—•·►▶→>|*#:+[(【■◆●▼▲ "


def _by_beginning() -> dict[str, tuple[tuple[str, int], ...]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for n, kind in enumerate(KINDS):
        for phrase in lexicon.phrases("phrases", kind):
            found.setdefault(phrase[:2], []).append((phrase, 1 << n))
    return {key: tuple(values) for key, values in found.items()}


_PHRASES = _by_beginning()


def flags_of(text: str) -> int:
    """The kinds whose phrases `text` begins with, as bits; a phrase ends where a word ends."""
    if text[:1].isalpha() and text[:2].lower() not in _PHRASES:
        return 0  # most lines
    start = text[:64].lower().lstrip(_LEADING)
    known = _PHRASES.get(start[:2], ())
    flags = 0
    for phrase, flag in known:
        if start.startswith(phrase):
            rest = start[len(phrase) : len(phrase) + 1]
            if not (rest.isalpha() and phrase[-1].isalpha() and _is_spaced(rest)):
                flags |= flag
    return flags


def kinds(flags: int) -> list[str]:
    """The names of the bits, for people."""
    return [kind for n, kind in enumerate(KINDS) if flags & 1 << n]


def _is_spaced(letter: str) -> bool:
    """True for scripts that put spaces between words (not Thai, Lao, Khmer, Chinese, Japanese)."""
    return letter < "\u0e00" or "\u0f00" <= letter < "\u1000" or "\uac00" <= letter < "\ud7b0"
