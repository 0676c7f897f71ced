"""The words of a text in any script, independent of an outlet's typography."""

import re
import unicodedata

# Scripts that put no space between words: each character is a word of its own (Thai and Lao,
# Myanmar, Khmer, kana, Han, Hangul).
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
_CHARACTER = re.compile(f"([{_UNSPACED}])")
_NON_WORD = re.compile(f"[^\x00-\x7f\\w{_UNSPACED}]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
# All bytes but those that a character of these scripts begins with in UTF-8.
_SPACED_BYTES = bytes(
    {*range(256)} - {*b"\xe0\xe1\xe3\xe4\xe5\xe6\xe7\xe8\xe9\xea\xeb\xec\xed\xef\xf0"}
)
MAX_ASCII = 127
# An ASCII character that is no letter or digit separates words; all other bytes belong to letters.
_SEPARATORS_TO_SPACE = bytes(c if c > MAX_ASCII or chr(c).isalnum() else 32 for c in range(256))


def tokenize(text: str) -> tuple[list[bytes], frozenset[bytes]]:
    """Return the words of `text` as UTF-8 in lower case, and which of them are single characters.

    Single characters are those of scripts without spaces, where each one counts as a word.

    Splitting bytes takes a fifth of the time of a pattern over characters (11 against 60
    microseconds for 400 words), and this runs for every article.
    """
    folded, pieces = text.lower(), list[str]()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", folded))
        folded = _NON_WORD.sub(" ", folded)
    raw = folded.encode("utf-8", "replace")
    if raw.translate(None, _SPACED_BYTES):
        pieces = _CHARACTER.split(folded)
        raw = " ".join(pieces).encode("utf-8", "replace")
    characters = frozenset(pieces[1::2])
    return raw.translate(_SEPARATORS_TO_SPACE).split(), frozenset(map(str.encode, characters))
