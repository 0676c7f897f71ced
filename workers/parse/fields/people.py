"""Names of people in a line of text."""

import re
from typing import Final

from workers.parse.fields import title
from workers.parse.text import lexicon

_JOINS: Final = [part for part in lexicon.table("bylines")["joins"].split("|") if part.strip()]
_SPLIT: Final = re.compile(r"\s*[;|/•·\n]\s*|,\s+|、|，|" + "|".join(map(re.escape, _JOINS)))
PREFIXES: Final = tuple(sorted(lexicon.phrases("bylines", "prefixes"), key=len, reverse=True))
_PARTICLES: Final = lexicon.words("bylines", "particles")
_AGENCIES: Final = lexicon.words("bylines", "agencies")
_CREDENTIALS: Final = lexicon.words("bylines", "credentials")
_NEVER: Final = lexicon.words("bylines", "never")
_WIDE: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CASELESS: Final = re.compile(r"[\u0590-\u1cff\u3040-\ud7ff]")
_CODE: Final = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]")
_TAIL: Final = re.compile(r"\s*(?:記者|기자|特派員|[@#].*|\S+@\S+|https?://\S+)\s*$")
MAX_NAME_LENGTH: Final = 5
MAX_LINE_LENGTH: Final = 200


def clean(text: str) -> str:
    """Without "By" and its like, codes in brackets and stray marks."""
    text = _CODE.sub("", text).strip(" \t\n,;:|-–—•·*.") or text
    low = text[:MAX_LINE_LENGTH].lower()
    if not low.startswith(PREFIXES):
        return text
    for prefix in PREFIXES:
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            if not rest[:1].isalpha() and rest.strip(" :"):
                return rest.strip(" :,|-–—\u00a0")
    return text


def find(texts: list[str], sites: set[str]) -> tuple[str, ...]:
    """The people (and agencies beside them) in texts such as "A and B, dpa"."""
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text in texts:
        for part in _SPLIT.split(clean(text)):
            name = _TAIL.sub("", clean(part)).strip(" ,")
            if not title.norm(name) or title.norm(name) in sites or name.lower() in PREFIXES:
                continue
            if people and name.replace(".", "") in _CREDENTIALS:
                continue
            if name.lower() in _AGENCIES:
                agencies[name] = None
                people.setdefault(name)
            elif is_name(name) and not (people and title.is_site(name, sites)):
                people[name] = None
            elif people:
                break
    return tuple(people) if len(people) > len(agencies) or (len(texts) == 1 and people) else ()


def is_name(text: str) -> bool:
    """True for what looks like the name of a person or a desk: a few words, all capitalised but
    for particles, or a few letters of a script without capitals."""
    words = text.split()
    if not words or len(words) > MAX_NAME_LENGTH or any(c.isdigit() for c in text):
        return False
    low = text.lower()
    if any(w in _NEVER for w in low.split()) or ("." in text.rstrip(".") and "www" in low):
        return False
    if _WIDE.search(text):
        return len(text) <= 12  # noqa: PLR2004  letters
    if _CASELESS.search(text):
        return len(words) >= 2  # noqa: PLR2004
    capital = [w for w in words if w.lower().strip("'’.") not in _PARTICLES]
    return bool(capital) and all(w[:1].isupper() or w[1:2] in "'’" for w in capital)
