"""Finds the names of people in a line of text."""

import re
from collections.abc import Iterable
from typing import Final

from workers.parse.fields import title
from workers.parse.text import lexicon

_CONJUNCTIONS: Final = [
    part for part in lexicon.table("bylines")["joins"].split("|") if part.strip()
]
_JOINS: Final = "|".join(map(re.escape, _CONJUNCTIONS))
# The comma before an "and" belongs to it.
_NAME_SEPARATOR: Final = re.compile(rf"\s*[;|/•·\n]\s*|,(?={_JOINS})|,\s+|、|，|{_JOINS}")
PREFIXES: Final = tuple(sorted(lexicon.phrases("bylines", "prefixes"), key=len, reverse=True))
_PARTICLES: Final = lexicon.words("bylines", "particles")
_AGENCIES: Final = lexicon.words("bylines", "agencies")
_CREDENTIALS: Final = lexicon.words("bylines", "credentials")
_NON_NAME_WORDS: Final = lexicon.words("bylines", "never")
_ROLES: Final = lexicon.words("bylines", "roles")
_CJK_ROLES: Final = tuple(lexicon.words("bylines", "cjk_roles"))
_HOUSES: Final = lexicon.words("bylines", "houses")
_OTHERS: Final = tuple(lexicon.phrases("bylines", "others"))
_BY_OTHERS: Final = re.compile(
    rf"(?:^|[\s.,;|•·(/]+)(?:{'|'.join(map(re.escape, _OTHERS))})\b.*$", re.IGNORECASE | re.DOTALL
)
_COMMON_WORDS: Final = lexicon.words("bylines", "common")
_TAIL: Final = re.compile(
    rf"\s+(?:{'|'.join(lexicon.phrases('bylines', 'tails'))})\s+(?=\S).*$|\s+[-–—]+\s+.*$"
)
_HONORIFIC: Final = re.compile(
    rf"^(?:{'|'.join(lexicon.words('bylines', 'honorifics'))})\b\.?\s+(?=\S+\s+\S)", re.IGNORECASE
)
# "記者王小明／台北報導": a label, a name, and what follows it.
_CJK_BYLINE: Final = re.compile(
    r"^(?:本報|本报|特約|特约)?(?:記者|记者|作者|撰文|撰稿|文|編輯|编辑)\s?[:：/／・·]?\s*"
    r"([一-鿿]{2,4})(?:[／/\s|｜，,].*)?$"
)
_INVERTED: Final = re.compile(r"^([^\W\d_][^\s\d,;]+), ([^\W\d_][^\d,;]*)$")
_MAX_GIVEN_NAMES: Final = 2
_UNSPACED_LETTER: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CASELESS_LETTER: Final = re.compile(r"[\u0590-\u1cff\u3040-\ud7ff]")
_BRACKETED: Final = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]")
_AFTER_NAME: Final = re.compile(r"\s*(?:記者|기자|特派員|[@#].*|\S+@\S+|https?://\S+)\s*$")
_AFTER_PREFIX: Final = " :：・/／\u00a0"
MAX_NAME_WORDS: Final = 5
MAX_LINE_CHARS: Final = 200
_MAX_UNSPACED_NAME_CHARS: Final = 12
_MIN_CASELESS_NAME_WORDS: Final = 2


def clean_name(text: str) -> str:
    """Return `text` without a prefix such as "By", without brackets, and without stray marks."""
    text = _BRACKETED.sub("", text).strip(" \t\n,;:|-–—•·*.") or text
    if match := _CJK_BYLINE.match(text):
        return match[1]
    low = text[:MAX_LINE_CHARS].lower()
    if not low.startswith(PREFIXES):
        return text
    for prefix in PREFIXES:
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            if not rest[:1].isalpha() and rest.strip(_AFTER_PREFIX):
                return rest.strip(_AFTER_PREFIX + ",|-–—")
    return text


def is_by_others(text: str, *, alone: bool = False) -> bool:
    """Return True for a line such as "Edited by A. Name", or if `alone` for its label only."""
    low = text[:MAX_LINE_CHARS].lower().strip()
    return low.rstrip(" :：") in _OTHERS if alone else low.startswith(_OTHERS)


def without_others(text: str) -> str:
    """Return `text` up to a phrase such as "edited by"."""
    return _BY_OTHERS.sub("", text)


def has_common_word(text: str) -> bool:
    """Return True if a word of `text` is among the commonest of a language, and no particle."""
    words = text.lower().split()
    return any(word in _COMMON_WORDS and word not in _PARTICLES for word in words)


def is_house(text: str) -> bool:
    """Return True for the name of a publishing house or another company."""
    words = re.findall(r"\w+", text.lower())
    return len(words) > 1 and not _HOUSES.isdisjoint(words)


def find_people(texts: Iterable[str], site_names: set[str]) -> tuple[str, ...]:
    """Return the people, and the agencies beside them, in texts such as "A and B, dpa".

    Agencies alone count only if there is just one text; names of the site never do, nor do jobs,
    places and outlets behind a name.
    """
    texts = list(texts)
    people: dict[str, None] = {}
    agencies: dict[str, None] = {}
    for text in texts:
        for part in _split_names(text):
            name = _AFTER_NAME.sub("", clean_name(part)).strip(" ,")
            name = _HONORIFIC.sub("", name)
            key = title.normalize(name)
            if not key or key in site_names or name.lower() in PREFIXES:
                continue
            if people and name.replace(".", "") in _CREDENTIALS:
                continue
            if name.lower() in _AGENCIES:
                agencies[name] = None
                people.setdefault(name)
            elif is_name(name) and not _is_outlet_or_place(name, people, site_names):
                people[name] = None
            elif people and not _is_role(name):
                break
    return tuple(people) if len(people) > len(agencies) or (len(texts) == 1 and people) else ()


def _split_names(text: str) -> list[str]:
    """Return the parts of a byline that may be names."""
    if (match := _INVERTED.match(text.strip())) and _is_inverted(match[1], match[2]):
        return [f"{match[2]} {match[1]}"]
    text = clean_name(text)
    if is_house(text) and not re.search(r"[,;]", text):
        return [text]
    cut = _TAIL.sub("", text)
    if " " in cut and is_name(_NAME_SEPARATOR.split(cut)[-1]):
        text = cut
    return _NAME_SEPARATOR.split(text)


def _is_inverted(last: str, first: str) -> bool:
    """Return True for "Last" and "First" of "Last, First", as libraries write names."""
    words = first.split()
    return (
        len(words) <= _MAX_GIVEN_NAMES
        and all(word[:1].isupper() for word in (last, *words))
        and not {last.lower(), first.lower()} & _AGENCIES
        and not _is_role(first)
        and not _UNSPACED_LETTER.search(last)
        and first.replace(".", "") not in _CREDENTIALS
    )


def _is_role(text: str) -> bool:
    return not _ROLES.isdisjoint(text.lower().split()) or any(role in text for role in _CJK_ROLES)


def _is_outlet_or_place(text: str, people: dict[str, None], site_names: set[str]) -> bool:
    """Return True for the site, or a single word, behind people who all have two names."""
    if not people or title.is_site_name(text, site_names):
        return bool(people)
    is_single = " " not in text and not _CASELESS_LETTER.search(text)
    return is_single and all(" " in name or name.lower() in _AGENCIES for name in people)


def is_name(text: str) -> bool:
    """Return True for what looks like the name of a person or a desk.

    That is a few words, all capitalised except particles, or a few letters of a script without
    capitals.
    """
    words = text.split()
    if not words or len(words) > MAX_NAME_WORDS or any(char.isdigit() for char in text):
        return False
    if _is_role(text):
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
