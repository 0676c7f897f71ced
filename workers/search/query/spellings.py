"""Ways to spell one word that a plain index keeps apart: apostrophes, full width, `ё`, accents that
are signs of their own."""

import unicodedata
from typing import Final

_APOSTROPHES: Final = dict.fromkeys(map(ord, "’‘ʼ＇´`"), "'")
_PLAIN: Final = {**_APOSTROPHES, ord("ё"): "е", ord("Ё"): "Е"}


def spellings(text: str) -> list[str]:
    """Return the text and other spellings of it, each once, at most five."""
    composed = unicodedata.normalize("NFC", text)
    compatible = unicodedata.normalize("NFKC", text)
    plain = compatible.translate(_PLAIN)
    with_typographic = compatible.translate(_APOSTROPHES).replace("'", "’")
    without_accents = _without_accents(plain)
    return list(dict.fromkeys((text, composed, plain, with_typographic, without_accents)))


def _without_accents(text: str) -> str:
    """Return Latin letters without their accents; those of other scripts keep theirs."""
    parts = unicodedata.normalize("NFD", text)
    kept = [
        char
        for before, char in zip(" " + parts, parts, strict=False)
        if not (unicodedata.combining(char) and before.isascii())
    ]
    return unicodedata.normalize("NFC", "".join(kept))
