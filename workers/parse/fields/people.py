"""Finds the names of people in a line of text."""

import re
from typing import Final

from workers.parse.fields import title
from workers.parse.text import lexicon

_CONJUNCTIONS: Final = [
    part for part in lexicon.table("bylines")["joins"].split("|") if part.strip()
]
_NAME_SEPARATOR: Final = re.compile(
    r"\s*[;|/•·\n]\s*|,\s+|、|，|" + "|".join(map(re.escape, _CONJUNCTIONS))
)
PREFIXES: Final = tuple(sorted(lexicon.phrases("bylines", "prefixes"), key=len, reverse=True))
_PARTICLES: Final = lexicon.words("bylines", "particles")
_AGENCIES: Final = lexicon.words("bylines", "agencies")
_CREDENTIALS: Final = lexicon.words("bylines", "credentials")
_NON_NAME_WORDS: Final = lexicon.words("bylines", "never")
_UNSPACED_LETTER: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CASELESS_LETTER: Final = re.compile(r"[\u0590-\u1cff\u3040-\ud7ff]")
_BRACKETED: Final = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]")
_AFTER_NAME: Final = re.compile(r"\s*(?:記者|기자|特派員|[@#].*|\S+@\S+|https?://\S+)\s*$")
MAX_NAME_WORDS: Final = 5
MAX_LINE_CHARS: Final = 200
_MAX_UNSPACED_NAME_CHARS: Final = 12
_MIN_CASELESS_NAME_WORDS: Final = 2


def clean_name(text: str) -> str:
    """Return `text` without a prefix such as "By", without brackets, and without stray marks."""
    text = _BRACKETED.sub("", text).strip(" \t\n,;:|-–—•·*.") or text
    low = text[:MAX_LINE_CHARS].lower()
    if not low.startswith(PREFIXES):
        return text
    for prefix in PREFIXES:
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            if not rest[:1].isalpha() and rest.strip(" :"):
                return rest.strip(" :,|-–—\u00a0")
    return text


def find_people(texts: list[str], site_names: set[str]) -> tuple[str, ...]:
    """Return the people, and the agencies beside them, in texts such as "A and B, dpa".

    Agencies alone count only if there is just one text; names of the site never do.
    """
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text in texts:
        for part in _NAME_SEPARATOR.split(clean_name(text)):
            name = _AFTER_NAME.sub("", clean_name(part)).strip(" ,")
            key = title.normalize(name)
            if not key or key in site_names or name.lower() in PREFIXES:
                continue
            if people and name.replace(".", "") in _CREDENTIALS:
                continue
            if name.lower() in _AGENCIES:
                agencies[name] = None
                people.setdefault(name)
            elif is_name(name) and not (people and title.is_site_name(name, site_names)):
                people[name] = None
            elif people:
                break
    return tuple(people) if len(people) > len(agencies) or (len(texts) == 1 and people) else ()


def is_name(text: str) -> bool:
    """Return True for what looks like the name of a person or a desk.

    That is a few words, all capitalised except particles, or a few letters of a script without
    capitals.
    """
    words = text.split()
    if not words or len(words) > MAX_NAME_WORDS or any(char.isdigit() for char in text):
        return False
    low = text.lower()
    is_address = "." in text.rstrip(".") and "www" in low
    if is_address or any(word in _NON_NAME_WORDS for word in low.split()):
        return False
    if _UNSPACED_LETTER.search(text):
        return len(text) <= _MAX_UNSPACED_NAME_CHARS
    if _CASELESS_LETTER.search(text):
        return len(words) >= _MIN_CASELESS_NAME_WORDS
    names = [word for word in words if word.lower().strip("'’.") not in _PARTICLES]
    return bool(names) and all(word[:1].isupper() or word[1:2] in "'’" for word in names)
