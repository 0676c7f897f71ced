"""Finds the names of people in a line of text."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from workers.parse.fields import headings, title
from workers.parse.text import lexicon

_CONJUNCTIONS: Final = [
    part for part in lexicon.table("bylines")["joins"].split("|") if part.strip()
]
_JOINS: Final = "|".join(map(re.escape, _CONJUNCTIONS))
# The comma before an "and" belongs to it.
_NAME_SEPARATOR: Final = re.compile(rf"\s*[;|/•·\n]\s*|,(?={_JOINS})|,\s+|、|，|{_JOINS}")
PREFIXES: Final = tuple(sorted(lexicon.phrases("bylines", "prefixes"), key=len, reverse=True))
# "DE" is a language and "Text" a switch, too, so of short prefixes only these count alone.
_LABELS_ALONE: Final = frozenset(
    [prefix for prefix in PREFIXES if " " in prefix]
    + ["by", "von", "par", "por", "door", "author(s)"]
    + list(lexicon.phrases("bylines", "labels"))
)
_PARTICLES: Final = lexicon.words("bylines", "particles")
_AGENCIES: Final = lexicon.words("bylines", "agencies")
_ACCOUNTS: Final = frozenset("admin administrator root webmaster wordpress user author".split())
_SHARED_ACCOUNTS: Final = frozenset("admin administrator author webmaster".split())
_LOGIN: Final = re.compile(r"^\d+$|^[a-z._-]+[._-]?\d{2,}$")
# One word that an author goes by, as a pattern.
PSEUDONYM: Final = r"[^\W\d_][\w.-]{2,29}"
_PSEUDONYM: Final = re.compile(PSEUDONYM)
_OUTLET_WORDS: Final = lexicon.words("bylines", "outlet_words")
_TEAMS: Final = lexicon.words("bylines", "teams")
_CREDENTIALS: Final = lexicon.words("bylines", "credentials")
_NON_NAME_WORDS: Final = lexicon.words("bylines", "never")
_ROLES: Final = lexicon.words("bylines", "roles")
_CJK_ROLES: Final = tuple(lexicon.words("bylines", "cjk_roles"))
_HOUSES: Final = lexicon.words("bylines", "houses")
_OTHERS: Final = tuple(lexicon.phrases("bylines", "others"))
_BY_OTHERS: Final = re.compile(
    rf"(?:^|[\s.,;|•·(/]+)(?:{'|'.join(map(re.escape, _OTHERS))})(?:\b|(?<=:)).*$",
    re.IGNORECASE | re.DOTALL,
)
# "Photographs by B. Name Words by A. Name"
_THEN_BY: Final = re.compile(
    rf"\b(?:{'|'.join(lexicon.phrases('bylines', 'words_by'))})(?:\s*:)?\s+(?=(?-i:[^\W\d_a-z]))",
    re.IGNORECASE,
)
_COMMON_WORDS: Final = lexicon.words("bylines", "common")
_JOB_WORDS: Final = _ROLES | lexicon.words("bylines", "jobs")
_NO_PSEUDONYMS: Final = _AGENCIES | _NON_NAME_WORDS | _COMMON_WORDS | _ROLES | frozenset(PREFIXES)
_TAIL: Final = re.compile(
    rf"\s+(?:{'|'.join(lexicon.phrases('bylines', 'tails'))})\s+(?=\S).*$|\s+[-–—]+\s+.*$"
)
# "Ada Lind The Associated Press"
_AGENCY_BEHIND: Final = re.compile(
    rf"(?<=\S \S)(\S*),?\s+(?:{'|'.join(lexicon.phrases('bylines', 'agency_names'))})$",
    re.IGNORECASE,
)
_HONORIFIC: Final = re.compile(
    rf"^(?:{'|'.join(lexicon.words('bylines', 'honorifics'))})\b\.?\s+(?=\S+\s+\S)", re.IGNORECASE
)
# "記者王小明／台北報導", "（新华社记者 王小明）": a label, a name, and what follows it.
_HAN_BYLINE: Final = re.compile(
    r"^[〔【（(\[]?(?:本報|本报|[一-鿿]{2,4}社|[一-鿿]{1,4}[报報網网])?(?:特約|特约|見習|见习|實習|实习)?"
    r"(?:記者|记者|作者|撰文|撰稿|文|編輯|编辑|特派員|特派员)\s?[:：/／・·=＝]?\s*"
    r"([一-鿿]{2,4}(?:[、\s][一-鿿]{2,4}(?=[、／/\s|｜〕】）)\]]|$)(?<!报道)(?<!報導)(?<!報道)){0,4}?)"
    r"(?:[／/\s|｜，,〕】）)\]].*)?$"
)
# "取材・文／田中宏昌", "編集委員 田中宏昌"
_JAPANESE_BYLINE: Final = re.compile(
    r"^(?:取材[・/／]|構成[・/／])?(?:文|取材|執筆|聞き手|ライター|編集委員|論説委員|解説委員|記者|筆者)"
    r"(?:[・/／=＝:：]|\s)\s*([一-鿿ぁ-んァ-ヶー々]{2,5}(?:[\s　][一-鿿ぁ-んァ-ヶー々]{1,5})?)\s*$"
)
# As in [서울=홍길동 기자], and in 글 홍길동 기자, 사진 김철수 기자
_KOREAN_BYLINE: Final = re.compile(
    r"^(?:[\[(【][^=\])】]{0,20}=\s*|글\s*[:=·]?\s*|취재\s*[:=·]?\s*)?([가-힣]{2,4})\s?"
    r"(?:[가-힣]{0,4}기자|특파원|논설위원|앵커|통신원|객원기자)(?![가-힣]).*$"
)
_KOREAN_LABEL: Final = re.compile(
    r"^(?:기자명|글쓴이|저자|작성자)\s*[:：]?\s*([가-힣]{2,4})(?:\s.*)?$"
)
_EAST_ASIAN: Final = (_HAN_BYLINE, _JAPANESE_BYLINE, _KOREAN_BYLINE, _KOREAN_LABEL)
# "Von unserem Korrespondenten A. Name", "De notre envoyée spéciale à Rome, A. Name"
_OWN_REPORTER: Final = re.compile(
    rf"^(?:{'|'.join(lexicon.phrases('bylines', 'own_reporter'))}|aus (?:\S+ ){{1,3}}berichtet)"
    r"\s+(\D{4,80})$",
    re.IGNORECASE,
)
_INVERTED: Final = re.compile(r"^([^\W\d_][^\s\d,;]+), ([^\W\d_][^\d,;]*)$")
_MAX_GIVEN_NAMES: Final = 2
_UNSPACED_LETTER: Final = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯฀-๿]")
_CASELESS_LETTER: Final = re.compile(r"[\u0590-\u1cff\u3040-\ud7ff]")
_BRACKETED: Final = re.compile(r"\s*[(\[][^()\[\]]{0,40}[)\]]")
# What follows a name on its line without a mark between.
_AFTER_NAME: Final = re.compile(r"\s*(?:記者|기자|特派員|[@#].*|\s\S+@\S+\.\S+|https?://\S+)\s*$")
_PHRASE_AFTER_NAME: Final = re.compile(
    rf"(?<=\S)\s+(?:(?:{'|'.join(lexicon.phrases('bylines', 'after_name'))})(?!\w)"
    r"|\d{1,3}\s?min).*$",
    re.IGNORECASE,
)
_AFTER_PREFIX: Final = " :：・/／\u00a0"
_DEGREES: Final = _CREDENTIALS - {"Jr", "Sr"}
_MIN_NAME_WORDS: Final = 2
MAX_NAME_WORDS: Final = 5
MAX_LINE_CHARS: Final = 200
_NOT_OF_NAMES: Final = re.compile(r"[\d«»\"“”?!:=≈<>©]")
_MAX_UNSPACED_NAME_CHARS: Final = 12
_MIN_CASELESS_NAME_WORDS: Final = 2


def clean_name(text: str) -> str:
    """Return `text` without a prefix such as "By", without brackets, and without stray marks."""
    whole, text = text, _BRACKETED.sub("", text).strip(" \t\n,;:|-–—•·*.") or text
    if name := _find_in_phrase(whole) or _find_in_phrase(text):
        return name
    low = text[:MAX_LINE_CHARS].lower()
    if not low.startswith(PREFIXES):
        return text
    for prefix in PREFIXES:
        if low.startswith(prefix):
            rest = text[len(prefix) :]
            if not rest[:1].isalpha() and rest.strip(_AFTER_PREFIX):
                return rest.strip(_AFTER_PREFIX + ",|-–—")
    return text


def _find_in_phrase(text: str) -> str:
    """Return the name in a line such as "記者 王小明" or "Von unserem Redakteur A. Name";
    empty if it is none."""
    for pattern in () if text.isascii() else _EAST_ASIAN:
        if match := pattern.match(text):
            return match[1]
    match = _OWN_REPORTER.match(text)
    parts = re.split(r"[,:]", match[1]) if match else []
    return next(filter(None, map(_name_at_end, parts)), "")


def _name_at_end(text: str) -> str:
    """Return the words behind jobs and places at the end of `text`, if they are two or more with
    capitals; else an empty string."""
    words = text.split()
    while words and (words[0].lower() in _ROLES or not words[0][:1].isupper()):
        del words[0]
    is_whole = len(words) >= _MIN_NAME_WORDS and all(word[:1].isupper() for word in words)
    return " ".join(words) if is_whole else ""


def begins_like_name(text: str) -> bool:
    """Return whether `text` begins with a capital, or a letter of a script that has none."""
    return text[:1].isupper() or bool(_CASELESS_LETTER.match(text))


def is_byline(text: str) -> bool:
    """Return whether a line says by its own words who wrote the story."""
    return bool(_find_in_phrase(text.strip()))


def is_label(text: str) -> bool:
    """Return whether a line only says that an author follows, such as "Written by"."""
    low = text[:MAX_LINE_CHARS].lower().strip(" :：")
    return len(low) > 1 and low in _LABELS_ALONE


def is_by_others(text: str, *, alone: bool = False) -> bool:
    """Return True for a line such as "Edited by A. Name", or if `alone` for its label only."""
    low = text[:MAX_LINE_CHARS].lower().strip()
    return low.rstrip(" :：") in _OTHERS if alone else low.startswith(_OTHERS)


def without_others(text: str) -> str:
    """Return what of `text` is not behind a phrase such as "edited by"."""
    own = _BY_OTHERS.sub("", text)
    if own == text or not (then := _THEN_BY.search(text, len(own))):
        return own
    return own + " | " * bool(own) + text[then.end() :]


def has_common_word(text: str) -> bool:
    """Return True if a word of `text` is among the commonest of a language, and no particle."""
    words = text.lower().split()
    return any(word in _COMMON_WORDS and word not in _PARTICLES for word in words)


def is_account(text: str) -> bool:
    """Return whether `text` names a user of a program and nobody else: a number, a word with digits
    and dots, or a name such as "Site Admin"."""
    words = text.lower().split()
    if len(words) == 1:
        return bool(_LOGIN.search(words[0])) or words[0] in _ACCOUNTS
    return bool(words) and words[-1] in _SHARED_ACCOUNTS


def is_single_word(name: str) -> bool:
    """Return whether a name is one word of a script with capitals, and no agency."""
    is_word = " " not in name and not _CASELESS_LETTER.search(name)
    return is_word and name.lower() not in _AGENCIES


def is_team(name: str) -> bool:
    """Return whether a name is that of a team of the outlet, such as "Post Team"."""
    return not _TEAMS.isdisjoint(_words_of(name))


def mentions_job(text: str) -> bool:
    """Return whether a text has a word for a job, as notes about an author have."""
    return not _JOB_WORDS.isdisjoint(_words_of(text))


def is_pseudonym(word: str) -> bool:
    """Return whether one word is what an author goes by, and no account of the site or place."""
    low = word.lower()
    return (
        not is_account(word)
        and "wordpress" not in low
        and low not in _NO_PSEUDONYMS
        and bool(_PSEUDONYM.fullmatch(word))
    )


def is_house(text: str) -> bool:
    """Return True for the name of a publishing house or another company."""
    words = _words_of(text)
    return len(words) > 1 and not _HOUSES.isdisjoint(words)


def _words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


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
            name = _without_additions(_HONORIFIC.sub("", name))
            key = headings.normalize(name)
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


def without_single_words(lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the names in the lines of a byline, each once, without lines of single words, such as
    the link of a section, beside one with a whole name. Agencies stay, as do names in scripts that
    have no capitals; so does who has one name and shares a line ("By Sukarno and Ada Lind")."""
    has_whole_name = any(" " in name for line in lines for name in line)
    kept = [line for line in lines if not has_whole_name or not all(map(is_single_word, line))]
    return tuple(dict.fromkeys(name for line in kept for name in line))


def _without_additions(name: str) -> str:
    """Return a name of two words and more without the phrases and degrees behind it."""
    cut = _PHRASE_AFTER_NAME.sub("", name)
    words = (cut if " " in cut else name).split()
    while len(words) > _MIN_NAME_WORDS and words[-1].replace(".", "") in _DEGREES:
        words.pop()
    return " ".join(words)


def _split_names(text: str) -> list[str]:
    """Return the parts of a byline that may be names."""
    if (match := _INVERTED.match(text.strip())) and _is_inverted(match[1], match[2]):
        return [f"{match[2]} {match[1]}"]
    text = clean_name(text)
    if is_house(text) and not re.search(r"[,;]", text):
        return [text]
    text = _AGENCY_BEHIND.sub(r"\1", text)
    cut = _TAIL.sub("", text)
    is_dated = any(map(str.isdigit, text[len(cut) :]))
    if (" " in cut or is_dated) and is_name(_NAME_SEPARATOR.split(cut)[-1]):
        text = cut
    parts = _NAME_SEPARATOR.split(text)
    return [text] if _is_one_body(parts) else parts


def _is_one_body(parts: list[str]) -> bool:
    """Return True for the parts of "Centre for Health and Research": many words that are no name,
    and single ones."""
    first = parts[0]
    return (
        len(parts) > 1
        and len(first.split()) > _MIN_NAME_WORDS
        and not any(" " in part.strip() for part in parts[1:])
        and not is_name(_without_additions(clean_name(first)))
    )


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
    words = text.lower().split()
    if len(words) > 1 and not _OUTLET_WORDS.isdisjoint((words[0], words[-1])):
        return True
    is_single = " " not in text and not _CASELESS_LETTER.search(text)
    return is_single and all(" " in name or name.lower() in _AGENCIES for name in people)


def is_name(text: str) -> bool:
    """Return True for what looks like the name of a person or a desk.

    That is a few words, all capitalised except particles, or a few letters of a script without
    capitals.
    """
    words = text.split()
    if not words or len(words) > MAX_NAME_WORDS or _NOT_OF_NAMES.search(text):
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
