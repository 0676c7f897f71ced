"""The language of the text: as the page says, unless the text shows another."""

import re
import unicodedata
from collections import Counter
from typing import Final

from workers.parse.html import jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.text import lexicon

_CODE: Final = re.compile(r"^[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$")
_SCRIPTS: Final = {
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "THAI": "th",
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "KANNADA": "kn",
    "MALAYALAM": "ml",
    "SINHALA": "si",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "ETHIOPIC": "am",
    "TIBETAN": "bo",
}
# Scripts that several languages share, and the languages that write in each.
_SHARED: Final = {
    "CYRILLIC": ("ru", "uk bg sr mk be kk ky mn tg tt".split()),
    "ARABIC": ("ar", "fa ur ps ug ku sd".split()),
    "DEVANAGARI": ("hi", "mr ne sa".split()),
    "CJK": ("zh", "ja yue ko".split()),
}
_SAMPLE: Final = 1_500
_FEWEST_WORDS: Final = 40
_COMMON: Final = 0.12
_CLEARLY: Final = 4


def find(head: Metadata, text: str) -> tuple[str | None, str]:
    """BCP 47 code and where it was read; None if nothing tells."""
    told = _told(head)
    script = script_of(text)
    own = _SCRIPTS.get(script)
    if own and (told is None or told[0][:2] != own):
        return own, "script of the text"
    if script in _SHARED:
        usual, others = _SHARED[script]
        if told and told[0][:2] in {usual, *others}:
            return told
        return _by_words(text, [usual, *others]) or usual, "script of the text"
    if told:
        own = _contradicted(text, told[0][:2])
        return (own, "words of the text") if own else told
    guess = _by_words(text, None)
    return (guess, "words of the text") if guess else (None, "")


def _told(head: Metadata) -> tuple[str, str] | None:
    language = head.value("og:locale", "content-language", "language", "dc.language")
    candidates = [(head.language, "html lang")]
    candidates += [
        (jsonld.text_of(n.get("inLanguage")), "json-ld inLanguage") for n in head.articles
    ]
    candidates.append((language, "meta language"))
    for value, origin in candidates:
        code = (value or "").strip().split(",")[0].replace("_", "-")
        code = code[:1].lower() + code[1:2].lower() + code[2:]
        if _CODE.match(code):
            return code, origin
    return None


def script_of(text: str) -> str:
    """The script of most letters in the beginning of `text`, as Unicode names it."""
    sample = text[:_SAMPLE]
    if sample.isascii():
        return "LATIN"
    letters = [letter for letter in sample[::7] if letter.isalpha()]
    if not letters:
        return "LATIN" if max(sample) < "\u0250" else ""
    if max(letters) < "\u0250":
        return "LATIN"
    counts = Counter(
        "LATIN" if letter < "\u0250" else unicodedata.name(letter, "").partition(" ")[0]
        for letter in letters
    )
    if counts["HIRAGANA"] + counts["KATAKANA"] > 0.08 * counts.total():
        return "HIRAGANA"
    return counts.most_common(1)[0][0].partition("-")[0]


def _contradicted(text: str, told: str) -> str | None:
    """Another language than the one that was `told`, if the text leaves no doubt about it."""
    every = lexicon.table("stopwords")
    if told not in every:
        return None
    words = text[:_SAMPLE].lower().split()
    hits = _hits(words, told)
    if len(words) < _FEWEST_WORDS or hits > _COMMON * len(words):
        return None
    found = _by_words(text, None)
    if found is None or found == told:
        return None
    most = _hits(words, found)
    return found if most > _COMMON * len(words) and most > _CLEARLY * hits else None


def _hits(words: list[str], language: str) -> int:
    common = lexicon.words("stopwords", language)
    return sum(map(common.__contains__, words))


def _by_words(text: str, among: list[str] | None) -> str | None:
    """The language whose commonest words occur most often."""
    words = Counter(re.findall(r"[^\W\d_]+", text[:_SAMPLE].lower()))
    best, most = None, 0
    for language in lexicon.table("stopwords"):
        if among is not None and language not in among:
            continue
        hits = sum(words[word] for word in words.keys() & lexicon.words("stopwords", language))
        if hits > most:
            best, most = language, hits
    return best if most >= 3 else None  # noqa: PLR2004  a few words are chance
