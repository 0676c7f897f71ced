"""What names a place: countries and who lives there, regions, cities; from the files in `data/`."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from msgspec import Struct

# The language whose names of countries are read in every text.
COMMON_LANGUAGE: Final = "en"
# German adjectives stand in the file without their endings.
_GERMAN_ENDINGS: Final = ("", "e", "en", "er", "es", "em")


class NamedPlace(Struct, frozen=True):
    """What a name stands for: a country (ISO 3166, two small letters) and, of a city, how it is
    called here and its inhabitants in thousands."""

    kind: Literal["country", "people", "region", "leader", "city"]
    country: str
    city: str = ""
    thousands: int = 0


def _read(name: str) -> str:
    return files("workers.annotate").joinpath("data", name).read_text("utf8")


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(_read("places.toml"))


@cache
def words(name: str, language: str = "") -> frozenset[str]:
    """Return one list of single words of `places.toml`, or that of a language in a table."""
    if language:
        return frozenset(_lists()[name].get(language, "").split())
    return frozenset(_lists()["words"][name].split())


@cache
def _country_rows() -> tuple[tuple[str, str, str], ...]:
    """Return language, code and name of each country."""
    rows = (line.split("\t") for line in _read("countries.tsv").splitlines())
    return tuple((language, code, name) for language, code, name in rows)


@cache
def languages() -> frozenset[str]:
    """Return the languages whose names of countries are known."""
    return frozenset(language for language, _, _ in _country_rows())


@cache
def cities() -> Mapping[str, tuple[NamedPlace, ...]]:
    """Return the cities of each name, the largest first."""
    found: dict[str, tuple[NamedPlace, ...]] = {}
    for line in _read("cities.tsv").splitlines():
        name, country, thousands = line.split("\t")
        if name in words("never"):
            continue
        written = without_dots(name)
        found[written] = (
            *found.get(written, ()),
            NamedPlace("city", country, name, int(thousands)),
        )
    for line in _lists()["exonyms"]["cities"].strip().split("\n"):
        other, _, name = line.partition("=")
        found[other] = found[name]
    return found


@cache
def countries(language: str) -> Mapping[str, NamedPlace]:
    """Return countries, their inhabitants and regions by what a text in this language calls them.

    The English names of countries are among them, as they stand in texts of any language.
    """
    return dict(_country_names(language))


def _country_names(language: str) -> Iterator[tuple[str, NamedPlace]]:
    for of, code, name in _country_rows():
        if of in {COMMON_LANGUAGE, language}:
            for written in _written(name):
                yield written, NamedPlace("country", code)
    for code, lines in _lists()["regions"].items():
        yield from ((name, NamedPlace("region", code)) for name in lines.strip().split("\n"))
    for code, names in _lists()["leaders"].items():
        yield from ((name, NamedPlace("leader", code)) for name in names.split())
    for code, names in _lists()["people"].get(language, {}).items():
        yield from ((name, NamedPlace("people", code)) for name in _forms(names.split(), language))


def without_dots(text: str) -> str:
    """Return a name or text with "St" for "St.", whose dot would end a sentence."""
    return text.replace("St. ", "St ")


def _written(name: str) -> set[str]:
    """Return how texts write a name: "&" is no word, apostrophes are typed in two ways."""
    plain = without_dots(name).replace(" & ", " and ")
    return {plain, plain.replace("’", "'")}


def _forms(names: Iterable[str], language: str) -> Iterator[str]:
    for name in names:
        is_stem = language == "de" and name.islower()
        yield from (name + ending for ending in (_GERMAN_ENDINGS if is_stem else ("",)))


@cache
def institutions(home: str) -> Mapping[str, NamedPlace]:
    """Return what several countries call so, each with one of its own, for the country `home`."""
    names = _lists()["institutions"].get(home, "").strip()
    return {name: NamedPlace("region", home) for name in names.split("\n")} if names else {}


@cache
def longer_names(language: str, home: str) -> Mapping[str, int]:
    """Return the number of words of the longest name that begins with a word, if that is more
    than one."""
    return _longest([*countries(language), *institutions(home)], _longer_cities())


@cache
def _longer_cities() -> Mapping[str, int]:
    return _longest(cities(), {})


def _longest(names: Iterable[str], known: Mapping[str, int]) -> Mapping[str, int]:
    longest = dict(known)
    for name in names:
        if " " in name:
            first, *rest = name.split()
            longest[first] = max(longest.get(first, 0), len(rest) + 1)
    return longest


@cache
def _codes() -> Mapping[str, str]:
    """Return the code of a country by each of its names, in small letters, in every language."""
    by_name = {_typed(name): code for _, code, name in _country_rows()}
    aliases = {
        _typed(name): code
        for code, names in _lists()["aliases"].items()
        for name in names.strip().split("\n")
    }
    return by_name | {code: code for code in by_name.values()} | aliases


def _typed(name: str) -> str:
    return name.strip().lower().replace("’", "'")


def country_code(name: str) -> str | None:
    """Return the code of the country that has this name in some language, or this code."""
    return _codes().get(_typed(name))


@cache
def _city_names() -> Mapping[str, str]:
    return {name.lower(): found[0].city for name, found in cities().items()}


def city_name(name: str) -> str | None:
    """Return how a city is called here that has this name in some language."""
    return _city_names().get(name.strip().lower())
