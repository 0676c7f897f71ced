"""Who said what: the quotations of an article, each with its speaker.

Rules in four languages: next to a quotation stands a verb of saying, and beside the verb a name
("…", said NAME; NAME said: "…"), or a pronoun that means whoever spoke last. A quotation without a
verb of its own goes on where the one before it in its paragraph ended. What no rule finds has no
speaker.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, Final

from msgspec import Struct

from workers.annotate.gazetteer import countries

MAX_STATEMENTS: Final = 30
MAX_CHARACTERS: Final = 600
# What stands beyond so many characters of the text is not read.
MAX_TEXT: Final = 8_000
# Fewer words in quotation marks are a name, a title or irony.
MIN_WORDS: Final = 4
# So far from a quotation its speaker stands, in characters.
MAX_DISTANCE: Final = 160
# A quotation ends with its paragraph if not before: it may go on in the next one. A straight mark
# may close any; after a letter or digit it opens none, as in 6".
_QUOTATION: Final = re.compile(
    '“[^“”"\n]+(?:[”"\n]|$)|„[^„“”"\n]+(?:[“”"\n]|$)|«[^«»\n]+(?:[»\n]|$)'
    r'|»[^«»\n]+[«\n]|(?<![^\W_])"[^"\n]+(?:["\n]|$)'
)
_MARKS: Final = '“”„«»"\n\xa0 ,'
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý„“«\"])")
_PART: Final = r"(?:[A-ZÀ-ÝŠŽČ]\.|[A-ZÀ-ÝŠŽČ][\w'’]*(?:-[\w'’]+)*)"
_PARTICLE: Final = "(?:de la|de los|van der|van den|de|del|du|da|dos|di|van|von|bin|al|el|ben)"
_NAME: Final = rf"{_PART}(?:(?: {_PARTICLE})? {_PART}){{0,4}}"
_NAME_PATTERN: Final = re.compile(rf"(?<!\w){_NAME}")
_FULL_NAME: Final = re.compile(rf"(?<!\w){_PART}(?:(?: {_PARTICLE})? {_PART}){{1,4}}")
# A name after one of these is whose or where, not who.
_OF: Final = (
    "(?:of|for|from|in|at|under|by|with|on|de|du|des|por|para|en|del|von|vom|aus|im|für|bei|à|au)"
)
_SMALL_WORD: Final = rf"(?!{_OF}(?!\w)|d['’])[a-zà-ÿ][\w'’-]*"
# Up to five small words stand between a verb and the name after it: "said the club's coach".
_NAME_SOON: Final = re.compile(rf"(?:\s+{_SMALL_WORD}){{0,5}}\s+(?P<name>{_NAME})")
# "the minister of the interior" before ", Ada Quill"
MAX_ROLE_WORDS: Final = 6
_AFTER_OF: Final = re.compile(rf"(?<!\w){_OF}(?: la| las| los| le| der| dem| the)?\s*$")
# Their dot ends no sentence.
_TITLES: Final = re.compile(r"(?<!\w)(Dr|Mr|Mrs|Ms|Prof|M|Sen|Rep|Gov|Lt|Sgt|Sr|Sra)\. ")
# A verb of saying that stands further (in characters) after a quotation belongs to another one.
_MAX_VERB_DISTANCE: Final = 70
_CLAUSE_END: Final = re.compile(r"[,.;:(“”„«»\"](?:\s|$)")
_FULL_NAME_PARTS: Final = 2


class Statement(Struct, frozen=True, omit_defaults=True):
    """What somebody is quoted with; `speaker` is a name as the article writes it, the longest form
    of it, or None."""

    text: str
    speaker: str | None = None


class _Grammar(Struct, frozen=True):
    """The words of a language, as patterns."""

    verb: re.Pattern[str]
    pronoun: re.Pattern[str]
    source: re.Pattern[str]
    participle: re.Pattern[str] | None
    between: frozenset[str]
    pronouns: frozenset[str]
    roles: frozenset[str]
    role_endings: tuple[str, ...]


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(
        files("workers.annotate").joinpath("data", "statements.toml").read_text("utf8")
    )


@cache
def _grammar(language: str) -> _Grammar | None:
    """Return the words of a language, or None for one without rules."""
    lists = _lists().get(language)
    if lists is None:
        return None
    verbs = "|".join(lists["verbs"].split())
    pronouns = "|".join(lists["pronouns"].split())
    return _Grammar(
        verb=re.compile(rf"(?<!\w)(?:{verbs})(?!\w)"),
        participle=_any_word(lists.get("participles", "")),
        between=frozenset(lists["between"].split()),
        pronouns=frozenset(lists["pronouns"].split()),
        pronoun=re.compile(rf"[\s-]*(?:t-)?(?:{pronouns})(?!\w)", re.IGNORECASE),
        source=re.compile(rf"(?<!\w){lists['sources']} ", re.IGNORECASE),
        roles=frozenset(lists["roles"].split()),
        role_endings=tuple(lists.get("role_endings", "").split()),
    )


def _any_word(words: str) -> re.Pattern[str] | None:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words.split())})(?!\w)") if words else None


def _is_alone(tail: str) -> bool:
    """Return whether nothing follows a verb in its part of the sentence."""
    return not tail.strip(" .,:;")


def find_statements(paragraphs: Sequence[str], language: str | None) -> tuple[Statement, ...]:
    """Return the quotations of an article in their order, with their speakers where the text says
    so; none in a language without rules."""
    code = (language or "").partition("-")[0]
    grammar = _grammar(code)
    if grammar is None:
        return ()
    starts = accumulate(map(len, paragraphs[:-1]), initial=0)
    paragraphs = [
        each[: MAX_TEXT - start]
        for each, start in zip(paragraphs, starts, strict=False)
        if start < MAX_TEXT
    ]
    quoting = [at for at, paragraph in enumerate(paragraphs) if _QUOTATION.search(paragraph)]
    if not quoting:
        return ()
    reader = _StatementReader(grammar, code)
    found = [each for paragraph in paragraphs[: quoting[-1] + 1] for each in reader.read(paragraph)]
    return tuple(found[:MAX_STATEMENTS])


class _StatementReader:
    """Reads an article's paragraphs in their order, and knows who spoke last."""

    def __init__(self, grammar: _Grammar, language: str) -> None:
        self._grammar = grammar
        self._is_german = language == "de"
        self._is_english = language == "en"
        self._countries = countries(language)
        self._last = ""
        self._full_names: dict[str, str] = {}

    def read(self, paragraph: str) -> Iterator[Statement]:
        """Yield the quotations of one paragraph."""
        quotations = list(_QUOTATION.finditer(paragraph))
        self._remember_names(paragraph)
        is_alone = bool(quotations) and quotations[0].start() <= 1
        speaker = self._last if is_alone else ""
        start = 0
        for number, quotation in enumerate(quotations):
            is_last = number + 1 == len(quotations)
            end = len(paragraph) if is_last else quotations[number + 1].start()
            before = _TITLES.sub(r"\1 ", paragraph[start : quotation.start()])[-MAX_DISTANCE:]
            after = _TITLES.sub(r"\1 ", paragraph[quotation.end() : end])[:MAX_DISTANCE]
            named = self._speaker(before, after)
            speaker = speaker if named is None else named
            start = quotation.end()
            self._last = speaker or self._last
            text = quotation.group().strip(_MARKS)
            if len(text.split()) >= MIN_WORDS:
                yield Statement(text[:MAX_CHARACTERS], speaker or None)
        if not quotations:
            self._last = self._last if self._mentions_last(paragraph) else ""

    def _mentions_last(self, paragraph: str) -> bool:
        return self._last.rpartition(" ")[2] in paragraph

    def _speaker(self, before: str, after: str) -> str | None:
        """Return who is named beside a quotation, first after it, then before it; empty for
        somebody without a name, None where nobody is told to have said it."""
        following = _SENTENCE_END.split(after, maxsplit=1)[0]
        preceding = _SENTENCE_END.split(before)[-1]
        is_announced = preceding.rstrip().endswith(":")
        if is_announced and (found := self._announced(preceding)):
            return found
        after_it = self._beside_verb(following, _MAX_VERB_DISTANCE)
        return after_it if after_it is not None else self._beside_verb(preceding)

    def _announced(self, text: str) -> str:
        """Return who speaks after a colon."""
        return self._beside_verb(text) or self._first_full_name(text)

    def _beside_verb(self, text: str, most: int = MAX_DISTANCE) -> str | None:
        """Return the name beside a verb of saying in a part of a sentence, or that of whoever
        spoke last if it is a pronoun."""
        grammar = self._grammar
        source = grammar.source.search(text)
        if source and (found := self._name_soon(text[source.end() - 1 :])):
            return found
        if grammar.participle and (saying := grammar.participle.search(text)):
            return self._first_name(text[: saying.start()])
        verb = grammar.verb.search(text)
        if verb is None or verb.start() > most:
            return None
        head, tail = text[: verb.start()], text[verb.end() :]
        subject = self._subject(head)
        if subject is None:
            return self._after_verb(tail)
        # "the minister said" and then no name; "hat gestern gesagt" has its subject after it
        is_settled = bool(subject) or self._is_english or _is_alone(tail)
        return subject if is_settled else self._after_verb(tail)

    def _after_verb(self, tail: str) -> str:
        if _is_alone(tail) or self._grammar.pronoun.match(tail):
            return self._last
        return self._name_soon(tail)

    def _subject(self, head: str) -> str | None:
        """Return the name right before a verb; of one with an apposition the first name. Empty for
        somebody without a name, None where nothing stands before the verb."""
        words = head.split()
        while words and words[-1] in self._grammar.between:
            words.pop()
        if not " ".join(words).strip(" ,"):
            return None
        if words[-1].lower() in self._grammar.pronouns:
            return self._last
        head = " ".join(words)
        if head.endswith(","):
            inserted = head[:-1].rpartition(",")[2].strip()
            is_name = " " in inserted and _NAME_PATTERN.fullmatch(inserted)
            return self._known(inserted) if is_name else self._first_name(head)
        names = list(_NAME_PATTERN.finditer(head))
        if not names or names[-1].end() < len(head) or _AFTER_OF.search(head[: names[-1].start()]):
            return ""
        return self._known(names[-1].group())

    def _name_soon(self, tail: str) -> str:
        clause, *rest = _CLAUSE_END.split(tail, maxsplit=2)[:2]
        while found := _NAME_SOON.match(clause):
            if name := self._known(found["name"]):
                return name
            clause = clause[found.end() :]
        # "said the minister, Ada Quill"
        is_role = 0 < len(clause.split()) <= MAX_ROLE_WORDS
        apposition = _NAME_PATTERN.match(rest[0].lstrip()) if rest and is_role else None
        return self._known(apposition.group()) if apposition else ""

    def _first_name(self, text: str) -> str:
        found = (self._known(each) for each in _NAME_PATTERN.findall(text))
        return next((name for name in found if name), "")

    def _first_full_name(self, text: str) -> str:
        found = (self._known(each) for each in _NAME_PATTERN.findall(text))
        return next((name for name in found if " " in name), "")

    def _known(self, written: str) -> str:
        """Return the whole name of somebody, or nothing for a word that is no name."""
        name = self._without_roles(written)
        surname = name.rpartition(" ")[2]
        if name == surname and surname in self._full_names:
            return self._full_names[surname]
        is_place = self._countries.get(name) is not None
        is_word = (
            is_place
            or name.lower() in self._grammar.pronouns
            or (self._is_german and " " not in name)
        )
        return "" if is_word else name

    def _without_roles(self, name: str) -> str:
        """Return a name without what stands before it: "Minister", "NASA's"."""
        parts = name.split(" ")
        owner = [at for at, part in enumerate(parts[:-1]) if part.endswith(("'s", "’s"))]
        role = [at for at, part in enumerate(parts) if self._is_role(part)]
        parts = parts[max([-1, *owner, *role]) + 1 :]
        if self._is_german and len(parts) > _FULL_NAME_PARTS and parts[-2][0].isupper():
            parts = parts[-_FULL_NAME_PARTS:]
        return " ".join(parts).removesuffix("’s").removesuffix("'s")

    def _is_role(self, part: str) -> bool:
        endings = self._grammar.role_endings
        return part in self._grammar.roles or bool(endings and part.lower().endswith(endings))

    def _remember_names(self, text: str) -> None:
        for each in _FULL_NAME.findall(text):
            name = self._without_roles(each)
            if " " in name:
                self._full_names.setdefault(name.rpartition(" ")[2], name)
