"""Finds the language of the text: as the page declares it, unless the text is in another one."""

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
# Scripts that several languages share: the most common language, and the others.
_SHARED_SCRIPTS: Final = {
    "CYRILLIC": ("ru", "uk bg sr mk be kk ky mn tg tt".split()),
    "ARABIC": ("ar", "fa ur ps ug ku sd".split()),
    "DEVANAGARI": ("hi", "mr ne sa".split()),
    "CJK": ("zh", "ja yue ko".split()),
}
_COUNTRY_CHARS, _SCRIPT_CHARS = 2, 4
_USUAL_COUNTRIES: Final = dict(
    pair.split("-")
    for pair in (
        "ar-EG be-BY bg-BG bn-BD cs-CZ da-DK de-DE el-GR en-US es-ES et-EE eu-ES fa-IR fi-FI fr-FR "
        "he-IL hi-IN hr-HR hu-HU hy-AM id-ID is-IS it-IT ja-JP ka-GE kk-KZ km-KH ko-KR lt-LT lv-LV "
        "mk-MK ml-IN mn-MN mr-IN ms-MY my-MM nb-NO ne-NP nl-NL nn-NO pl-PL ro-RO ru-RU si-LK sk-SK "
        "sl-SI sq-AL sr-RS sv-SE ta-IN te-IN th-TH tr-TR uk-UA ur-PK uz-UZ vi-VN zh-CN"
    ).split()
)
_SAMPLE_CHARS: Final = 1_500
_SAMPLE_STEP: Final = 7
_MIN_KANA_SHARE: Final = 0.08
_FIRST_NON_LATIN: Final = "\u0250"
_MIN_WORDS: Final = 40
# A declared language is overruled if fewer of the words than this share are its stopwords, more
# are those of another language, and that has this many times as many.
_MIN_STOPWORD_SHARE: Final = 0.12
_MIN_STOPWORD_RATIO: Final = 4
_MIN_STOPWORDS: Final = 3


def find_language(head: Metadata, text: str) -> tuple[str | None, str]:
    """Return the BCP 47 code and where it was read; None and empty if it is unknown."""
    declared = _read_head(head)
    script = detect_script(text)
    by_script = _SCRIPTS.get(script)
    if by_script and (declared is None or declared[0][:2] != by_script):
        return by_script, "script of the text"
    if script in _SHARED_SCRIPTS:
        usual, others = _SHARED_SCRIPTS[script]
        if declared and declared[0][:2] in {usual, *others}:
            return declared
        return _guess_by_stopwords(text, [usual, *others]) or usual, "script of the text"
    if declared:
        other = _find_contradiction(text, declared[0][:2])
        return (other, "words of the text") if other else declared
    guess = _guess_by_stopwords(text, None)
    return (guess, "words of the text") if guess else (None, "")


def _read_head(head: Metadata) -> tuple[str, str] | None:
    """Return the declared language and its origin, or None."""
    meta = head.value("og:locale", "content-language", "language", "dc.language")
    candidates = [(head.language, "html lang")]
    candidates += [
        (jsonld.text_of(node.get("inLanguage")), "json-ld inLanguage")
        for node in head.article_nodes
    ]
    candidates.append((meta, "meta language"))
    for value, origin in candidates:
        code = normalize_code(value or "")
        if _CODE.match(code):
            return code, origin
    return None


def normalize_code(code: str) -> str:
    """Return a code in the form of BCP 47: "EN_gb" is "en-GB".

    A country that the language implies is left out, as in "en-US" and "ru-RU".
    """
    language, *rest = code.strip().split(",")[0].replace("_", "-").split("-")
    language = language.lower()
    parts = [
        part.upper()
        if len(part) == _COUNTRY_CHARS
        else part.title()
        if len(part) == _SCRIPT_CHARS
        else part.lower()
        for part in rest
    ]
    if len(parts) == 1 and parts[0] == _USUAL_COUNTRIES.get(language):
        parts = []
    return "-".join([language, *parts])


def detect_script(text: str) -> str:
    """Return the script of most letters in the beginning of `text`, as Unicode names it.

    Empty if there are no letters; HIRAGANA for any Japanese text.
    """
    sample = text[:_SAMPLE_CHARS]
    if sample.isascii():
        return "LATIN"
    letters = [letter for letter in sample[::_SAMPLE_STEP] if letter.isalpha()]
    if not letters:
        return "LATIN" if max(sample) < _FIRST_NON_LATIN else ""
    if max(letters) < _FIRST_NON_LATIN:
        return "LATIN"
    counts = Counter(
        "LATIN" if letter < _FIRST_NON_LATIN else unicodedata.name(letter, "").partition(" ")[0]
        for letter in letters
    )
    if counts["HIRAGANA"] + counts["KATAKANA"] > _MIN_KANA_SHARE * counts.total():
        return "HIRAGANA"
    return counts.most_common(1)[0][0].partition("-")[0]


def _find_contradiction(text: str, declared: str) -> str | None:
    """Return another language than the declared one, if the text is certainly in it; else None."""
    if declared not in lexicon.table("stopwords"):
        return None
    words = text[:_SAMPLE_CHARS].lower().split()
    own = _count_stopwords(words, declared)
    if len(words) < _MIN_WORDS or own > _MIN_STOPWORD_SHARE * len(words):
        return None
    guess = _guess_by_stopwords(text, None)
    if guess is None or guess == declared:
        return None
    other = _count_stopwords(words, guess)
    is_clear = other > _MIN_STOPWORD_SHARE * len(words) and other > _MIN_STOPWORD_RATIO * own
    return guess if is_clear else None


def _count_stopwords(words: list[str], language: str) -> int:
    stopwords = lexicon.words("stopwords", language)
    return sum(map(stopwords.__contains__, words))


def _guess_by_stopwords(text: str, languages: list[str] | None) -> str | None:
    """Return the one of `languages` (None: of all) whose stopwords are most frequent, or None if
    they are too few."""
    words = Counter(re.findall(r"[^\W\d_]+", text[:_SAMPLE_CHARS].lower()))
    best, best_count = None, 0
    for language in lexicon.table("stopwords"):
        if languages is not None and language not in languages:
            continue
        count = sum(words[word] for word in words.keys() & lexicon.words("stopwords", language))
        if count > best_count:
            best, best_count = language, count
    return best if best_count >= _MIN_STOPWORDS else None
