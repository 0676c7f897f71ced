"""The places that an article names, and the countries that it tells about.

Names are looked up in a gazetteer. Of cities of one name the one in the outlet's country is meant,
else one in a country that the text names, else the largest. Each mention counts for its country:
the top of the text more, a country's own name more than that of a city. Stories from home seldom
name their country: the outlet's counts more than others, and alone where nothing is named but
government, courts or police.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct, structs

from workers.annotate.gazetteer import (
    COMMON_LANGUAGE,
    NamedPlace,
    cities,
    countries,
    institutions,
    languages,
    longer_names,
    without_dots,
    words,
)

# Beyond these, from the top of the text, nothing is looked at.
MAX_TOKENS: Final = 250
MAX_CHARACTERS: Final = 2_000
MAX_COUNTRIES: Final = 3
MAX_CITIES: Final = 8
# A country is told about if it has this share of what the commonest one has.
MIN_SHARE: Final = 0.4
# Cities with fewer inhabitants (in thousands) are known by a preposition, or in the outlet's land.
MIN_THOUSANDS: Final = 100
# Of cities of one name, those with a smaller part of the largest one's inhabitants are never meant.
MAX_RATIO: Final = 20
# Smaller ones (in thousands) are no place where a capitalised word follows: "Mary Smith".
LARGE_THOUSANDS: Final = 300
_WEIGHTS: Final = {"country": 2.0, "people": 1.5, "region": 1.5, "leader": 0.75, "city": 1.0}
_TITLE_BOOST: Final = 4.0
_LEAD_BOOST: Final = 2.0
_LEAD_TOKENS: Final = 60
# Words in capitals from this length on may be names; shorter ones are abbreviations.
MIN_CAPITALS: Final = 5
# How much more the outlet's own country counts.
_HOME_FACTOR: Final = 1.5
_DATELINE_WEIGHT: Final = 3.0
# Another country than the outlet's is told about from this on; a name in passing is too little.
MIN_SCORE: Final = 4.0

_TOKEN: Final = re.compile(r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*|[.,;:!?()\n\"“”„«»|–—]|\d+")
_POSSESSIVES: Final = ("'s", "’s")


class Places(Struct, frozen=True):
    """`countries` (ISO 3166, two small letters) that an article tells about, the commonest first;
    `cities` that it names, as `cities.tsv` calls them, in their order."""

    countries: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()


class _Mention(Struct, frozen=True):
    """What a name may stand for, and how much it counts."""

    entries: tuple[NamedPlace, ...]
    boost: float


class _NameReader:
    """Looks up the names of one text."""

    def __init__(self, tokens: Sequence[str], language: str, home: str) -> None:
        self._tokens = tokens
        self._countries = countries(language)
        self._institutions = institutions(home)
        self._longer = longer_names(language, home)
        self._written = frozenset(tokens)
        self._prepositions = words("prepositions", language)
        self._is_german = language in {"de", "lb"}
        self._home = home

    def mentions(self, title_length: int) -> Iterator[_Mention]:
        """Yield what is named, in the order of the text; longer names before shorter ones."""
        end = 0
        known = self._countries
        names = [
            at for at, token in enumerate(self._tokens) if token in known or token[0].isupper()
        ]
        for at in names:
            if at < end:
                continue
            entries, length = self._longest(at)
            if entries:
                yield _Mention(entries, _boost(at, title_length))
                end = at + length

    def _longest(self, at: int) -> tuple[tuple[NamedPlace, ...], int]:
        first = self._tokens[at]
        for length in range(self._longer.get(first, 1), 1, -1):
            entries = self._named(" ".join(self._tokens[at : at + length]).removesuffix("'s"))
            if entries:
                return entries, length
        return self._one_word(at, first), 1

    def _named(self, name: str) -> tuple[NamedPlace, ...]:
        country = self._countries.get(name) or self._institutions.get(name)
        return (country,) if country else cities().get(name, ())

    def _one_word(self, at: int, token: str) -> tuple[NamedPlace, ...]:
        if token[-2:] in _POSSESSIVES:
            token = token[:-2]
        entries = self._named(token)
        if not entries and token.isupper() and len(token) >= MIN_CAPITALS:
            entries = self._named(token.capitalize())
        if not entries and self._is_german and token[:1].isupper():
            entries = self._german_form(token)
        if not entries or entries[0].kind == "people":
            return entries
        if self._is_part_of_name(at, token, entries[0]):
            return ()
        if entries[0].kind == "city":
            return self._plausible_cities(at, token, entries)
        return entries

    def _german_form(self, token: str) -> tuple[NamedPlace, ...]:
        """Return what a genitive, an adjective or a compound is made of: "Chinas", "Berliner",
        "China-Agenten", and of an adjective in a headline: "Schweizerische"."""
        if token in words("ambiguous"):
            return ()
        for stem in _german_stems(token):
            if stem != token and (entries := self._named(stem)):
                is_large = entries[0].kind != "city" or entries[0].thousands >= MIN_THOUSANDS
                return entries if is_large and stem not in words("ambiguous") else ()
        return ()

    def _is_part_of_name(self, at: int, token: str, entry: NamedPlace) -> bool:
        """Return whether a person's name is likelier: "Jordan Peele", "Jack London"."""
        before, after = self._token(at - 1), self._token(at + 1)
        is_followed = _is_capitalised(after) and not self._named(after)
        if is_followed and token in words("given"):
            return True
        if self._is_german or entry.kind != "city" or before.lower() in self._prepositions:
            return False
        is_preceded = _is_capitalised(before) and not (
            before in words("before_places") or before.isupper() or self._named(before)
        )
        return is_preceded or (is_followed and entry.thousands < LARGE_THOUSANDS)

    def _plausible_cities(
        self, at: int, token: str, entries: tuple[NamedPlace, ...]
    ) -> tuple[NamedPlace, ...]:
        is_placed = self._token(at - 1).lower() in self._prepositions
        is_located = self._token(at + 1) in {",", "("} and bool(self._named(self._token(at + 2)))
        if is_placed or is_located:
            return entries
        if token in words("ambiguous") or token.lower() in self._written:
            return ()
        return tuple(
            entry
            for entry in entries
            if entry.thousands >= MIN_THOUSANDS or entry.country == self._home
        )

    def _token(self, at: int) -> str:
        return self._tokens[at] if 0 <= at < len(self._tokens) else ""


def _german_stems(token: str) -> tuple[str, ...]:
    return (
        token.partition("-")[0],
        token.removesuffix("s"),
        token.removesuffix("er"),
        token[0].lower() + token[1:],
    )


def _is_capitalised(token: str) -> bool:
    return token[:1].isupper()


def _boost(at: int, title_length: int) -> float:
    if at < title_length:
        return _TITLE_BOOST
    return _LEAD_BOOST if at < title_length + _LEAD_TOKENS else 1.0


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(without_dots(text))


def find_places(
    title: str, body: str, dateline: str | None, language: str | None, home: str
) -> Places:
    """Return the places of an article; `home` is the country of its outlet, or empty."""
    code = (language or "").partition("-")[0]
    code = code if code in languages() else COMMON_LANGUAGE
    titled = _tokens(f"{title}\n")
    tokens = (titled + _tokens(body[:MAX_CHARACTERS]))[:MAX_TOKENS]
    mentions = list(_NameReader(tokens, code, home).mentions(len(titled)))
    if dateline:
        written = _tokens(dateline.title() if dateline.isupper() else dateline)
        dated = _NameReader(written, code, home).mentions(0)
        mentions += [_Mention(each.entries, _DATELINE_WEIGHT) for each in dated]
    found = _count(mentions, home)
    if not found.countries and home and _tells_of_affairs(tokens, code):
        return structs.replace(found, countries=(home,))
    return found


def _tells_of_affairs(tokens: Sequence[str], language: str) -> bool:
    """Return whether a text that names no country tells of one's government, courts, police."""
    return not words("affairs", language).isdisjoint(map(str.lower, tokens))


def _count(mentions: Sequence[_Mention], home: str) -> Places:
    sure = {each.entries[0].country for each in mentions if len(each.entries) == 1}
    scores: dict[str, float] = defaultdict(float)
    names: dict[str, None] = {}
    for mention in mentions:
        entry = _likeliest(mention.entries, sure, home)
        scores[entry.country] += _WEIGHTS[entry.kind] * mention.boost
        if entry.city:
            names[entry.city] = None
    if home in scores:
        scores[home] *= _HOME_FACTOR
    return Places(_commonest(scores, home), tuple(names)[:MAX_CITIES])


def _likeliest(entries: tuple[NamedPlace, ...], sure: set[str], home: str) -> NamedPlace:
    """Return which of the cities of one name is meant."""
    large = [each for each in entries if each.thousands * MAX_RATIO >= entries[0].thousands]
    at_home = (each for each in large if each.country == home)
    named = (each for each in large if each.country in sure)
    return next(at_home, None) or next(named, None) or entries[0]


def _commonest(scores: Mapping[str, float], home: str) -> tuple[str, ...]:
    """Return the countries that are told about, the commonest first."""
    told = {each: score for each, score in scores.items() if each == home or score >= MIN_SCORE}
    ranked = sorted(told, key=told.__getitem__, reverse=True)[:MAX_COUNTRIES]
    return tuple(each for each in ranked if told[each] >= MIN_SHARE * told[ranked[0]])
